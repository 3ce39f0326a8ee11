import {
  type Label,
  type Normalization,
  readLabels,
  renderPrompt,
  type Score,
  type Task,
} from 'shotglass';
import { contrast, type Step, steer, taskVector } from 'shotglass/experiments';
import type { Card } from '../card.ts';
import {
  predictedOf,
  type Reading,
  readingOf,
  type Settled,
  type SteeredAnswers,
  shareOf,
  type VectorFigure,
} from '../figure.ts';
import { recordedFigure } from '../recorded.ts';
import type { AskedModel } from '../tape.ts';
import { vectorChart } from './chart.ts';
import { drawVector, vectorFiles, vectorFinding } from './why-vector.ts';

/** How often a direction is added; the slider has these places. */
export const coefficients = Array.from({ length: 25 }, (_, i) => (i - 12) / 4);
/** A layer does nearly as much as the best if its vector makes the answer at least so probable, as a share. */
const nearly = 0.9;
/** As many inputs at most make one side of a direction. */
const mostInputs = 8;

export const vectorCard: Card<VectorFigure> = {
  draw: drawVector,
  finding: vectorFinding,
  files: vectorFiles,
  chart: vectorChart,
  recorded: async (_, key) => {
    const { default: record } = await import('../../measured/layers/vector.json');
    const figure = recordedFigure<VectorFigure>(record, key);
    if (!figure) return null;
    const steered = figure.steered.map(({ direction, ...rest }) => ({
      ...rest,
      direction: { ...direction, row: Float32Array.from(direction.row) },
    }));
    return { ...figure, steered };
  },
  async *run(model, question) {
    const { task, pool, query, labels, rule, signal } = question;
    const shots = task.demonstrations.length;
    const own: Task = { ...task, demonstrations: [...pool] };
    const answers = labels.flatMap(({ words }) => words);
    const steps = taskVector(model, own, { query, answers, shots, signal });
    let found: VectorFigure | undefined;
    let at = { done: 0, total: 0 };
    for await (const { done, total, result } of steps) {
      const reading = readerOf(labels, rule);
      const fewShot = reading(result.fewShot);
      const about = question.answer ?? predictedOf(fewShot);
      const layers = result.layers.map(({ layer, scores }) => ({
        layer,
        reading: reading(scores),
      }));
      const best = bestOf(layers, about);
      found = {
        ...{ experiment: 'vector', about, isFree: true, shots, layers, best, steered: [] },
        ...{ zeroShot: reading(result.zeroShot), fewShot, last: result.vectors.at(-1)?.layer ?? 0 },
      };
      const sides = sidesOf(question, about).length;
      at = { done, total: total + sides * coefficients.length };
      yield { ...at, result: found };
    }
    if (found) yield* steered(model, question, found, at);
  },
};

/**
 * The lowest layer that does nearly as much as any. After the last one nothing of the query is left, however probable
 * its answer is; the lower the layer, the more the model still makes of the vector.
 */
function bestOf(layers: VectorFigure['layers'], about: string): number {
  const ps = layers.map(({ reading }) => shareOf(reading, about));
  const enough = nearly * Math.max(...ps);
  return layers[ps.findIndex((p) => p >= enough)]?.layer ?? 0;
}

/** Adds directions at the best layer. */
async function* steered(
  model: AskedModel,
  question: Settled,
  found: VectorFigure,
  { done, total }: Pick<Step<VectorFigure>, 'done' | 'total'>,
): AsyncGenerator<Step<VectorFigure>, void, undefined> {
  const { task, query, labels, rule, signal } = question;
  const prompt = renderPrompt(task, { query, shots: 0 });
  const words = labels.flatMap((label) => label.words);
  const reading = readerOf(labels, rule);
  const all: SteeredAnswers[] = [];
  let at = done;
  for (const { kind, positive, negative } of sidesOf(question, found.about)) {
    const direction = await contrast(model, positive, negative, { layer: found.best, signal });
    const readings: { coefficient: number; reading: Reading }[] = [];
    for (const coefficient of coefficients) {
      const scores = await steer(model, prompt, words, direction, coefficient, { signal });
      readings.push({ coefficient, reading: reading(scores) });
      at += 1;
      const now = [...all, { kind, direction, readings: [...readings] }];
      // A slider has all of its places, or is not there yet.
      const whole = readings.length === coefficients.length ? now : all;
      yield { done: at, total, result: { ...found, steered: whole } };
    }
    all.push({ kind, direction, readings });
  }
}

/** What the scores of all words say of the answers, as probabilities of the very words. */
function readerOf(labels: readonly Label[], rule: Normalization) {
  return (scores: readonly Score[]) => readingOf(readLabels(labels, scores, rule), true);
}

/** The prompts on both sides of each direction. */
export function sidesOf({ task, pool, query, isFree }: Settled, about: string) {
  const shots = task.demonstrations.length;
  const of = (input: string, k: number) => renderPrompt(task, { query: input, shots: k });
  const others = pool.filter(({ input }) => input.trim() !== query.trim());
  // Inputs that the prompt does not show; where all are shown, one without content.
  const apart = pool
    .slice(shots)
    .map(({ input }) => input)
    .filter((input) => input.trim() !== query.trim());
  const inputs = (apart.length > 0 ? apart : ['N/A']).slice(0, mostInputs);
  const examples = {
    kind: 'examples' as const,
    positive: inputs.map((input) => of(input, shots)),
    negative: inputs.map((input) => of(input, 0)),
  };
  const inputsOf = (isAbout: boolean) =>
    others
      .filter(({ output }) => (output === about) === isAbout)
      .slice(0, mostInputs)
      .map(({ input }) => of(input, 0));
  const answer = { kind: 'answer' as const, positive: inputsOf(true), negative: inputsOf(false) };
  const hasBoth = answer.positive.length > 0 && answer.negative.length > 0;
  return isFree || !hasBoth ? [examples] : [examples, answer];
}
