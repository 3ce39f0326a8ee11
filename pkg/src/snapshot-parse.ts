import { rules } from './classify.js';
import { ShotglassError } from './errors.js';
import * as check from './options.js';
import { renderPrompt } from './prompt.js';
import type { Snapshot, SnapshotModel, SnapshotShots, SnapshotToken } from './snapshot.js';
import type { Demonstration, Task, Template } from './task.js';
import type { Rest } from './types.js';

type SnapshotClassification = NonNullable<SnapshotShots['classification']>;

/**
 * A snapshot from what `JSON.parse` made of a file, every field of it checked. Fields that are not known are left out.
 *
 * @throws {@link ShotglassError} `invalid-option`: a sentence that names the field, or the version where it is another.
 */
export function parseSnapshot(json: unknown): Snapshot {
  const snapshot = object<Snapshot>('', json);
  const { version } = snapshot;
  if (version !== 1) {
    throw version === undefined
      ? wrong('version', '1: this is no snapshot of shotglass')
      : new ShotglassError(
          'invalid-option',
          `The snapshot has version ${shown(version)}, and this shotglass reads version 1. Take the snapshot again, or use the shotglass that wrote it.`,
        );
  }
  const task = taskOf(snapshot.task);
  const results = list('results', snapshot.results, shotsOf);
  if (results.length === 0) throw wrong('results', 'an array of at least one');
  for (const [i, { shots }] of results.entries()) {
    const before = results[i - 1]?.shots ?? -1;
    if (shots <= before) throw wrong(`results[${i}].shots`, `more than ${before}`);
    if (shots > task.demonstrations.length) {
      throw wrong(`results[${i}].shots`, `at most ${task.demonstrations.length}, as the task has`);
    }
  }
  return {
    version: 1,
    shotglass: text('shotglass', snapshot.shotglass),
    model: modelOf(snapshot.model),
    task,
    results,
  };
}

function modelOf(value: unknown): SnapshotModel {
  const model = object<SnapshotModel>('model', value);
  const sha256 = text('model.sha256', model.sha256);
  if (!/^[0-9a-f]{64}$/.test(sha256)) throw wrong('model.sha256', '64 lower-case hex digits');
  return {
    name: text('model.name', model.name),
    sha256,
    bytes: count('model.bytes', model.bytes),
    quantization: text('model.quantization', model.quantization),
    activationBits: count('model.activationBits', model.activationBits),
  };
}

function taskOf(value: unknown): Task {
  const task = object<Task>('task', value);
  const template = object<Template>('task.template', task.template);
  const part = (name: keyof Template) => text(`task.template.${name}`, template[name]);
  const { labels, query } = task;
  const checked: Task = {
    instruction: text('task.instruction', task.instruction),
    template: {
      instructionSeparator: part('instructionSeparator'),
      inputPrefix: part('inputPrefix'),
      inputSuffix: part('inputSuffix'),
      outputPrefix: part('outputPrefix'),
      outputSeparator: part('outputSeparator'),
      demonstrationSeparator: part('demonstrationSeparator'),
    },
    demonstrations: list('task.demonstrations', task.demonstrations, (name, value) => {
      const { input, output } = object<Demonstration>(name, value);
      return { input: text(`${name}.input`, input), output: text(`${name}.output`, output) };
    }),
    ...(labels === undefined ? {} : { labels: list('task.labels', labels, text) }),
    ...(query === undefined ? {} : { query: text('task.query', query) }),
  };
  renderPrompt(checked);
  return checked;
}

function shotsOf(name: string, value: unknown): SnapshotShots {
  const result = object<SnapshotShots>(name, value);
  const rest = object<Rest>(`${name}.rest`, result.rest);
  const candidates = list(`${name}.candidates`, result.candidates, tokenOf);
  if (candidates.length === 0) throw wrong(`${name}.candidates`, 'an array of at least one');
  return {
    shots: count(`${name}.shots`, result.shots),
    tokens: count(`${name}.tokens`, result.tokens),
    candidates,
    rest: { count: count(`${name}.rest.count`, rest.count), p: p(`${name}.rest.p`, rest.p) },
    entropy: atLeast(`${name}.entropy`, result.entropy, 0),
    text: list(`${name}.text`, result.text, tokenOf),
    classification:
      result.classification === null
        ? null
        : classificationOf(`${name}.classification`, result.classification),
  };
}

function classificationOf(
  name: string,
  value: unknown,
): NonNullable<SnapshotShots['classification']> {
  const classification = object<SnapshotClassification>(name, value);
  const rule = rules.find((one) => one === classification.rule);
  if (rule === undefined) throw wrong(`${name}.rule`, `one of ${rules.join(', ')}`);
  return {
    rule,
    labels: list(`${name}.labels`, classification.labels, (name, value) => {
      const reading = object<{ label: string; p: number }>(name, value);
      return { label: text(`${name}.label`, reading.label), p: p(`${name}.p`, reading.p) };
    }),
    mass: p(`${name}.mass`, classification.mass),
  };
}

function tokenOf(name: string, value: unknown): SnapshotToken {
  const token = object<SnapshotToken>(name, value);
  const { bytes, logprob } = token;
  if (typeof logprob !== 'number' || !(logprob <= 0)) {
    throw wrong(`${name}.logprob`, 'a number, 0 or less');
  }
  if (bytes !== undefined && !(typeof bytes === 'string' && /^([0-9a-f]{2})+$/.test(bytes))) {
    throw wrong(`${name}.bytes`, 'hex digits, two for each byte, or left out');
  }
  return {
    id: count(`${name}.id`, token.id),
    text: text(`${name}.text`, token.text),
    ...(bytes === undefined ? {} : { bytes }),
    logprob,
  };
}

/** The fields of an object, of which nothing is known yet. */
function object<Shape>(name: string, value: unknown): { [Field in keyof Shape]?: unknown } {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw wrong(name, 'an object');
}

function list<Entry>(
  name: string,
  value: unknown,
  entry: (name: string, value: unknown) => Entry,
): Entry[] {
  if (!Array.isArray(value)) throw wrong(name, 'an array');
  return value.map((one, i) => entry(`${name}[${i}]`, one));
}

function text(name: string, value: unknown): string {
  return check.text(labelled(name), value);
}

function count(name: string, value: unknown): number {
  if (Number.isSafeInteger(value) && Number(value) >= 0) return Number(value);
  throw wrong(name, 'an integer, 0 or more');
}

function p(name: string, value: unknown): number {
  // A sum of floats may end a little beyond 1.
  if (typeof value === 'number' && value >= 0 && value <= 1 + 1e-6) return value;
  throw wrong(name, 'a probability, 0–1');
}

function atLeast(name: string, value: unknown, least: number): number {
  if (typeof value === 'number' && Number.isFinite(value) && value >= least) return value;
  throw wrong(name, `a number, ${least} or more`);
}

function wrong(name: string, mustBe: string): ShotglassError {
  return check.invalid(labelled(name), mustBe);
}

function labelled(name: string): string {
  return name === '' ? 'The snapshot' : `The snapshot's ${name}`;
}

function shown(value: unknown): string {
  return JSON.stringify(value) ?? String(value);
}
