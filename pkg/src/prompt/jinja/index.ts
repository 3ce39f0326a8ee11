/**
 * `shotglass/jinja`: Jinja templates of tasks, as in lm-evaluation-harness, and of conversations, as in
 * model files. It is a separate entry point because it depends on `@huggingface/jinja`.
 *
 * @packageDocumentation
 */
import { ShotglassError } from '../../errors.js';
import { invalid, text } from '../../util/validate.js';
import type { ChatMessage } from '../chat.js';
import { renderPrompt } from '../render.js';
import type { Demonstration, Task } from '../task.js';
import {
  type AnyNode,
  BoundedInterpreter,
  constants,
  GlobalScope,
  nodesIn,
  programOf,
} from './bounds.js';
import { Float, pythonText } from './python-text.js';
import { type JinjaRow, StrictInterpreter } from './strict.js';

export type { ChatMessage } from '../chat.js';
export type { JinjaRow } from './strict.js';

/** A task as in the YAML files of lm-evaluation-harness, with the same field names in camel case. */
export interface JinjaTask {
  /** `doc_to_text`: a template, or the name of a column. */
  docToText: string;
  /**
   * `doc_to_target`: a template, or the name of a column. If there are choices and the result is a
   * number, it is the index of a choice, from 0. If the result is a list, its first entry is used.
   */
  docToTarget: string;
  /** `doc_to_choice`: the choices, a template that produces a list of them, or a column with a list. */
  docToChoice?: string | readonly string[] | undefined;
  /** `target_delimiter`, between text and target. Default `' '`. */
  targetDelimiter?: string | undefined;
  /** `fewshot_delimiter`, after every demonstration. Default `'\n\n'`. */
  fewshotDelimiter?: string | undefined;
  /** `description`: a template of the text before everything else. Default: none. */
  description?: string | undefined;
}

/**
 * Renders a template for a row as lm-evaluation-harness does (`apply_template` in
 * `lm_eval/utils.py`): with Jinja's treatment of whitespace, a final line break kept, and an error for a
 * missing column. Values are written as Python writes them: `True`, `None`, `['a', 'b']`.
 *
 * Features of Jinja that `@huggingface/jinja` does not have, and the filter `regex_replace`, throw an
 * error that says so. Lengths and slices count UTF-16 code units, two for an emoji.
 *
 * Rendering always ends. The limits are 2,000,000 steps (names, operations, list items, every 32
 * characters of text), a `range` of 100,000 numbers, a template of 1,000,000 characters, and 1,000
 * whitespace characters in a row; beyond them it throws an error.
 *
 * @throws {@link ShotglassError} `invalid-option` with the message of the template engine.
 */
export function renderJinja(template: string, row: JinjaRow): string {
  return compiled('template', template)(row);
}

/**
 * Converts a task of lm-evaluation-harness into a {@link Task}: rows become demonstrations, the query row
 * becomes the query, and each choice becomes a label. The rendered prompt is the one that
 * lm-evaluation-harness builds (`fewshot_context` in `lm_eval/api/task.py`).
 *
 * The description and the choices are those of the query row.
 *
 * @throws {@link ShotglassError} `invalid-option` as {@link renderJinja}, and if there is no choice with
 * the given index, the choices are not a list of strings, or a demonstration has no target.
 */
export function jinjaTask(
  task: JinjaTask,
  demonstrations: readonly JinjaRow[],
  query: JinjaRow,
): Task {
  const { docToChoice, targetDelimiter = ' ', fewshotDelimiter = '\n\n', description = '' } = task;
  const textOf = fieldOf('docToText', task.docToText);
  const targetOf = targetField(task.docToTarget);
  const choicesOf = choiceField(docToChoice);
  const labels = choicesOf?.(query);
  return {
    instruction: fieldOf('description', description)(query),
    template: {
      instructionSeparator: '',
      inputPrefix: '',
      inputSuffix: '',
      outputPrefix: '',
      outputSeparator: text('targetDelimiter', targetDelimiter),
      demonstrationSeparator: text('fewshotDelimiter', fewshotDelimiter),
    },
    demonstrations: demonstrations.map((row): Demonstration => {
      const choices = choicesOf?.(row);
      const output = chosen('docToTarget', targetOf(row), choices);
      // lm-evaluation-harness leaves out both delimiters then, and the next text follows at once.
      if (output === '') throw invalid('docToTarget', 'non-empty for every row');
      return { input: chosen('docToText', textOf(row), choices), output };
    }),
    ...(labels && { labels }),
    query: chosen('docToText', textOf(query), labels),
  };
}

/**
 * The prompt of {@link jinjaTask} with all demonstrations.
 *
 * @throws {@link ShotglassError} as {@link jinjaTask}.
 */
export function renderJinjaPrompt(
  task: JinjaTask,
  demonstrations: readonly JinjaRow[],
  query: JinjaRow,
): string {
  return renderPrompt(jinjaTask(task, demonstrations, query)).text;
}

/**
 * The correct answer to a row: the target that its demonstration would have.
 *
 * @throws {@link ShotglassError} as {@link jinjaTask}.
 */
export function jinjaTarget(task: JinjaTask, row: JinjaRow): string {
  const target = targetField(task.docToTarget)(row);
  return chosen('docToTarget', target, choiceField(task.docToChoice)?.(row));
}

/** Options of {@link renderChat}. */
export interface ChatOptions {
  /** Whether to end the prompt at the start of the answer. Default false, as in Transformers. */
  addGenerationPrompt?: boolean | undefined;
  /** The begin token, as text. Default `''`. */
  bosToken?: string | undefined;
  /** The end token, as text. Default `''`. */
  eosToken?: string | undefined;
}

