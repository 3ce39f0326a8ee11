import { text as checkedText } from '../util/validate.js';
import { renderPrompt } from './render.js';
import type { Demonstration, Task, Template } from './task.js';

/** The parts that a prompt was rendered from, apart from the template. */
export interface ParsedPrompt {
  /** `''` if there is none. */
  instruction: string;
  demonstrations: Demonstration[];
  query: string;
  /** The text after the prompt: the beginning of an answer. Usually `''`. */
  appended: string;
}

/** The probable parts of a prompt. */
export type ParseHint = Partial<Pick<Task, 'instruction' | 'demonstrations' | 'query'>> & {
  appended?: string | undefined;
};

/**
 * The inverse of {@link renderPrompt}: the parts from which a template renders a text; null if no task
 * renders to this text. The result is exact: rendering it and appending `appended` gives the text again,
 * code unit for code unit.
 *
 * If several tasks render to the same text, the result is the one that has most in common with `hint`,
 * which is usually the task before its prompt was edited. Ties go to the task whose parts contain the
 * fewest separators, then to the task whose parts end first. Without a hint, the text is not divided at
 * empty separators.
 *
 * @throws {@link ShotglassError} `invalid-option` if the template or the text does not consist of
 * strings, `invalid-text`.
 */
export function parsePrompt(
  template: Template,
  text: string,
  hint: ParseHint = {},
): ParsedPrompt | null {
  checkedText('text', text);
  // Says what is wrong with the template.
  renderPrompt({ instruction: ' ', template, demonstrations: [{ input: '', output: '' }] });

  const end = template.inputSuffix + template.outputPrefix;
  for (const appended of endings(text, end, template, hint)) {
    const prompt = text.slice(0, text.length - appended.length);
    const parsed = own(template, prompt, hint) ?? new Parser(template, prompt, hint).parse();
    if (parsed === null) continue;
    const { query } = parsed;
    // What is promised is checked, not argued.
    if (renderPrompt({ ...parsed, template }, { query }).text === prompt) {
      return { ...parsed, appended };
    }
  }
  return null;
}

/** The parts of the hint, where the prompt is made of just these. */
function own(template: Template, prompt: string, hint: ParseHint): ParsedPrompt | null {
  const { instruction = '', demonstrations = [], query = '' } = hint;
  const task = { instruction, demonstrations, query, template };
  if (renderPrompt(task).text !== prompt) return null;
  const pairs = demonstrations.map(({ input, output }) => ({ input, output }));
  return { instruction, demonstrations: pairs, query, appended: '' };
}

/** What may stand behind the prompt, the likeliest first. */
function endings(text: string, end: string, template: Template, { appended }: ParseHint): string[] {
  const list = ['', appended ?? ''];
  if (appended && text.endsWith(end + appended)) list.reverse();
  const last = end === '' ? -1 : text.lastIndexOf(end);
  const rest = text.slice(last + end.length);
  // Behind a separator the format would have begun anew, with a prompt that is not finished.
  const isAnew =
    template.demonstrationSeparator !== '' && rest.includes(template.demonstrationSeparator);
  if (last !== -1 && !isAnew) list.push(rest);
  return [...new Set(list)].filter((ending) => text.endsWith(end + ending));
}

/** How one has come to a place: the end of the instruction, or of a demonstration. */
interface Way {
  cost: number;
  from: number | null;
  demonstration: Demonstration | null;
}

/** Parts that are those of the hint are worth more than any number of separators. */
const KNOWN = -(2 ** 24);

/** Demonstrations may hold a few separators, but not end anywhere. */
const MOST_INSIDE = 16;

/**
 * The cheapest way from the beginning of a text to its end, demonstration by demonstration. Every
 * step leads forward, so that one pass is enough.
 */
class Parser {
  readonly #template: Template;
  readonly #text: string;
  readonly #hint: ParseHint;
  /** Where the query's text ends. */
  readonly #queryEnd: number;
  /** Between input and output. */
  readonly #middle: string;
  /** Between an output and the next input. */
  readonly #between: string;
  readonly #middles: readonly number[];
  readonly #betweens: readonly number[];
  readonly #rendered: readonly { rendered: string; demonstration: Demonstration }[];
  readonly #ways = new Map<number, Way>();

