/** What the experiments on one prompt share when they run. */
import type { Classification } from 'shotglass';
import type { Outcome, Step } from 'shotglass/experiments';
import { type Figure, predictedOf, type Reading, readingOf, type Settled } from './figure.ts';

/** What every experiment of the package is told. */
export const optionsOf = ({ query, labels, rule, comparison, signal }: Settled) => ({
  query,
  labels,
  rule,
  comparison,
  signal,
});

/** With the answer that is looked at. */
export const aboutOf = ({ answer }: Settled) => (answer === null ? {} : { gold: answer });

/** The answer that is looked at, once it is known what is predicted. */
export const aboutIn = ({ answer }: Settled, { labels, predicted }: Classification): string =>
  answer ?? labels[predicted]?.label ?? '';

/** The steps of an experiment of the package, each drawn. */
export async function* drawn<Result, Drawn extends Figure>(
  steps: AsyncGenerator<Step<Result>, void, undefined>,
  figure: (result: Result, total: number) => Drawn,
): AsyncGenerator<Step<Drawn>, void, undefined> {
  for await (const { done, total, result } of steps) {
    yield { done, total, result: figure(result, total) };
  }
}

export const outcomeReading = (outcome: Outcome, isFree: boolean): Reading | null =>
  'error' in outcome ? null : readingOf(outcome.classification, isFree);

/** Of several prompts' readings, the first decides which answer is looked at where none is named. */
export const aboutOfAll = (
  { answer }: Settled,
  readings: readonly (Reading | null | undefined)[],
): string => {
  const first = readings.find((reading) => reading);
  return answer ?? (first ? predictedOf(first) : '');
};
