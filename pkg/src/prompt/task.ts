/** One solved input–output pair. */
export interface Demonstration {
  input: string;
  output: string;
}

/**
 * The text around the parts of a task. A demonstration is rendered as
 *
 * ```text
 * inputPrefix input inputSuffix outputPrefix outputSeparator output demonstrationSeparator
 * ```
 *
 * and the query as `inputPrefix query inputSuffix outputPrefix`, with nothing after it: the
 * boundary space is the first character of what the model is asked to continue with. A prompt that
 * ended in that space would ask for a token that the model has hardly ever seen there.
 */
export interface Template {
  /** After the instruction, which it vanishes with; usually `'\n\n'`. */
  instructionSeparator: string;
  /** Before every input, for example `'Review: '`. */
  inputPrefix: string;
  /** Between input and output, for example `'\n'`. */
  inputSuffix: string;
  /** Before every output, without a trailing space, for example `'Sentiment:'`. */
  outputPrefix: string;
  /** Between `outputPrefix` and a demonstration's output, usually `' '`. */
  outputSeparator: string;
  /** After every demonstration, usually `'\n\n'`. */
  demonstrationSeparator: string;
}

/** The names of a template's parts, in the order of the prompt. */
export const templateParts = [
  'instructionSeparator',
  'inputPrefix',
  'inputSuffix',
  'outputPrefix',
  'outputSeparator',
  'demonstrationSeparator',
] as const satisfies readonly (keyof Template)[];

/** What a prompt is made from. */
export interface Task {
  /** What to do, in words. `''` leaves it out, with its separator. */
  instruction: string;
  template: Template;
  /** Solved pairs, in the order in which the shots are drawn from them. */
  demonstrations: Demonstration[];
  /** The classes that outputs are chosen from, where the task has such. */
  labels?: string[];
  /** The unsolved last input, where `renderPrompt` is not given one. */
  query?: string;
}

/** A range of a prompt with a role. */
export interface Span {
  role: 'instruction' | 'input' | 'output' | 'template' | 'query';
  /** Offset of the first UTF-16 code unit, as in `text.slice(start, end)`. */
  start: number;
  /** Offset after the last UTF-16 code unit. */
  end: number;
  /** Index into `task.demonstrations`; null outside the demonstrations. */
  demonstration: number | null;
}

/** The exact text given to the model, and what each part of it is. */
export interface Prompt {
  text: string;
  /** In order, none empty, without gap or overlap: joined they are `text`. */
  spans: Span[];
}

/** How `renderPrompt` turns a task into a prompt. */
export interface RenderOptions {
  /** How many demonstrations to show, from 0 to all. Default: all. */
  shots?: number | undefined;
  /** The unsolved last input. Default: `task.query`, else `''`. */
  query?: string | undefined;
  /**
   * A permutation of the indices of `task.demonstrations`; the shots are its first ones.
   * Default: as they stand.
   */
  order?: readonly number[] | undefined;
}
