/** The words of the section *Transfer*, which only its parts import. */
import { transfer as en } from './en/transfer.ts';
import { language, type Translated } from './index.ts';
import { transfer as zh } from './zh/transfer.ts';

const catalogues = { en, 'zh-Hans': zh };

/** In the language of the page. Read them when drawing: the language may change. */
export function transferWords(): Translated<typeof en> {
  return catalogues[language];
}
