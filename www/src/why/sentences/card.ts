import { type MinimalPairsResult, minimalPairs, ownPairs } from 'shotglass/experiments';
import type { Card } from '../card.ts';
import type { ReadPair, SentencesFigure } from '../figure.ts';
import { drawn } from '../running.ts';
import { sentencesChart } from './chart.ts';
import { drawSentences, sentencesFinding } from './why-sentences.ts';

export const sentencesCard: Card<SentencesFigure> = {
  draw: drawSentences,
  finding: sentencesFinding,
  chart: sentencesChart,
  run: (model, { sentences, signal }) => {
    const pairs = sentences ? [{ good: sentences.first, bad: sentences.second }] : ownPairs;
    const isOwn = sentences !== null;
    return drawn(minimalPairs(model, pairs, { signal }), (result) => figureOf(result, isOwn));
  },
};

function figureOf({ readings, accuracy, paradigms }: MinimalPairsResult, isOwn: boolean) {
  const pairs = readings.flatMap((reading): ReadPair[] => {
    if ('error' in reading) return [];
    const { pair, difference, correct, parts, decisive } = reading;
    const textOf = (tokens: readonly { text: string }[]) => tokens.map(({ text }) => text).join('');
    return [
      {
        ...{ paradigm: pair.paradigm ?? null, good: pair.good, bad: pair.bad },
        ...{ difference, correct, decisive },
        parts: parts.map(({ good, bad, differs, nats }) => ({
          ...{ first: textOf(good), second: textOf(bad), differs, nats },
        })),
      },
    ];
  });
  return {
    ...{ experiment: 'sentences' as const, about: '', isFree: true, isOwn },
    ...{ pairs, accuracy, paradigms, notRun: readings.length - pairs.length },
  };
}
