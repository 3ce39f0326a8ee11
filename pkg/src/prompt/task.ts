/** A solved example: an input and its output. */
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
 * and the query as `inputPrefix query inputSuffix outputPrefix`, with nothing after it. The space before
 * an answer is the first character of the continuation: after a prompt that ended in that space, the
 * model would have to continue with tokens that it has rarely seen there.
 */
export interface Template {
  /** After the instruction, usually `'\n\n'`. Omitted if the instruction is empty. */
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

/** The names of the parts of a template, in the order of the prompt. */
export const templateParts = [
  'instructionSeparator',
  'inputPrefix',
  'inputSuffix',
  'outputPrefix',
  'outputSeparator',
  'demonstrationSeparator',
] as const satisfies readonly (keyof Template)[];

/** A few-shot task, from which prompts are rendered. */
export interface Task {
  /** What to do, in words. `''` omits it together with its separator. */
  instruction: string;
  template: Template;
  /** Solved examples. A prompt with k shots shows the first k. */
  demonstrations: Demonstration[];
  /** The labels that outputs are chosen from. Absent if the task has none. */
  labels?: string[];
  /** The input to solve, used unless the options of a call have another. */
  query?: string;
}

/** A range of a prompt, and its role. */
export interface Span {
  role: 'instruction' | 'input' | 'output' | 'template' | 'query';
  /** Offset of the first UTF-16 code unit, as in `text.slice(start, end)`. */
  start: number;
  /** Offset after the last UTF-16 code unit. */
  end: number;
  /** Index into `task.demonstrations`; null outside the demonstrations. */
  demonstration: number | null;
}

/** The exact text given to the model, and the role of each part. */
export interface Prompt {
  text: string;
  /** In order, non-empty, without gaps or overlaps: joined, they are `text`. */
  spans: Span[];
}

/** Options of {@link renderPrompt}. */
export interface RenderOptions {
  /** Number of demonstrations to show, from 0 to all. Default: all. */
  shots?: number | undefined;
  /** The input to solve. Default: `task.query`, else `''`. */
  query?: string | undefined;
  /**
   * A permutation of the indices of `task.demonstrations`. The prompt shows the first `shots` of it.
   * Default: the order of the task.
   */
  order?: readonly number[] | undefined;
}
