/** Every word that the element says, in every language that it says it in. */
import { en, type Strings } from './en.js';
import { zh } from './zh.js';

export type { CharacterName, Strings } from './en.js';

/**
 * The strings for a language tag. A page in a language that there are none for has the English ones,
 * which is what the model reads.
 */
export function stringsFor(language: string): Strings {
  return /^zh\b/i.test(language) ? zh : en;
}

/** The language of a node: its own or inherited `lang`, across shadow roots, else the browser's. */
export function languageOf(element: Element): string {
  for (let node: Element | null = element; node; ) {
    const found: Element | null = node.closest('[lang]');
    const language = found?.getAttribute('lang')?.trim();
    if (language) return language;
    const root = (found ?? node).getRootNode();
    node = root instanceof ShadowRoot ? root.host : null;
  }
  return navigator.language;
}
