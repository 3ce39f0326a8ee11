import {
  type Candidate,
  type Classification,
  type Label,
  type Normalization,
  type Prediction,
  readLabels,
  type Score,
} from 'shotglass';
import type { Problem } from '../../app/problem.ts';
import { askedOf } from '../../app/prompt.ts';
import { type ComparisonName, hasLabels } from '../../app/settings.ts';
import type { Draft } from '../../app/state.ts';
import { tokenLabel } from '../../ui/visible.ts';

/** The query after `k` demonstrations, as the ladder draws it. */
export interface Column {
  k: number;
  /** Of the ladder's answer, 0 to 1; null where it is not known. */
  p: number | null;
  /** The label-space mass, 0 to 1; null where there are no labels, or it is not known. */
  mass: number | null;
  /** What comes first here, in visible characters; null where it is not known. */
  name: string | null;
  /** Why nothing is known of this prompt, and nothing will be. */
  problem?: string;
}

/** One query over the number of shots: how probable the answer of `current` is at each. */
export interface Ladder {
  /** In ascending order of k. */
  columns: readonly Column[];
  current: number;
  /** What comes first at `current`, in visible characters; null while it is not known. */
  answer: string | null;
  /** Whether the answer is a label, and p its posterior; without it, whether any column has a mass. */
  ofLabels?: boolean;
  /** Whether the columns are those of an earlier query. */
  old?: boolean;
}

/** What the model said after `k` demonstrations, kept such that any answer can be looked up. */
export type Rung = { k: number } & (
  | { scores: readonly Score[] }
  | { top: Candidate; logprobs: Float32Array }
  | { problem: Problem }
);

export interface Rungs {
  /** What was asked: {@link ladderKey}. */
  key: string;
  /** The labels that were scored; null where the next token was asked for. */
  labels: readonly Label[] | null;
  rungs: readonly Rung[];
}

/** Up to this many shots, each is tried. */
const eachUpTo = 16;

/** The numbers of shots to try: each, or of many demonstrations 0, 1, 2, 4, 8, … and all. */
export function ladderShots(demonstrations: number): number[] {
  if (demonstrations <= eachUpTo) return Array.from({ length: demonstrations + 1 }, (_, k) => k);
  const doublings = Math.ceil(Math.log2(demonstrations));
  return [0, ...Array.from({ length: doublings }, (_, i) => 2 ** i), demonstrations];
}

/** All that a ladder depends on, so: not the number of shots, and not the rule, which needs no model. */
export function ladderKey(draft: Draft, comparison: ComparisonName): string {
  const { task, query } = askedOf(draft);
  const reference = task.labels ? comparison : null;
  return JSON.stringify([task, query, draft.chat, draft.appended, reference]);
}

/** What is known of the prompt as it stands, and how labels are compared. */
export interface Present {
  draft: Draft;
  rule: Normalization;
  comparison: ComparisonName;
  /** Of the prompt as it stands; null while it is not known. */
  prediction: Prediction | null;
  classification: Classification | null;
}

/** The ladder to draw. What is known of the prompt as it stands is in it at once. */
export function ladderOf(rungs: Rungs | null, present: Present): Ladder {
  const { draft, rule, comparison } = present;
  const { task, shots: current } = askedOf(draft);
  const ofLabels = hasLabels(task.labels);
  const old = rungs !== null && rungs.key !== ladderKey(draft, comparison);
  const readings = new Map<number, Reading | string>();
  // Of other labels nothing can be said here.
  const known = rungs && sameLabels(rungs.labels, ofLabels ? task.labels : undefined);
  for (const rung of known ? rungs.rungs : []) {
    readings.set(rung.k, readRung(rung, rungs?.labels ?? [], rule));
  }
  const live = readPresent(present, ofLabels);
  if (live && (old || !readings.has(current))) readings.set(current, live);
  const here = readings.get(current);
  const first = typeof here === 'object' ? here.first : null;
  const all = ladderShots(task.demonstrations.length);
  const ks = all.includes(current) ? all : [...all, current].sort((a, b) => a - b);
  const columns = ks.map((k): Column => {
    const reading = readings.get(k);
    const unknown = { k, p: null, mass: null, name: null };
    if (reading === undefined) return unknown;
    if (typeof reading === 'string') return { ...unknown, problem: reading };
    const { name, mass } = reading;
    return { k, p: first === null ? null : reading.p(first), mass, name };
  });
  return { columns, current, answer: typeof here === 'object' ? here.name : null, ofLabels, old };
}

/** What came first after a prompt, and how probable any other answer is: labels by index, tokens by id. */
interface Reading {
  first: number;
  name: string;
  mass: number | null;
  p: (answer: number) => number;
}

function readRung(rung: Rung, labels: readonly Label[], rule: Normalization): Reading | string {
  if ('problem' in rung) return rung.problem.sentence;
  if ('scores' in rung) return readClassification(readLabels(labels, rung.scores, rule));
  const { top, logprobs } = rung;
  const p = (id: number) => Math.exp(logprobs[id] ?? Number.NEGATIVE_INFINITY);
  return { first: top.id, name: tokenLabel(top.bytes), mass: null, p };
}

function readPresent({ classification, prediction }: Present, ofLabels: boolean): Reading | null {
  if (ofLabels) return classification && readClassification(classification);
  const top = prediction?.candidates[0];
  return top ? { first: top.id, name: tokenLabel(top.bytes), mass: null, p: () => top.p } : null;
}

function readClassification({ labels, predicted, mass }: Classification): Reading {
  return {
    first: predicted,
    name: labels[predicted]?.label ?? '',
    mass,
    p: (index) => labels[index]?.p ?? 0,
  };
}

function sameLabels(labels: readonly Label[] | null, names: readonly string[] | undefined) {
  return JSON.stringify(labels?.map(({ name }) => name)) === JSON.stringify(names);
}

/** A column that has its number. */
export type KnownColumn = Column & { p: number };

/** What a ladder shows, in numbers; null while one is missing. */
export interface LadderFacts {
  answer: string;
  /** Without any demonstration. */
  none: KnownColumn;
  here: KnownColumn;
  /** Where the answer is most probable: the first of equals. */
  best: KnownColumn;
}

export function factsOf({ columns, current, answer, old }: Ladder): LadderFacts | null {
  const run = columns.filter(({ problem }) => problem === undefined);
  const known = run.filter((column): column is KnownColumn => column.p !== null);
  const none = known.find(({ k }) => k === 0);
  const here = known.find(({ k }) => k === current);
  if (answer === null || old || !none || !here || known.length < run.length) return null;
  const best = known.reduce((best, column) => (column.p > best.p ? column : best));
  return { answer, none, here, best };
}
