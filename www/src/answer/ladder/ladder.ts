import {
  type Classification,
  type Label,
  type Normalization,
  readLabels,
  type Score,
} from 'shotglass';
import type { Problem } from '../../app/problem.ts';
import { askedOf } from '../../app/prompt.ts';
import { type ComparisonName, hasLabels } from '../../app/settings.ts';
import type { Draft } from '../../app/state.ts';
import { beginsWith, wordLabel } from './word-label.ts';

/** The query after `k` demonstrations, as the ladder draws it. */
export interface Column {
  k: number;
  /** Of the ladder's answer, in all text that may follow, 0 to 1; null where it is not known. */
  p: number | null;
  /** Of the answer among the labels, 0 to 1; null where it is no label, or that is not known. */
  posterior: number | null;
  /** The label-space mass, 0 to 1; null where there are no labels, or it is not known. */
  mass: number | null;
  /** What comes first here, a word or a label, in visible characters; null where it is not known. */
  name: string | null;
  /** Whether that is the ladder's answer, or the first word of it; null where it is not known. */
  isFirst: boolean | null;
  /** Why nothing is known of this prompt, and nothing will be. */
  problem?: string;
}

/** One query over the number of shots: how probable one answer is at each. */
export interface Ladder {
  /** In ascending order of k. */
  columns: readonly Column[];
  current: number;
  /** The right answer, or where none is known what comes first at `current`; null while that is not known, either. */
  answer: string | null;
  /** Whether the answer is a label, and columns have a posterior and a mass. */
  ofLabels: boolean;
  /** Whether the columns are those of an earlier query. */
  old?: boolean;
}

/** What the model said after `k` demonstrations. */
export type Rung = { k: number } & (
  | { scores: readonly Score[] }
  /** The first word, and the probability of the answer; null where there is no answer to be scored. */
  | { first: string; p: number | null }
  | { problem: Problem }
);

export interface Rungs {
  /** What was asked: {@link ladderKey}. */
  key: string;
  /** The labels that were scored; null where words were. */
  labels: readonly Label[] | null;
  /** What the ladder follows: the right answer or, where it is of words and none is known, what came first. */
  answer: string | null;
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
  classification: Classification | null;
}

/** The ladder to draw. What is known of the labels of the prompt as it stands is in it at once. */
export function ladderOf(rungs: Rungs | null, present: Present): Ladder {
  const { draft, rule, comparison, classification } = present;
  const { task, shots: current } = askedOf(draft);
  const ofLabels = hasLabels(task.labels);
  const old = rungs !== null && rungs.key !== ladderKey(draft, comparison);
  const readings = new Map<number, Reading | string>();
  // Of other labels nothing can be said here.
  const known = rungs && sameLabels(rungs.labels, ofLabels ? task.labels : undefined);
  for (const rung of known ? rungs.rungs : []) {
    readings.set(rung.k, readRung(rung, rungs?.labels ?? [], rule));
  }
  const live = ofLabels && classification ? readClassification(classification) : null;
  if (live && (old || !readings.has(current))) readings.set(current, live);
  const here = readings.get(current);
  const followed = known && !old ? rungs.answer : null;
  const answer = followed ?? (typeof here === 'object' ? here.first : null);
  const all = ladderShots(task.demonstrations.length);
  const ks = all.includes(current) ? all : [...all, current].sort((a, b) => a - b);
  const columns = ks.map((k): Column => {
    const reading = readings.get(k);
    const unknown = { k, p: null, posterior: null, mass: null, name: null, isFirst: null };
    if (reading === undefined) return unknown;
    if (typeof reading === 'string') return { ...unknown, problem: reading };
    const { first, mass } = reading;
    if (answer === null) return { ...unknown, mass, name: first };
    const isFirst = ofLabels ? first === answer : beginsWith(answer, first);
    return { k, ...reading.of(answer), mass, name: first, isFirst };
  });
  return { columns, current, answer, ofLabels, old };
}

/** What ranks first after a prompt, and the probability of an answer: of any label, or of the word that was scored. */
interface Reading {
  first: string;
  mass: number | null;
  of: (answer: string) => Pick<Column, 'p' | 'posterior'>;
}

function readRung(rung: Rung, labels: readonly Label[], rule: Normalization): Reading | string {
  if ('problem' in rung) return rung.problem.sentence;
  if ('scores' in rung) return readClassification(readLabels(labels, rung.scores, rule));
  const { first, p } = rung;
  return { first: wordLabel(first), mass: null, of: () => ({ p, posterior: null }) };
}

function readClassification({ labels, predicted, mass }: Classification): Reading {
  return {
    first: labels[predicted]?.label ?? '',
    mass,
    of: (answer) => {
      const found = labels.find(({ label }) => label === answer);
      return found
        ? { p: Math.exp(found.logprob), posterior: found.p }
        : { p: null, posterior: null };
    },
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
