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
