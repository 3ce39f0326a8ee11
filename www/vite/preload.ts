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
 * Has the browser fetch and compile what the entry imports after the first paint, beside the entry and not after it. What
 * that imports in turn lies in files of its own as far as it is shared with parts that are fetched later.
 */
export function preloadLab(): Plugin {
  return {
    name: 'shotglass-preload-lab',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler: (html, { bundle = {} }) => {
        const files = new Set<string>();
        const add = (fileName: string): void => {
          const file = bundle[fileName];
          if (file?.type !== 'chunk' || files.has(fileName)) return;
          files.add(fileName);
          file.imports.forEach(add);
        };
        for (const file of Object.values(bundle)) {
          if (file.type === 'chunk' && file.facadeModuleId?.endsWith(lab)) add(file.fileName);
        }
        return [...files]
          .filter((fileName) => !html.includes(`./${fileName}"`))
          .map((fileName) => ({
            tag: 'link',
            attrs: { rel: 'modulepreload', crossorigin: true, href: `./${fileName}` },
            injectTo: 'head' as const,
          }));
      },
    },
  };
}

const lab = '/shell/lab-app.ts';
