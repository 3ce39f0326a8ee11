/** What a command is, and how its options are read and explained. */
import type { Terminal } from './terminal.js';

/** One option of a command. */
export interface CommandOption {
  /** Without the dashes. */
  name: string;
  /** What stands behind it in the help; null for a switch. */
  value: string | null;
  about: string;
}

/** What the arguments were. */
export interface Invocation {
  values: Readonly<Record<string, string | boolean | undefined>>;
  positionals: readonly string[];
  terminal: Terminal;
  /** Aborted by Ctrl-C. */
  signal: AbortSignal;
}

export interface Command {
  name: string;
  /** One line. */
  about: string;
  /** The forms in which it is called, without its name. */
  usage: readonly string[];
  options: readonly CommandOption[];
  /** Sentences for the end of the help. */
  notes: readonly string[];
  /** Answers the exit code. */
  run(invocation: Invocation): Promise<number>;
}

/** Arguments that make no sense: exit code 2. */
export class UsageError extends Error {
  /** The command that explains it. */
  readonly help: string;

  constructor(message: string, command: string | null) {
    super(message);
    this.help = command === null ? 'shotglass --help' : `shotglass ${command} --help`;
  }
}

const everywhere: readonly CommandOption[] = [
  { name: 'quiet', value: null, about: 'Print warnings and errors only.' },
  { name: 'help', value: null, about: 'Show this help.' },
];

/** Options of the commands that ask the model. */
export const modelOptions: readonly CommandOption[] = [
  {
    name: 'model',
    value: 'PATH|URL|ID',
    about:
      'A GGUF file, hf:owner/repo/file.gguf, or a model of `shotglass models`. Default: $SHOTGLASS_MODEL, else SmolLM2-135M-Instruct.',
  },
  {
    name: 'threads',
    value: 'N',
    about: 'Maximum number of threads. It does not change the results.',
  },
  {
    name: 'activation-bits',
    value: '8|16',
    about: 'Precision of activations in bits. Default 16, the more exact one.',
  },
];

/** Options of the commands that ask about a task. */
export const taskOptions: readonly CommandOption[] = [
  { name: 'preset', value: 'ID', about: 'A task from shotglass/presets, for example plural.' },
  { name: 'task', value: 'FILE', about: 'A JSON file with a task or a snapshot.' },
];

/** Of the commands that ask one prompt of a task. */
export const shotsOption: CommandOption = {
  name: 'shots',
  value: 'K',
  about: 'Number of demonstrations in the prompt.',
};

export const queryOption: CommandOption = {
  name: 'query',
  value: 'TEXT',
  about: "The input to complete. Default: the task's own query.",
};

export const jsonOption: CommandOption = {
  name: 'json',
  value: null,
  about: 'Print JSON, with all digits.',
};

/** The options as `parseArgs` takes them. */
export function parserOptions({
  options,
}: Command): Record<string, { type: 'string' | 'boolean'; short?: string }> {
  return Object.fromEntries(
    [...options, ...everywhere].map(({ name, value }) => [
      name,
      {
        type: value === null ? ('boolean' as const) : ('string' as const),
        ...(name === 'help' && { short: 'h' }),
      },
    ]),
  );
}

/** The help of one command. */
export function helpOf({ name, about, usage, options, notes }: Command): string {
  const all = [...options, ...everywhere].map(({ name, value, about }) => ({
    left: `--${name}${value === null ? '' : ` ${value}`}`,
    about,
  }));
  const width = Math.max(...all.map(({ left }) => left.length));
  return [
    about,
    '',
    ...usage.map((form, i) => `${i === 0 ? 'Usage:' : '      '} shotglass ${name} ${form}`),
    '',
    ...all.map(({ left, about }) => `  ${left.padEnd(width)}  ${about}`),
    ...(notes.length > 0 ? ['', ...notes] : []),
  ].join('\n');
}

/** The text of an option; undefined where it is not given. */
export function textOption({ values }: Invocation, name: string): string | undefined {
  const value = values[name];
  return typeof value === 'string' ? value : undefined;
}

/** For a command that takes options alone. */
export function refusePositionals({ positionals }: Invocation, command: string): void {
  if (positionals.length === 0) return;
  throw new UsageError(`Unexpected argument '${positionals[0]}'.`, command);
}

/** Whether a switch is given. */
export function isGiven({ values }: Invocation, name: string): boolean {
  return values[name] !== undefined && values[name] !== false;
}

/** A whole number of at least `least`. */
export function integerOption(
  invocation: Invocation,
  command: string,
  name: string,
  least: number,
): number | undefined {
  const isInteger = (text: string) => /^\d+$/.test(text) && Number.isSafeInteger(Number(text));
  return numeric(invocation, command, name, { least, kind: 'an integer', isKind: isInteger });
}

/** A number of at least `least`. */
export function numberOption(
  invocation: Invocation,
  command: string,
  name: string,
  least: number,
): number | undefined {
  const isNumber = (text: string) => text.trim() !== '' && Number.isFinite(Number(text));
  return numeric(invocation, command, name, { least, kind: 'a number', isKind: isNumber });
}

function numeric(
  invocation: Invocation,
  command: string,
  name: string,
  { least, kind, isKind }: { least: number; kind: string; isKind: (text: string) => boolean },
): number | undefined {
  const text = textOption(invocation, name);
  if (text === undefined) return undefined;
  const value = Number(text);
  if (isKind(text) && value >= least) return value;
  throw new UsageError(`--${name} must be ${kind} of at least ${least}, not '${text}'.`, command);
}

/** Whole numbers with commas between them. */
export function integersOption(
  invocation: Invocation,
  command: string,
  name: string,
): number[] | undefined {
  const text = textOption(invocation, name);
  if (text === undefined) return undefined;
  const parts = text.split(',').map((part) => part.trim());
  if (parts.every((part) => /^\d+$/.test(part))) return parts.map(Number);
  throw new UsageError(
    `--${name} must be a list of numbers such as 0,1,2, not '${text}'.`,
    command,
  );
}

/** One of some words. */
export function choiceOption<Choice extends string>(
  invocation: Invocation,
  command: string,
  name: string,
  choices: readonly Choice[],
): Choice | undefined {
  const text = textOption(invocation, name);
  const found = choices.find((choice) => choice === text);
  if (text === undefined || found !== undefined) return found;
  throw new UsageError(`--${name} must be one of ${choices.join(', ')}, not '${text}'.`, command);
}
