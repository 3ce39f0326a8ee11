import { ShotglassError } from '../errors.js';
import { type Demonstration, type Task, type Template, templateParts } from '../prompt/task.js';
import { normalizations } from '../scoring/labels.js';
import type { Rest } from '../types.js';
import * as check from '../util/validate.js';
import type { Snapshot, SnapshotModel, SnapshotShots, SnapshotToken } from './index.js';
import { atMost, charactersOf, checkCharacters, checkTaskSize, MAX_ENTRIES } from './limits.js';

type SnapshotClassification = NonNullable<SnapshotShots['classification']>;

/**
 * Checks every field of a parsed JSON file and returns it as a snapshot. Unknown fields are dropped. Lists are limited to
 * 1,000 entries (`results` to 1,001), and all texts together to a million characters, so that a page can show a snapshot
 * at once.
 *
 * @throws {@link ShotglassError} `invalid-option`; the message names the field and its limit, or an unsupported version.
 */
export function parseSnapshot(json: unknown): Snapshot {
  const snapshot = object<Snapshot>('snapshot', json);
  const { version } = snapshot;
  if (version !== 1) {
    throw version === undefined
      ? check.invalid('snapshot.version', '1: this is not a shotglass snapshot')
      : new ShotglassError(
          'invalid-option',
          `The snapshot has version ${shown(version)}, but this version of shotglass reads version 1. Record the snapshot again, or use the version that wrote it.`,
        );
  }
  const task = parseTask(snapshot.task, 'snapshot.task', MAX_ENTRIES);
  checkTaskSize(task, 'snapshot.task');
  // One without a demonstration, and one after each.
  const results = list('snapshot.results', snapshot.results, shotsOf, MAX_ENTRIES + 1);
  checkCharacters('snapshot.results', charactersOf(results));
  if (results.length === 0) throw check.invalid('snapshot.results', 'a non-empty array');
  for (const [i, { shots }] of results.entries()) {
    const before = results[i - 1]?.shots ?? -1;
    if (shots <= before) throw check.invalid(`snapshot.results[${i}].shots`, `more than ${before}`);
    if (shots > task.demonstrations.length) {
      throw check.invalid(
        `snapshot.results[${i}].shots`,
        `at most ${task.demonstrations.length}, the number of demonstrations`,
      );
    }
  }
  const { answer, opensWith } = snapshot;
  return {
    version: 1,
    shotglass: check.text('snapshot.shotglass', snapshot.shotglass),
    model: modelOf('snapshot.model', snapshot.model),
    task,
    ...(opensWith === undefined ? {} : { opensWith: count('snapshot.opensWith', opensWith) }),
    ...(answer === undefined ? {} : { answer: check.text('snapshot.answer', answer) }),
    results,
  };
}

function modelOf(path: string, value: unknown): SnapshotModel {
  const model = object<SnapshotModel>(path, value);
  const sha256 = check.text(`${path}.sha256`, model.sha256);
  if (!/^[0-9a-f]{64}$/.test(sha256))
    throw check.invalid(`${path}.sha256`, '64 lower-case hex digits');
  return {
    name: check.text(`${path}.name`, model.name),
    sha256,
    bytes: count(`${path}.bytes`, model.bytes),
    quantization: check.text(`${path}.quantization`, model.quantization),
    activationBits: count(`${path}.activationBits`, model.activationBits),
  };
}

/**
 * A task from what `JSON.parse` made of a file, with at most so many demonstrations, and labels.
 *
 * @throws {@link ShotglassError} `invalid-option`: a sentence that names the field.
 */
