/** The `<shot-glass>` elements in the source of a page, with their light DOM as a browser would parse it. */
import { type DefaultTreeAdapterTypes as Dom, defaultTreeAdapter as dom, parse } from 'parse5';
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
  /** What its header has in `<code>`; '' if there is none. */
  head: string;
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

/** Every element of a page, in order. Comments, scripts, templates and, in Markdown, code contain none. */
export function elementsOf(source: string, isMarkdown: boolean): FoundElement[] {
  const page = parse(isMarkdown ? withoutCode(source) : source, { sourceCodeLocationInfo: true });
  return [...elementsIn(page, 'shot-glass')].map((element) => {
    const table = tableOf(element);
    return {
      line: element.sourceCodeLocation?.startLine ?? 1,
      getAttribute: (name) => attributeOf(element, name),
      light: {
        instruction: instructionOf(element),
        ...listOf(element),
        recorded: table && recordedOf(table),
      },
      table,
    };
  });
}

/** Markdown with spaces in place of its code. Within an element or a comment, backquotes are text. */
function withoutCode(markdown: string): string {
  const html = /<!--[\s\S]*?-->|<shot-glass\b[\s\S]*?<\/shot-glass\s*>/;
  const fenced =
    /^ {0,3}(?<fence>`{3,}|~{3,})[^\n]*\n[\s\S]*?(?:^ {0,3}\k<fence>[`~]*[ \t]*$|$(?![\s\S]))/;
  const inline = /(?<!`)(?<quote>`+)(?!`)[^\n]*?(?<!`)\k<quote>(?!`)/;
  const parts = new RegExp([html, fenced, inline].map(({ source }) => source).join('|'), 'gim');
  return markdown.replace(parts, (part) =>
    part.startsWith('<') ? part : part.replace(/[^\n]/g, ' '),
  );
}

/** The descendants with one of these names, in document order. */
function* elementsIn(root: Dom.ParentNode, ...names: string[]): Generator<Dom.Element> {
  // A stack and not a recursion, because a page may nest its elements deeply.
  const open = [...root.childNodes].reverse();
  for (let node = open.pop(); node; node = open.pop()) {
    if (!dom.isElementNode(node)) continue;
    if (names.includes(node.tagName)) yield node;
    open.push(...[...node.childNodes].reverse());
  }
}

function firstIn(root: Dom.ParentNode, name: string): Dom.Element | undefined {
  return elementsIn(root, name).next().value ?? undefined;
}

function attributeOf({ attrs }: Dom.Element, name: string): string | null {
  return attrs.find((attribute) => attribute.name === name)?.value ?? null;
}

function textOf(root: Dom.ParentNode): string {
  let text = '';
  const open = [...root.childNodes].reverse();
  for (let node = open.pop(); node; node = open.pop()) {
    if (dom.isTextNode(node)) text += node.value;
    else if (dom.isElementNode(node)) open.push(...[...node.childNodes].reverse());
  }
  return text;
}

function isContinuation(paragraph: Dom.Element): boolean {
  return attributeOf(paragraph, 'class')?.split(/\s+/).includes('continuation') ?? false;
}

/** The paragraph before the list. What stands in another element, or behind the list, is the author's own. */
function instructionOf(element: Dom.Element): string | null {
  const list = firstIn(element, 'dl');
  if (!list) return null;
  for (const child of element.childNodes) {
    if (!dom.isElementNode(child)) continue;
    if (child === list || [...elementsIn(child, 'dl')].includes(list)) return null;
    if (child.tagName === 'p' && !isContinuation(child)) return asMeant(textOf(child));
  }
  return null;
}

function listOf(element: Dom.Element): Pick<LightDom, 'demonstrations' | 'query'> {
  const list = firstIn(element, 'dl');
  const demonstrations: LightDom['demonstrations'] = [];
  let query: string | null = null;
  for (const part of list ? elementsIn(list, 'dt', 'dd') : []) {
    const text = asMeant(textOf(part));
    if (part.tagName === 'dt') query = text;
    else if (query !== null) {
      demonstrations.push({ input: query, output: text });
      query = null;
    }
  }
  return { demonstrations, query };
}

function tableOf(element: Dom.Element): FoundTable | null {
  const continuation = [...elementsIn(element, 'p')].find(isContinuation);
  const text = continuation ? textOf(continuation) : null;
  const table = firstIn(element, 'table');
  if (!table) return text === null ? null : { caption: '', head: '', rows: [], text };
  const caption = firstIn(table, 'caption');
  const header = firstIn(table, 'thead');
  const code = header && firstIn(header, 'code');
  const rows = [...elementsIn(table, 'tr')].flatMap(rowOf);
  return {
    caption: caption ? textOf(caption).trim() : '',
    head: code ? textOf(code).trim() : '',
    rows,
    text,
  };
}

/** A row of the body that has a name and a number. */
function rowOf(row: Dom.Element): FoundRow[] {
  const [head, cell] = [firstIn(row, 'th'), firstIn(row, 'td')];
  if (!head || !cell || row.parentNode?.nodeName !== 'tbody') return [];
  const data = firstIn(cell, 'data');
  const value = data ? (attributeOf(data, 'value')?.trim() ?? '') : '';
  return [
    {
      name: textOf(head).trim(),
      value: value === '' ? null : Number(value),
      shown: textOf(cell).trim(),
    },
  ];
}

/** What the element takes of it. */
function recordedOf({ caption, head, rows, text }: FoundTable): RecordedInPage | null {
  const read = rows.flatMap(({ name, value }) =>
    value !== null && value >= 0 && value <= 1 ? [{ name, p: value }] : [],
  );
  if (rows.length > 1 && read.length === rows.length)
    return { rows: read, text: null, head, caption };
  return text === null ? null : { rows: null, text, head: '', caption: '' };
}
