/** The words about models on servers, which only the parts that are fetched for them import. */
import { server as en } from './en/server.ts';
import { language } from './index.ts';
import type { Translated } from './types.ts';
import { server as zh } from './zh/server.ts';

const catalogues: Record<typeof language, Translated<typeof en>> = { en, 'zh-Hans': zh };

/** In the language of the page. Read them when drawing: the language may change. */
export function serverWords(): Translated<typeof en> {
  return catalogues[language];
}