export function parseTask(value: unknown, path = 'task', most = Number.POSITIVE_INFINITY): Task {
  const task = object<Task>(path, value);
  const template = object<Template>(`${path}.template`, task.template);
  const parts = templateParts.map((name) => [
    name,
    check.text(`${path}.template.${name}`, template[name]),
  ]);
  const { labels, query } = task;
  return {
    instruction: check.text(`${path}.instruction`, task.instruction),
    template: Object.fromEntries(parts) as Template,
    demonstrations: list(`${path}.demonstrations`, task.demonstrations, pairOf, most),
    ...(labels === undefined ? {} : { labels: list(`${path}.labels`, labels, check.text, most) }),
    ...(query === undefined ? {} : { query: check.text(`${path}.query`, query) }),
  };
}

function pairOf(name: string, value: unknown): Demonstration {
  const { input, output } = object<Demonstration>(name, value);
  return {
    input: check.text(`${name}.input`, input),
    output: check.text(`${name}.output`, output),
  };
}

function shotsOf(name: string, value: unknown): SnapshotShots {
  const result = object<SnapshotShots>(name, value);
  const rest = object<Rest>(`${name}.rest`, result.rest);
  const candidates = list(`${name}.candidates`, result.candidates, tokenOf);
  if (candidates.length === 0) throw check.invalid(`${name}.candidates`, 'a non-empty array');
  const { answer } = result;
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
    ...(answer == null ? {} : { answer: logprob(`${name}.answer`, answer) }),
  };
}

function classificationOf(
  name: string,
  value: unknown,
): NonNullable<SnapshotShots['classification']> {
  const classification = object<SnapshotClassification>(name, value);
  const rule = normalizations.find((one) => one === classification.rule);
  if (rule === undefined)
    throw check.invalid(`${name}.rule`, `one of ${normalizations.join(', ')}`);
  return {
    rule,
    labels: list(`${name}.labels`, classification.labels, (name, value) => {
      const reading = object<{ label: string; p: number }>(name, value);
      return { label: check.text(`${name}.label`, reading.label), p: p(`${name}.p`, reading.p) };
    }),
    mass: p(`${name}.mass`, classification.mass),
  };
}

function tokenOf(name: string, value: unknown): SnapshotToken {
  const token = object<SnapshotToken>(name, value);
  const { bytes } = token;
  if (bytes !== undefined && !(typeof bytes === 'string' && /^([0-9a-f]{2})+$/.test(bytes))) {
    throw check.invalid(`${name}.bytes`, 'hex digits, two for each byte, or left out');
  }
  return {
    id: count(`${name}.id`, token.id),
    text: check.text(`${name}.text`, token.text),
    ...(bytes === undefined ? {} : { bytes }),
    logprob: logprob(`${name}.logprob`, token.logprob),
  };
}

/** The fields of an object, of which nothing is known yet. */
function object<Shape>(name: string, value: unknown): { [Field in keyof Shape]?: unknown } {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw check.invalid(name, 'an object');
}

function list<Entry>(
  name: string,
  value: unknown,
  entry: (name: string, value: unknown) => Entry,
  most = MAX_ENTRIES,
): Entry[] {
  if (!Array.isArray(value)) throw check.invalid(name, 'an array');
  atMost(name, value.length, most);
  return value.map((one, i) => entry(`${name}[${i}]`, one));
}

function count(name: string, value: unknown): number {
  if (Number.isSafeInteger(value) && Number(value) >= 0) return Number(value);
  throw check.invalid(name, 'an integer, 0 or more');
}

function logprob(name: string, value: unknown): number {
  if (typeof value === 'number' && value <= 0) return value;
  throw check.invalid(name, 'a number, 0 or less');
}

function p(name: string, value: unknown): number {
  // A sum of floats may end a little beyond 1.
  if (typeof value === 'number' && value >= 0 && value <= 1 + 1e-6) return value;
  throw check.invalid(name, 'a probability, 0–1');
}

function atLeast(name: string, value: unknown, least: number): number {
  if (typeof value === 'number' && Number.isFinite(value) && value >= least) return value;
  throw check.invalid(name, `a number, ${least} or more`);
}

function shown(value: unknown): string {
  return JSON.stringify(value) ?? String(value);
}
