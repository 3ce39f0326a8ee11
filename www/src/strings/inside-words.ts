/** The words of the cards that look inside the model, which only these import. */
import { inside as en } from './en/inside.ts';
import { language, type Translated } from './index.ts';
import { inside as zh } from './zh/inside.ts';

const catalogues = { en, 'zh-Hans': zh };

/** In the language of the page. Read them when drawing: the language may change. */
export function insideWords(): Translated<typeof en> {
  return catalogues[language];
}
