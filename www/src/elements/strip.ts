import type { Token } from 'shotglass';
import type { LabPrompt, Role } from '../app/prompt.ts';
import { type Piece, pieces, tokenPieces } from '../ui/visible.ts';

/** One cell of the strip: a token, or (before a model is loaded) a span of plain text. */
export interface Cell {
  /** Made when they are drawn: a prompt may have thousands of cells. */
  readonly pieces: readonly Piece[];
  role: Role | 'added';
  token: Token | null;
  /** How many lines end in this cell: the strip breaks where the prompt does. */
  breaks: number;
  /** Whether the demonstration changes here, for a little air between them. */
  demonstration: number | null;
}

const utf8 = new TextEncoder();
const newline = 0x0a;

/**
 * The prompt as its tokens, each with the role of the span it has most bytes in, or the later of two. A token that the
 * tokenizer added has no bytes in the prompt.
 */
export function cellsFromTokens(tokens: readonly Token[], prompt: LabPrompt): Cell[] {
  const spans = spansInBytes(prompt);
  const cells: Cell[] = [];
  let start = 0;
  let first = 0;
  for (const token of tokens) {
    const end = start + token.bytes.length - (token.added ?? 0);
    while (first < spans.length - 1 && (spans[first]?.end ?? 0) <= start) first++;
    let [best, most] = [spans[first], -1];
    for (let i = first; i < spans.length; i++) {
      const span = spans[i];
      if (!span || span.start >= end) break;
      const shared = Math.min(span.end, end) - Math.max(span.start, start);
      if (shared >= most) [best, most] = [span, shared];
    }
    cells.push({
      get pieces() {
        return tokenPieces(token.bytes);
      },
      role: start === end && token.added ? 'added' : (best?.role ?? 'template'),
      demonstration: best?.demonstration ?? null,
      token,
      breaks: breaksIn(token.bytes),
    });
    start = end;
  }
  return gatherBreaks(cells);
}

function breaksIn(bytes: Uint8Array): number {
  let breaks = 0;
  for (const byte of bytes) if (byte === newline) breaks++;
  return breaks;
}

/** Lines end after the last of several newline tokens, so that a blank line need not be drawn as one. */
function gatherBreaks(cells: Cell[]): Cell[] {
  cells.forEach((cell, index) => {
    const next = cells[index + 1];
    if (cell.breaks === 0 || !next?.token?.bytes.every((byte) => byte === newline)) return;
    next.breaks += cell.breaks;
    cell.breaks = 0;
  });
  return cells;
}

/** The prompt as plain text, a cell per span and line. */
export function cellsFromText(prompt: LabPrompt): Cell[] {
  return prompt.spans.flatMap((span) => {
    const lines = prompt.text.slice(span.start, span.end).match(/[^\n]*\n+|[^\n]+/g) ?? [];
    return lines.map((line) => ({
      pieces: pieces(line),
      role: span.role,
      demonstration: span.demonstration,
      token: null,
      breaks: line.split('\n').length - 1,
    }));
  });
}

function spansInBytes({ text, spans }: LabPrompt) {
  let start = 0;
  return spans.map((span) => {
    const end = start + utf8.encode(text.slice(span.start, span.end)).length;
    const inBytes = { start, end, role: span.role, demonstration: span.demonstration };
    start = end;
    return inBytes;
  });
}

/** Cells that are drawn together: whole lines, where the lines are not endless. */
const cellsPerChunk = 64;
const mostPerChunk = 192;

/** Where a strip may be cut into chunks: the index behind the last cell of each. */
export function chunkEnds(cells: readonly Pick<Cell, 'breaks'>[]): number[] {
  const ends: number[] = [];
  let start = 0;
  cells.forEach(({ breaks }, index) => {
    const length = index + 1 - start;
    if (length < mostPerChunk && (breaks === 0 || length < cellsPerChunk)) return;
    ends.push(index + 1);
    start = index + 1;
  });
  if (start < cells.length) ends.push(cells.length);
  return ends;
}
