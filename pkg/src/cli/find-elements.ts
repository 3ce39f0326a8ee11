/** The `<shot-glass>` elements in the source of a page, as their light DOM reads: of HTML no more than they need. */

/** One element. */
export interface FoundElement {
  /** The line that it begins on, the first being 1. */
  line: number;
  attributes: ReadonlyMap<string, string>;
  /** What stands in its first paragraph; null where there is none. */
  instruction: string | null;
  /** Null where it has no list. */
  list: { demonstrations: { input: string; output: string }[]; query: string | null } | null;
  /** What was recorded; null where there is nothing. */
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
  /** Whether it is marked as a token. */
  isCode: boolean;
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
    found.push({
      line: source.slice(0, match.index).split('\n').length,
      attributes: attributesOf(match[0]),
      instruction: instructionOf(inner),
      list: listOf(inner),
      table: tableOf(inner),
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
    attributes.set(name.toLowerCase(), unescaped(double ?? single ?? bare ?? ''));
  }
  return attributes;
}

function instructionOf(inner: string): string | null {
  const paragraphs = [...inner.matchAll(/<p\b([^>]*)>([\s\S]*?)<\/p\s*>/gi)];
  const first = paragraphs.find(([, attributes]) => !isContinuation(attributes ?? ''));
  return first ? textOf(first[2] ?? '') : null;
}

function isContinuation(attributes: string): boolean {
  return /class\s*=\s*["']?[^"'>]*\bcontinuation\b/i.test(attributes);
}

function listOf(inner: string): FoundElement['list'] {
  const list = /<dl\b[^>]*>([\s\S]*?)<\/dl\s*>/i.exec(inner)?.[1];
  if (list === undefined) return null;
  const demonstrations: { input: string; output: string }[] = [];
  let query: string | null = null;
  // The end tags may be left out, as HTML has it.
  for (const [, kind = '', content = ''] of list.matchAll(
    /<(dt|dd)\b[^>]*>([\s\S]*?)(?=<\/?(?:dt|dd)\b|$)/gi,
  )) {
    if (kind.toLowerCase() === 'dt') query = textOf(content);
    else if (query !== null) {
      demonstrations.push({ input: query, output: textOf(content) });
      query = null;
    }
  }
  return { demonstrations, query };
}

function tableOf(inner: string): FoundTable | null {
  const text = [...inner.matchAll(/<p\b([^>]*)>([\s\S]*?)<\/p\s*>/gi)].find(([, attributes]) =>
    isContinuation(attributes ?? ''),
  );
  const table = /<table\b[^>]*>([\s\S]*?)<\/table\s*>/i.exec(inner)?.[1];
  if (table === undefined) {
    return text ? { caption: '', rows: [], text: unescaped(withoutTags(text[2] ?? '')) } : null;
  }
  const rows = [...table.matchAll(/<tr\b[^>]*>([\s\S]*?)(?=<tr\b|<\/tbody|<\/table|$)/gi)].flatMap(
    ([, row = '']): FoundRow[] => {
      const head = /<th\b[^>]*>([\s\S]*?)<\/th\s*>/i.exec(row)?.[1];
      const cell = /<td\b[^>]*>([\s\S]*?)(?:<\/td\s*>|$)/i.exec(row)?.[1];
      if (head === undefined || cell === undefined) return [];
      const value = /<data\b[^>]*\bvalue\s*=\s*["']?([^"'\s>]+)/i.exec(cell)?.[1];
      return [
        {
          name: textOf(head),
          isCode: /<code\b/i.test(head),
          value: value === undefined ? null : Number(value),
          shown: textOf(cell),
        },
      ];
    },
  );
  const caption = /<caption\b[^>]*>([\s\S]*?)<\/caption\s*>/i.exec(table)?.[1] ?? '';
  return {
    caption: textOf(caption),
    rows,
    text: text ? unescaped(withoutTags(text[2] ?? '')) : null,
  };
}

function withoutTags(html: string): string {
  return html.replace(/<!--[\s\S]*?-->/g, '').replace(/<[^>]*>/g, '');
}

/** Text without the line breaks and indents that an author put around it. */
function textOf(html: string): string {
  return unescaped(withoutTags(html).replace(/^[ \t]*\r?\n\s*|[ \t]*\r?\n\s*$/g, ''));
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
