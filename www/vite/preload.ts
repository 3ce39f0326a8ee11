import type { Plugin } from 'vite';

/** Has the browser fetch the fonts beside the code, so that the first paint already has them. */
export function preloadFonts(): Plugin {
  return {
    name: 'shotglass-preload-fonts',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler: (_, { bundle = {} }) =>
        Object.keys(bundle)
          .filter((path) => path.endsWith('.woff2'))
          .map((path) => ({
            tag: 'link',
            attrs: {
              rel: 'preload',
              as: 'font',
              type: 'font/woff2',
              crossorigin: true,
              href: `./${path}`,
            },
            injectTo: 'head' as const,
          })),
    },
  };
}

/**
 * Has the browser fetch and compile what the entry imports after the first paint, beside the entry and not after it.
 */
export function preloadLab(): Plugin {
  return {
    name: 'shotglass-preload-lab',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler: (_, { bundle = {} }) =>
        Object.values(bundle)
          .filter((file) => file.type === 'chunk' && file.facadeModuleId?.endsWith(lab))
          .map(({ fileName }) => ({
            tag: 'link',
            attrs: { rel: 'modulepreload', crossorigin: true, href: `./${fileName}` },
            injectTo: 'head' as const,
          })),
    },
  };
}

const lab = '/shell/lab-app.ts';