/**
 * Renders a conversation with the template of a model (`model.info.chatTemplate`), with the settings of
 * `apply_chat_template` in Transformers: a line break after a block and spaces before it are removed.
 * Rendering always ends; the limits are those of {@link renderJinja}.
 *
 * @throws {@link ShotglassError} `invalid-option` with the message of the template engine or of the
 * template itself.
 */
export function renderChat(
  template: string,
  messages: readonly ChatMessage[],
  options: ChatOptions = {},
): string {
  text('template', template);
  if (!Array.isArray(messages))
    throw invalid('messages', 'an array of objects with role and content');
  const { addGenerationPrompt = false, bosToken = '', eosToken = '' } = options;
  const variables = {
    messages: messages.map(({ role, content }) => ({
      role: text('messages', role),
      content: text('messages', content),
    })),
    add_generation_prompt: addGenerationPrompt,
    bos_token: text('bosToken', bosToken),
    eos_token: text('eosToken', eosToken),
    raise_exception: (message: unknown) => {
      throw new Error(String(message));
    },
    strftime_now: (format: unknown) => strftime(new Date(), String(format)),
  };
  return withReason('template', () => {
    const scope = new GlobalScope();
    for (const [name, value] of Object.entries(variables)) scope.set(name, value);
    return new BoundedInterpreter(programOf(template, { forChats: true }), scope).text();
  });
}

/** The parts of a date that chat templates write, in English as Python writes them. */
function strftime(date: Date, format: string): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const month = (length: 'short' | 'long') => date.toLocaleDateString('en-US', { month: length });
  const parts: Record<string, () => string> = {
    Y: () => String(date.getFullYear()),
    m: () => two(date.getMonth() + 1),
    d: () => two(date.getDate()),
    b: () => month('short'),
    B: () => month('long'),
    H: () => two(date.getHours()),
    M: () => two(date.getMinutes()),
    '%': () => '%',
  };
  return format.replace(/%([YmdbBHM%])/g, (whole, part: string) => parts[part]?.() ?? whole);
}

// Fields of a task

type Field = (row: JinjaRow) => string;

/** A field that is the name of a column gives its value, any other is a template. */
function fieldOf(name: string, field: string): Field {
  let template: Field | null = null;
  return (row) => {
    if (Object.hasOwn(row, text(name, field))) return pythonText(row[field]);
    template ??= compiled(name, field);
    return template(row);
  };
}

function choiceField(field: JinjaTask['docToChoice']): ((row: JinjaRow) => string[]) | null {
  if (field === undefined) return null;
  if (typeof field !== 'string') return () => checkedChoices(field);
  const rendered = fieldOf('docToChoice', field);
  return (row) => checkedChoices(literal(rendered(row)));
}

function checkedChoices(choices: unknown): string[] {
  if (!Array.isArray(choices) || choices.length === 0) {
    throw invalid('docToChoice', 'a list of choices, or a template that produces one');
  }
  return Array.from(choices, pythonText);
}

/** Digits are the index of a choice, where there are choices. */
function chosen(name: string, rendered: string, choices: readonly string[] | undefined): string {
  if (choices === undefined || !/^\d+$/.test(rendered)) return rendered;
  const choice = choices[Number(rendered)];
  if (choice !== undefined) return choice;
  throw new ShotglassError(
    'invalid-option',
    `${name}: there is no choice ${rendered}. There are ${choices.length} choices, numbered from 0.`,
  );
}

/** Of several targets the first: of a list in a column, or of one that a template has written. */
function targetField(field: string): Field {
  const rendered = fieldOf('docToTarget', field);
  return (row) => {
    const target = rendered(row);
    const mayBeList = /^\[.*\]$/s.test(target) && typeof row[field] !== 'string';
    const list = mayBeList ? literal(target) : null;
    return Array.isArray(list) && list.length > 0 ? pythonText(list[0]) : target;
  };
}

// The engine

function compiled(name: string, template: string): Field {
  // Jinja has one kind of line break.
  const source = text(name, template).replace(/\r\n?/g, '\n');
  const program = withReason(name, () => programOf(source));
  return (row) => withReason(name, () => new StrictInterpreter(program, row).text());
}

/** Runs what the template engine does, whose errors are all those of the template. */
function withReason<Value>(name: string, run: () => Value): Value {
  try {
    return run();
  } catch (cause) {
    if (cause instanceof ShotglassError) throw cause;
    // Of the engine itself: its stack, or the longest text that there can be.
    const isTooMuch = cause instanceof RangeError;
    const message = cause instanceof Error ? cause.message : String(cause);
    const reason = isTooMuch ? 'It is nested too deeply, or its output is too long.' : message;
    throw new ShotglassError('invalid-option', `${name}: ${reason}`, { cause });
  }
}

/** A literal of Python as a value of JavaScript (`ast.literal_eval`); null for anything else. */
function literal(source: string): unknown {
  try {
    const { body } = programOf(`{{ ${source} }}`) as AnyNode & { body?: AnyNode[] };
    return body?.length === 1 ? literalValue(body[0]) : null;
  } catch {
    return null;
  }
}

function literalValue(node: AnyNode | undefined): unknown {
  const value = node?.value;
  switch (node?.type) {
    case 'StringLiteral':
    case 'IntegerLiteral':
      return value;
    case 'FloatLiteral':
      return new Float(Number.isInteger(value) ? `${value}.0` : String(value));
    case 'ArrayLiteral':
    case 'TupleLiteral':
      return nodesIn(value).map(literalValue);
    case 'Identifier':
      if (Object.hasOwn(constants, String(value))) {
        return constants[value as keyof typeof constants];
      }
  }
  throw new Error('no literal');
}
