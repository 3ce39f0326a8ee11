export default {
  title: 'shotglass with VitePress',
  vue: { template: { compilerOptions: { isCustomElement: (tag) => tag === 'shot-glass' } } },
};
