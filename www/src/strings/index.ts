import { chunk } from '../util/chunk.ts';
import { en } from './en/index.ts';
import type { Strings } from './types.ts';

export type { Strings, Translated } from './types.ts';

/** The languages that the page speaks, by their own names. */
export const languages = { en: 'English', 'zh-Hans': '简体中文' } as const;
export type Language = keyof typeof languages;

const zhChunk = chunk(() => import('./zh/index.ts'));

const catalogues: Record<Language, () => Promise<Strings>> = {
  en: async () => en,
  'zh-Hans': async () => (await zhChunk()).zh,
};

/** What the page says now. Read it when drawing, never before: the language may have changed. */
export let strings: Strings = en;
export let language: Language = 'en';

const listeners = new Set<() => void>();

/** Calls back when the language has changed, until the function that it gives is called. */
export function onLanguage(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/**
 * Changes the language of the page.
 *
 * @throws {@link NotFetched}
 */
export async function speak(to: Language): Promise<void> {
  const catalogue = await catalogues[to]();
  strings = catalogue;
  language = to;
  if (typeof document !== 'undefined') name(catalogue, to);
  for (const listener of listeners) listener();
}

/** The language, the title and the description of the document, as browsers and search engines read them. */
function name({ documentTitle, documentDescription }: Strings, to: Language): void {
  document.documentElement.lang = to;
  document.title = documentTitle;
  document.querySelector('meta[name="description"]')?.setAttribute('content', documentDescription);
}

/** What is spoken here of what a tag asks for: `zh-CN` and `zh` mean `zh-Hans`. */
export function spokenLanguage(tag: string): Language | null {
  const primary = tag.toLowerCase().split('-')[0];
  if (primary === 'zh') return 'zh-Hans';
  return primary === 'en' ? 'en' : null;
}

/** The first language that is asked for and spoken here. */
export function pickLanguage(asked: readonly string[]): Language {
  for (const tag of asked) {
    const spoken = spokenLanguage(tag);
    if (spoken) return spoken;
  }
  return 'en';
}
