import type { Plugin } from 'vite';
import { page as english } from '../src/strings/en/page.ts';
import { page as chinese } from '../src/strings/zh/page.ts';

/** The page under its second address: what other sites show of a link to it is Chinese. */
const file = 'zh.html';

/** Of the picture for other sites, in the words of index.html and in Chinese. */
const pictures = {
  english:
    'The plural of “horse”: without examples the model goes on with “The”, after four examples with “horses”.',
  chinese: '“horse”的复数：没有示例时模型接“The”，有四个示例时接“horses”。',
};

const words: readonly (readonly [string, string])[] = [
  ['<html lang="en">', '<html lang="zh-Hans">'],
  [english.documentTitle, chinese.documentTitle],
  [english.documentDescription, chinese.documentDescription],
  [pictures.english, pictures.chinese],
];

/**
 * Writes the page a second time with its title, its description and the text of its picture in Chinese. Programs that
 * show a preview of a link read these alone and run no script. The lab in it is the same.
 */
export function chinesePage(): Plugin {
  return {
    name: 'shotglass-chinese',
    enforce: 'post',
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        const index = bundle['index.html'];
        if (index?.type !== 'asset') throw new Error('index.html was not built.');
        let source = String(index.source);
        for (const [from, to] of words) {
          if (!source.includes(from)) throw new Error(`index.html does not say ${from}`);
          source = source.replaceAll(from, to);
        }
        this.emitFile({ type: 'asset', fileName: file, source });
      },
    },
    configureServer({ middlewares }) {
      middlewares.use((request, _, next) => {
        request.url = request.url?.replace(`/${file}`, '/');
        next();
      });
    },
  };
}