  constructor(template: Template, text: string, hint: ParseHint) {
    const { inputPrefix, inputSuffix, outputPrefix, outputSeparator } = template;
    this.#template = template;
    this.#text = text;
    this.#hint = hint;
    this.#queryEnd = text.length - inputSuffix.length - outputPrefix.length;
    this.#middle = inputSuffix + outputPrefix + outputSeparator;
    this.#between = template.demonstrationSeparator + inputPrefix;
    this.#middles = placesOf(this.#middle, text);
    this.#betweens = placesOf(this.#between, text);
    this.#rendered = (hint.demonstrations ?? []).map(({ input, output }) => ({
      rendered: inputPrefix + input + this.#middle + output + template.demonstrationSeparator,
      demonstration: { input, output },
    }));
  }

  /** Null where not even an instruction and a query are there. */
  parse(): Omit<ParsedPrompt, 'appended'> | null {
    const { inputPrefix } = this.#template;
    this.#beginnings();
    let best: { cost: number; at: number } | null = null;
    for (let at = 0; at <= this.#queryEnd - inputPrefix.length; at++) {
      const way = this.#ways.get(at);
      if (way === undefined) continue;
      const query = at + inputPrefix.length;
      const cost = way.cost + this.#cost(query, this.#queryEnd, [this.#hint.query]);
      if (best === null || cost < best.cost) best = { cost, at };
      this.#known(at, way.cost);
      this.#divided(at, way.cost);
    }
    return best && this.#back(best.at);
  }

  /** Where the first input may begin. */
  #beginnings(): void {
    const { instructionSeparator } = this.#template;
    const { instruction } = this.#hint;
    this.#enter(0, { cost: instruction === '' ? KNOWN : 0, from: null, demonstration: null });
    const begin = (end: number) => {
      const cost = this.#cost(0, end, [instruction]);
      this.#enter(end + instructionSeparator.length, { cost, from: null, demonstration: null });
    };
    if (instruction && this.#text.startsWith(instruction + instructionSeparator)) {
      begin(instruction.length);
    }
    const before = instructionSeparator + this.#template.inputPrefix;
    for (const end of placesOf(before, this.#text)) if (end > 0) begin(end);
  }

  /** Demonstrations of the hint that stand here. */
  #known(at: number, cost: number): void {
    for (const { rendered, demonstration } of this.#rendered) {
      if (!this.#text.startsWith(rendered, at)) continue;
      this.#enter(at + rendered.length, { cost: cost + KNOWN, from: at, demonstration });
    }
  }

  /** A demonstration that ends at one of the next separators. */
  #divided(at: number, cost: number): void {
    const start = at + this.#template.inputPrefix.length;
    const middle = this.#middles[firstFrom(this.#middles, start)];
    if (middle === undefined) return;
    const output = middle + this.#middle.length;
    const inInput = this.#cost(start, middle, []);
    const first = firstFrom(this.#betweens, output);
    for (const end of this.#betweens.slice(first, first + MOST_INSIDE)) {
      this.#enter(end + this.#template.demonstrationSeparator.length, {
        cost: cost + inInput + this.#cost(output, end, []),
        from: at,
        demonstration: {
          input: this.#text.slice(start, middle),
          output: this.#text.slice(output, end),
        },
      });
    }
  }

  /** Keeps the cheaper way to a place from where an input begins; of equal ones the first. */
  #enter(at: number, way: Way): void {
    if (way.from === at || !this.#text.startsWith(this.#template.inputPrefix, at)) return;
    const before = this.#ways.get(at);
    if (before === undefined || way.cost < before.cost) this.#ways.set(at, way);
  }

  /** Of a part: how many separators are in it, unless it is as the hint has it. */
  #cost(start: number, end: number, known: readonly (string | undefined)[]): number {
    if (known.includes(this.#text.slice(start, end))) return KNOWN;
    return (
      within(this.#middles, start, end - this.#middle.length) +
      within(this.#betweens, start, end - this.#between.length)
    );
  }

  #back(queryAt: number): Omit<ParsedPrompt, 'appended'> {
    const demonstrations: Demonstration[] = [];
    let at = queryAt;
    for (let way = this.#ways.get(at); way?.demonstration; way = this.#ways.get(at)) {
      const { input, output } = way.demonstration;
      demonstrations.unshift({ input, output });
      at = way.from ?? 0;
    }
    const { inputPrefix, instructionSeparator } = this.#template;
    return {
      instruction: at === 0 ? '' : this.#text.slice(0, at - instructionSeparator.length),
      demonstrations,
      query: this.#text.slice(queryAt + inputPrefix.length, this.#queryEnd),
    };
  }
}

/** Where a separator stands in a text, in order; nowhere if it is empty. */
function placesOf(separator: string, text: string): number[] {
  const places: number[] = [];
  if (separator === '') return places;
  for (let at = text.indexOf(separator); at !== -1; at = text.indexOf(separator, at + 1)) {
    places.push(at);
  }
  return places;
}

/** Index of the first place at or behind `start`. */
function firstFrom(places: readonly number[], start: number): number {
  let low = 0;
  for (let high = places.length; low < high; ) {
    const middle = (low + high) >> 1;
    if ((places[middle] ?? 0) < start) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** How many places lie from `start` to `last`. */
function within(places: readonly number[], start: number, last: number): number {
  return Math.max(0, firstFrom(places, last + 1) - firstFrom(places, start));
}
