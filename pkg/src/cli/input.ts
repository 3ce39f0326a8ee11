/** The input of a command: a task, or a text. */
import { readFile } from 'node:fs/promises';
import process from 'node:process';
import { abortError, ShotglassError } from '../errors.js';
import { whyOf } from '../files/problem.js';
import { type Preset, presets } from '../presets/index.js';
import type { Task } from '../prompt/task.js';
import { parseTask } from '../snapshot/parse.js';
import { type Invocation, integersOption, isGiven, textOption, UsageError } from './command.js';

/** A task that the arguments name. */
export interface TaskInput {
  task: Task;
  /** The preset, if the task is one. */
  preset: Preset | null;
  /** The default number of shots: that of the preset, else all demonstrations. */
  shots: number;
}

/** The task and the query from the arguments; null if they name no task. */
export async function taskInput(
  invocation: Invocation,
  command: string,
): Promise<TaskInput | null> {
  const id = textOption(invocation, 'preset');
  const file = textOption(invocation, 'task');
  const query = textOption(invocation, 'query');
  if (id !== undefined && file !== undefined) {
    throw new UsageError('Use either --preset or --task, not both.', command);
  }
  const preset = id === undefined ? null : presetOf(id, command);
  const found = preset?.task ?? (file === undefined ? null : await taskFrom(file, invocation));
  if (found === null) {
    if (query === undefined) return null;
    throw new UsageError('--query needs a task: --preset or --task.', command);
  }
  const task = query === undefined ? found : { ...found, query };
  return { task, preset, shots: preset?.shots ?? task.demonstrations.length };
}

/** The same, of a command that needs a task. */
export async function givenTask(invocation: Invocation, command: string): Promise<TaskInput> {
  const asked = await taskInput(invocation, command);
  if (asked !== null) return asked;
  throw new UsageError('No task was given. Use --preset or --task.', command);
}

function presetOf(id: string, command: string): Preset {
  const preset = presets.find((one) => one.id === id);
  if (preset) return preset;
  const ids = presets.map((one) => one.id).join(', ');
  throw new UsageError(`Unknown preset '${id}'. Presets: ${ids}.`, command);
}

async function taskFrom(file: string, { signal }: Invocation): Promise<Task> {
  const name = file === '-' ? 'standard input' : file;
  const json = parseJson(file === '-' ? await standardInput(signal) : await readText(file), name);
  // A snapshot contains its task.
  const inner = Object(json) as { task?: unknown };
  return parseTask(inner.task ?? json, inner.task === undefined ? name : `${name}: task`);
}

/** JSON, or a sentence that names the file. */
export function parseJson(text: string, name: string): unknown {
  try {
    return JSON.parse(text.replace(/^\ufeff/, ''));
  } catch (cause) {
    throw new ShotglassError(
      'invalid-option',
      `${name} is not valid JSON: ${Object(cause).message}.`,
    );
  }
}

/** A task with the number of shots from `--shots`; null if positional arguments take its place, as `texts` names them. */
export async function oneTaskInput(
  invocation: Invocation,
  command: string,
  texts: string,
): Promise<TaskInput | null> {
  const found = await taskInput(invocation, command);
  if (found === null && isGiven(invocation, 'shots')) {
    throw new UsageError('--shots needs a task: --preset or --task.', command);
  }
  if (found !== null && invocation.positionals.length > 0) {
    throw new UsageError(`Give either ${texts} or a task, not both.`, command);
  }
  return found && { ...found, shots: oneShots(invocation, command, found) };
}

function oneShots(invocation: Invocation, command: string, { task, shots }: TaskInput): number {
  const asked = integersOption(invocation, command, 'shots');
  if (asked === undefined) return shots;
  const [one = 0] = asked;
  const most = task.demonstrations.length;
  if (asked.length === 1 && one <= most) return one;
  throw new UsageError(
    `--shots must be a single number from 0 to ${most}, the number of demonstrations in the task.`,
    command,
  );
}

/** The text of a file, or a sentence. */
export async function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause: unknown) => {
    throw new ShotglassError('read-failed', `${path} could not be read: ${whyOf(cause)}.`, {
      cause,
    });
  });
}

/** The lines of a file that are not empty, or of standard input where its name is `-`. */
export async function linesInput({ signal }: Invocation, file: string): Promise<string[]> {
  const text = file === '-' ? await standardInput(signal) : await readText(file);
  const lines = text.replace(/^\ufeff/, '').split(/\r?\n/);
  const found = lines.filter((line) => line.trim() !== '');
  if (found.length > 0) return found;
  throw new ShotglassError(
    'invalid-option',
    `${file === '-' ? 'Standard input' : file} has no line with a text.`,
  );
}

/** All of standard input, without the one line break that `echo` and editors put at the end of a text. */
export async function standardInput(signal: AbortSignal): Promise<string> {
  const chunks: Uint8Array[] = [];
  const stop = () => process.stdin.destroy();
  signal.addEventListener('abort', stop);
  try {
    for await (const chunk of process.stdin) chunks.push(chunk);
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  if (signal.aborted) throw abortError(signal);
  const bytes = await new Blob(chunks as BlobPart[]).arrayBuffer();
  return new TextDecoder().decode(bytes).replace(/\r?\n$/, '');
}
