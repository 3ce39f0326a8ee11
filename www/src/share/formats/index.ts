import type { Shown, TextFile } from '../shown.ts';
import { csv } from './csv.ts';
import { harness } from './harness.ts';
import { html } from './html.ts';
import { javascript } from './javascript.ts';
import { json } from './json.ts';
import { markdown } from './markdown.ts';

/** The forms in which what the page shows can be taken along, in the order in which they are offered. */
export const formats = [
  'link',
  'receipt',
  'markdown',
  'csv',
  'json',
  'html',
  'javascript',
  'harness',
  'picture',
  'card',
] as const;
export type Format = (typeof formats)[number];

/** Those that are texts made at once from what is shown. */
export type TextFormat = Exclude<Format, 'link' | 'receipt' | 'picture' | 'card'>;

/** The files of a format; none where there is no answer to write down yet. */
export function filesOf(format: TextFormat, shown: Shown): TextFile[] {
  switch (format) {
    case 'markdown':
      return [markdown(shown)];
    case 'csv':
      return [csv(shown)].filter((file) => file !== null);
    case 'json':
      return [json(shown)];
    case 'html':
      return [html(shown)];
    case 'javascript':
      return [javascript(shown)];
    case 'harness':
      return harness(shown);
  }
}
