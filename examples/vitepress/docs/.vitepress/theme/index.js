import DefaultTheme from 'vitepress/theme';

export default {
  extends: DefaultTheme,
  enhanceApp() {
    // Pages are rendered once without a browser, where there is nothing to register.
    if (!import.meta.env.SSR) import('shotglass/element/define');
  },
};
