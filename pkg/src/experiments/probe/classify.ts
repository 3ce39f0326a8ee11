/** The classifiers of one layer: fitted, validated, tested. */
import {
  type LinearClassifier,
  prototypes,
  scaleOf,
  scores,
  softmax,
  softmaxRegression,
  standardized,
} from '../../math/softmax-regression.js';
import { accuracy, mean } from '../../math/statistics.js';
import type { ProbeLayer, ProbeReading } from './types.js';

/** The states of one layer, and what is known of their rows. */
export interface LayerStates {
  layer: number;
  classes: number;
  train: readonly Float64Array[];
  trainClasses: readonly number[];
  /** The part of the cross-validation that each training row is in. */
  foldOf: readonly number[];
  folds: number;
  test: readonly Float64Array[];
  testClasses: readonly number[];
}

/** A layer, and how good its classifiers are. */
export interface RatedLayer {
  reading: ProbeLayer;
  regression: Rating;
  prototypes: Rating;
}

/** How good a classifier is in cross-validation. */
interface Rating {
  correct: boolean[];
  /** The mean of what the classifier says for the right class against the others: higher is better. */
  certainty: number;
}

/** Fits a classifier to rows of known classes. */
type Fit = (rows: readonly Float64Array[], classOf: readonly number[]) => LinearClassifier;

/** How much a row's scores speak for its class: a log-probability, or a margin. */
type Certainty = (scores: readonly number[], own: number) => number;

/** A row that is certainly wrong counts as this log-probability, so that one row does not outweigh all others. */
const LEAST = -20;
const logProbability: Certainty = (all, own) =>
  Math.max(LEAST, Math.log(softmax(all)[own] as number));
const margin: Certainty = (all, own) => {
  const others = all.filter((x, c) => c !== own && x > Number.NEGATIVE_INFINITY);
  const mine = all[own] as number;
  return others.length > 0 && mine > Number.NEGATIVE_INFINITY ? mine - Math.max(...others) : 0;
};

/**
 * Chooses the strength by cross-validation, and tests both classifiers. `pause` lets other work go on between
 * two fits.
 */
export async function rateLayer(
  states: LayerStates,
  strengths: readonly number[],
  pause: () => Promise<void>,
): Promise<RatedLayer> {
  const { layer, classes } = states;
  let best: { strength: number; rating: Rating } | undefined;
  for (const strength of strengths) {
    const rating = await validated(states, regressionOf(classes, strength), logProbability, pause);
    if (!best || isBetter(rating, best.rating)) best = { strength, rating };
  }
  const { strength, rating } = best as NonNullable<typeof best>;
  const prototypesOf: Fit = (rows, classOf) => prototypes(rows, classOf, classes);
  const other = await validated(states, prototypesOf, margin, pause);
  return {
    reading: {
      layer,
      regression: { strength, ...tested(states, regressionOf(classes, strength), rating) },
      prototypes: tested(states, prototypesOf, other),
    },
    regression: rating,
    prototypes: other,
  };
}

/** The index of the best layer by cross-validation. */
export function bestLayer(
  layers: readonly RatedLayer[],
  kind: 'regression' | 'prototypes',
): number {
  return layers.reduce(
    (best, layer, i) => (isBetter(layer[kind], (layers[best] as RatedLayer)[kind]) ? i : best),
    0,
  );
}

function isBetter(a: Rating, b: Rating): boolean {
  const [rightA, rightB] = [a, b].map(({ correct }) => correct.filter(Boolean).length) as [
    number,
    number,
  ];
  return rightA === rightB ? a.certainty > b.certainty : rightA > rightB;
}

function regressionOf(classes: number, strength: number): Fit {
  return (rows, classOf) => softmaxRegression(rows, classOf, classes, strength);
}

async function validated(
  { train, trainClasses, foldOf, folds }: LayerStates,
  fit: Fit,
  certainty: Certainty,
  pause: () => Promise<void>,
): Promise<Rating> {
  const correct: boolean[] = [];
  const certainties: number[] = [];
  for (let fold = 0; fold < folds; fold++) {
    await pause();
    const isIn = (i: number) => foldOf[i] !== fold;
    const read = fitted(
      train.filter((_, i) => isIn(i)),
      trainClasses.filter((_, i) => isIn(i)),
      fit,
    );
    for (const [i, row] of train.entries()) {
      if (isIn(i)) continue;
      const all = read(row);
      const own = trainClasses[i] as number;
      correct.push(argmax(all) === own);
      certainties.push(certainty(all, own));
    }
  }
  return { correct, certainty: mean(certainties) };
}

/** The scores of rows after a fit to others, in the scale of those others. */
function fitted(
  rows: readonly Float64Array[],
  classOf: readonly number[],
  fit: Fit,
): (row: Float64Array) => number[] {
  const scale = scaleOf(rows);
  const classifier = fit(
    rows.map((row) => standardized(scale, row)),
    classOf,
  );
  return (row) => scores(classifier, standardized(scale, row));
}

function tested(
  { train, trainClasses, test, testClasses }: LayerStates,
  fit: Fit,
  { correct }: Rating,
): ProbeReading {
  const read = fitted(train, trainClasses, fit);
  const predicted = test.map((row) => argmax(read(row)));
  return {
    validation: accuracy(correct),
    accuracy: accuracy(predicted.map((label, i) => label === testClasses[i])),
    predicted,
  };
}

function argmax(values: readonly number[]): number {
  return values.indexOf(Math.max(...values));
}
