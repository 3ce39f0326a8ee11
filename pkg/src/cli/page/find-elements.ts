/** The `<shot-glass>` elements in the source of a page, as their light DOM reads: of HTML no more than they need. */
import type { Attributed } from '../../element/state/attributes.js';
import { asMeant, type LightDom, type RecordedInPage } from '../../element/state/light-dom.js';

/** One element. */
export interface FoundElement extends Attributed {
  /** The line that it begins on, the first being 1. */
  line: number;
  /** What stands in it, as the element itself reads it. */
  light: LightDom;
  /** What was recorded, as it is written; null where there is nothing. */
  table: FoundTable | null;
}

/** What was recorded, as it is written. */
export interface FoundTable {
  caption: string;
  rows: FoundRow[];
  /** The greedy text; null where there is none. */
  text: string | null;
}

export interface FoundRow {
  name: string;
  /** The exact number; null where only its text is there. */
  value: number | null;
  /** How it is shown. */
  shown: string;
}

/** Every element of a page, in order. What is code or a comment shows elements, and has none. */
export function elementsOf(source: string, isMarkdown: boolean): FoundElement[] {
  const page = blanked(source, isMarkdown);
  const found: FoundElement[] = [];
  for (const match of page.matchAll(/<shot-glass\b([^>"']|"[^"]*"|'[^']*')*>/gi)) {
    const start = match.index + match[0].length;
    const end = page.toLowerCase().indexOf('</shot-glass', start);
    const inner = source.slice(start, end === -1 ? page.length : end);
    const attributes = attributesOf(match[0]);
    const table = tableOf(inner);
    found.push({
      line: source.slice(0, match.index).split('\n').length,
      getAttribute: (name) => attributes.get(name) ?? null,
      light: {
        instruction: instructionOf(inner),
        ...listOf(inner),
        recorded: table && recordedOf(table),
      },
      table,
    });
  }
  return found;
}

/** The source with spaces in place of comments, scripts and, in Markdown, code; every offset stays. */
function blanked(source: string, isMarkdown: boolean): string {
  const blank = (text: string) => text.replace(/[^\n]/g, ' ');
  const html = source
    .replace(/<!--[\s\S]*?-->/g, blank)
    .replace(/<(script|style|template|textarea)\b[\s\S]*?<\/\1\s*>/gi, blank);
  if (!isMarkdown) return html;
  return html
    .replace(/^ {0,3}(`{3,}|~{3,})[^\n]*\n[\s\S]*?(^ {0,3}\1[`~]*[ \t]*$|$(?![\s\S]))/gm, blank)
    .replace(/(?<!`)(`+)(?!`)[^\n]*?(?<!`)\1(?!`)/g, (code) =>
      // Within an element backquotes are text.
      /<shot-glass/i.test(code) ? blank(code) : code,
    );
}

function attributesOf(tag: string): Map<string, string> {
  const attributes = new Map<string, string>();
  const pattern = /\s([^\s=>"'/]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s>"']+)))?/g;
  for (const [, name = '', double, single, bare] of tag.matchAll(pattern)) {
    // Of two with one name the first counts.
    if (attributes.has(name.toLowerCase())) continue;
    attributes.set(name.toLowerCase(), unescaped(double ?? single ?? bare ?? ''));
  }
  return attributes;
}

/** The paragraphs at the top of some HTML; an end tag may be left out before the next block. */
function paragraphsOf(html: string): { isContinuation: boolean; content: string }[] {
  const pattern =
    /<p(\s[^>]*)?>([\s\S]*?)(?=<\/p\b|<(?:p|dl|table|div|ul|ol|pre|section|figure|blockquote|h[1-6])\b|$)/gi;
  return [...html.matchAll(pattern)].map(([, attributes = '', content = '']) => ({
    isContinuation: /class\s*=\s*["']?[^"'>]*\bcontinuation\b/i.test(attributes),
    content,
  }));
}

/** The paragraph before the list. What stands in another element, or behind the list, is the author's own. */
function instructionOf(inner: string): string | null {
  const list = inner.search(/<dl\b/i);
  if (list === -1) return null;
  const before = inner
    .slice(0, list)
    .replace(/<(div|section|figure|blockquote|details|table)\b[\s\S]*?<\/\1\s*>/gi, '');
  const first = paragraphsOf(before).find(({ isContinuation }) => !isContinuation);
  return first ? asMeant(textOf(first.content)) : null;
}

function listOf(inner: string): Pick<LightDom, 'demonstrations' | 'query'> {
  const list = /<dl\b[^>]*>([\s\S]*?)(?:<\/dl\s*>|$)/i.exec(inner)?.[1] ?? '';
  const demonstrations: LightDom['demonstrations'] = [];
  let query: string | null = null;
  // The end tags may be left out, as HTML has it.
  for (const [, kind = '', content = ''] of list.matchAll(
    /<(dt|dd)\b[^>]*>([\s\S]*?)(?=<\/?(?:dt|dd)\b|$)/gi,
  )) {
    const text = asMeant(textOf(content));
    if (kind.toLowerCase() === 'dt') query = text;
    else if (query !== null) {
      demonstrations.push({ input: query, output: text });
      query = null;
    }
  }
  return { demonstrations, query };
}

function tableOf(inner: string): FoundTable | null {
  const continuation = paragraphsOf(inner).find(({ isContinuation }) => isContinuation);
  const text = continuation ? textOf(continuation.content) : null;
  const table = /<table\b[^>]*>([\s\S]*?)(?:<\/table\s*>|$)/i.exec(inner)?.[1];
  if (table === undefined) return text === null ? null : { caption: '', rows: [], text };
  const rows = [...table.matchAll(/<tr\b[^>]*>([\s\S]*?)(?=<tr\b|<\/tbody|<\/table|$)/gi)].flatMap(
    ([, row = '']): FoundRow[] => {
      const head = /<th\b[^>]*>([\s\S]*?)(?=<\/th\b|<t[hdr]\b|$)/i.exec(row)?.[1];
      const cell = /<td\b[^>]*>([\s\S]*?)(?=<\/td\b|<t[hdr]\b|$)/i.exec(row)?.[1];
      if (head === undefined || cell === undefined) return [];
      const value = /<data\b[^>]*\bvalue\s*=\s*["']?([^"'\s>]+)/i.exec(cell)?.[1];
      return [
        {
          name: textOf(head).trim(),
          value: value === undefined ? null : Number(value),
          shown: textOf(cell).trim(),
        },
      ];
    },
  );
  const caption = /<caption\b[^>]*>([\s\S]*?)(?=<\/caption\b|<t|$)/i.exec(table)?.[1] ?? '';
  return { caption: textOf(caption).trim(), rows, text };
}

/** What the element takes of it. */
function recordedOf({ caption, rows, text }: FoundTable): RecordedInPage | null {
  const read = rows.flatMap(({ name, value }) =>
    value !== null && value >= 0 && value <= 1 ? [{ name, p: value }] : [],
  );
  if (rows.length > 1 && read.length === rows.length) return { rows: read, text: null, caption };
  return text === null ? null : { rows: null, text, caption: '' };
}

function withoutTags(html: string): string {
  return html.replace(/<!--[\s\S]*?-->/g, '').replace(/<[^>]*>/g, '');
}

/** The text content, with line breaks as a parser has them. */
function textOf(html: string): string {
  return unescaped(withoutTags(html.replace(/\r\n?/g, '\n')));
}

const named: Readonly<Record<string, string>> = {
  amp: '&',
  apos: "'",
  gt: '>',
  hellip: '…',
  lt: '<',
  nbsp: '\u00a0',
  quot: '"',
};

function unescaped(text: string): string {
  return text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (all, hex, decimal, name) => {
    if (name !== undefined) return named[name] ?? all;
    const point = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return point <= 0x10ffff ? String.fromCodePoint(point) : all;
  });
}
