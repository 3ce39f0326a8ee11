/** What is written where: results to standard output, everything else to standard error. */
import type process from 'node:process';

/** How often a log is told how far something is. */
const LINE_EVERY_MS = 5000;

/** What is needed of `process`. */
type Streams = Pick<typeof process, 'stdout' | 'stderr' | 'env'>;

export class Terminal {
  isQuiet = false;
  readonly #streams: Streams;
  /** Whether the last line on standard error is one that is written again and again. */
  #isOpen = false;
  /** When the last line about progress was written, where standard error is no terminal. */
  #lastLine: number | null = null;

  constructor(streams: Streams) {
    this.#streams = streams;
  }

  /** A line, or several, of the result. */
  print(text: string): void {
    this.endProgress();
    this.#streams.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
  }

  /** A sentence about what happens. */
  say(sentence: string): void {
    if (this.isQuiet) return;
    this.complain(sentence);
  }

  /** A sentence about what is wrong. */
  complain(sentence: string): void {
    this.endProgress();
    this.#streams.stderr.write(`${sentence}\n`);
  }

  /**
   * How far something is. A terminal has one line for it, written again and again; elsewhere, where it takes long, there
   * is a line now and then.
   */
  progress(what: string, fraction: number | null, detail = ''): void {
    if (this.isQuiet) return;
    const percent = fraction === null ? '' : ` ${Math.floor(fraction * 100)}%`;
    if (this.#streams.stderr.isTTY) {
      this.#streams.stderr.write(`\r\x1b[K${what}${percent}${detail && `, ${detail}`}`);
      this.#isOpen = true;
      return;
    }
    const now = performance.now();
    this.#lastLine ??= now;
    if (now - this.#lastLine < LINE_EVERY_MS) return;
    this.complain(`${what}${percent}${detail && `, ${detail}`}`);
    this.#lastLine = now;
  }

  /** Takes the line away. */
  endProgress(): void {
    if (this.#isOpen) this.#streams.stderr.write('\r\x1b[K');
    this.#isOpen = false;
  }

  /** A heading: bold, where there are colours (https://no-color.org). */
  #heading(text: string): string {
    const { stdout, env } = this.#streams;
    const { NO_COLOR = '', TERM } = env;
    const isPlain = !stdout.isTTY || NO_COLOR !== '' || TERM === 'dumb';
    return isPlain ? text : `\x1b[1m${text}\x1b[22m`;
  }

  /** A table: the first column to the left, numbers to the right. */
  table(head: readonly string[], rows: readonly (readonly string[])[]): void {
    const widths = head.map((title, i) =>
      Math.max(widthOf(title), ...rows.map((row) => widthOf(row[i] ?? ''))),
    );
    const line = (cells: readonly string[]) =>
      cells
        .map((cell, i) => {
          const space = ' '.repeat(Math.max(0, (widths[i] ?? 0) - widthOf(cell)));
          return i === 0 ? cell + space : space + cell;
        })
        .join('  ')
        .trimEnd();
    this.print([this.#heading(line(head)), ...rows.map(line)].join('\n'));
  }
}

const wide =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}]/u;

/** How many columns of a terminal a text takes, as nearly as it can be known. */
function widthOf(text: string): number {
  let width = 0;
  for (const character of text) {
    width += /\p{Mark}/u.test(character) ? 0 : wide.test(character) ? 2 : 1;
  }
  return width;
}
