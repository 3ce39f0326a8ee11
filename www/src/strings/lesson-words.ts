/** The words of lessons and of guessing, which only the parts that are fetched for them import. */
import { lessons as en } from './en/lessons/index.ts';
import { language } from './index.ts';
import { lessons as zh } from './zh/lessons/index.ts';

const catalogues = { en, 'zh-Hans': zh };

/** In the language of the page. Read them when drawing: the language may change. */
export function lessonWords(): typeof en {
  return catalogues[language];
}
