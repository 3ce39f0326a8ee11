/** How the numbers of an experiment came about: from the question that was asked when it ran, not from the page now. */
import type { Task } from 'shotglass';
import { comparisons } from '../app/settings.ts';
import { type ModelFacts, version } from '../app/source.ts';
import type { Methods, Reference } from '../figure/methods.ts';
import { testedRows } from './choose/asked.ts';
import type { PinnedQuestion } from './evaluate/pair/pairing.ts';
import { mostRows, rowsOfPair, usable } from './evaluate/rows.ts';
import type { ExperimentId } from './experiment.ts';
import type { Question } from './figure.ts';

/** What an experiment was run on. */
export interface Run {
  question: Question;
  model: ModelFacts;
}

/** What `choose` draws with, and all others. */
const seedOf = (id: ExperimentId) => (id === 'choose' ? 1 : 0);
/** Up to so many demonstrations all their orders are run, and none is drawn. */
const allOrders = 4;

export function methodsOf(id: ExperimentId, { question, model }: Run): Methods {
  if (id === 'sentences') return methodsApart(model);
  const { task, pool, query, isFree, rule, labels, draws } = question;
  const pinned = id === 'compare' ? question.pinned : null;
  const { shots } = pinned ?? question;
  const isProbe = id === 'probe';
  const isEvaluation = id === 'evaluate' || id === 'compare' || id === 'models' || isProbe;
  const isPlain = id === 'calibrate' || id === 'models' || id === 'vector' || isProbe;
  const reference = isPlain
    ? 'nothing'
    : isEvaluation
      ? question.calibration
      : referenceOf(question);
  const isDrawn =
    id === 'choose' ||
    (id === 'order' && task.demonstrations.length > allOrders) ||
    (id === 'labels' && !isFree);
  const { rows } = pinned
    ? rowsOfPair(question, pinned)
    : usable(question.rows, pool, isFree ? null : labels);
  return {
    version,
    // Each of several models is named in the figure itself.
    model: id === 'models' ? null : model,
    query: isEvaluation && id !== 'models' ? null : query,
    shots: isProbe
      ? [0, task.demonstrations.length]
      : isEvaluation
        ? shots
        : [task.demonstrations.length],
    demonstrations: pinned ? question.train.length : pool.length,
    template: task.template,
    scoring: isFree ? null : { rule, reference },
    seeds: isProbe
      ? null
      : isEvaluation
        ? Array.from({ length: draws.seeds }, (_, i) => i)
        : isDrawn
          ? [seedOf(id)]
          : null,
    orders: isEvaluation && !isProbe ? draws.orders : null,
    rows: isEvaluation
      ? Math.min(rows.length, mostRows)
      : id === 'choose' || id === 'manyShots'
        ? testedRows(question).length || null
        : null,
    pair: pinned && pairIn(question, pinned),
  };
}

/** Of sentences that stand alone, outside any prompt. */
function methodsApart(model: ModelFacts): Methods {
  return {
    ...{ version, model, query: null, shots: [], demonstrations: 0, template: null },
    ...{ scoring: null, seeds: null, orders: null, rows: null },
  };
}

function pairIn({ task, train }: Question, pinned: PinnedQuestion): NonNullable<Methods['pair']> {
  const prompt = (name: string, of: Task, demonstrations: number) => ({
    ...{ name, instruction: of.instruction, template: of.template, demonstrations },
  });
  return {
    a: prompt(pinned.name, pinned.task, pinned.train.length),
    now: prompt(pinned.against, task, train.length),
  };
}

function referenceOf({ comparison }: Question): Reference {
  const all = Object.entries(comparisons) as [Reference, Question['comparison']][];
  return all.find(([, one]) => one === comparison)?.[0] ?? 'nothing';
}
