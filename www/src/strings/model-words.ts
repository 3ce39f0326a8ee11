/** The words of the list of models, which only the parts that are fetched for it import. */
import { models as en } from './en/models.ts';
import { language } from './index.ts';
import { models as zh } from './zh/models.ts';

const catalogues = { en, 'zh-Hans': zh };

/** In the language of the page. Read them when drawing: the language may change. */
export function modelWords(): typeof en {
  return catalogues[language];
}
