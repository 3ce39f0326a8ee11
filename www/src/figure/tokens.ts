import type { LabPrediction } from '../app/lab-model.ts';
import { strings } from '../strings/index.ts';
import { formatEntropy } from '../ui/numbers.ts';
import { hexOfBytes, tokenPieces } from '../ui/visible.ts';
import { type Chart, probabilities, type Setting } from './chart.ts';

/** The distribution after the prompt: a bar for each candidate, and one for all other tokens. */
export function tokensChart(
  { candidates, rest, entropy }: LabPrediction,
  { methods, stem }: Setting,
  isLog = false,
): Chart {
  const words = strings.figure;
  return {
    ...{ id: 'tokens', stem, methods, layout: 'rows', title: words.tokens },
    categories: {
      column: 'token',
      name: strings.nextToken,
      all: [
        ...candidates.map(({ text, bytes }) => ({ name: text, label: tokenPieces(bytes) })),
        { name: '', label: words.rest(rest.count) },
      ],
    },
    scale: { ...probabilities(strings.probability), isLog },
    seriesColumn: 'series',
    series: [
      {
        ...{ key: 'all_text', name: strings.probability, draw: 'bar', look: 'strong' },
        data: [
          ...candidates.map(({ p, rank, id, bytes, logprob }, at) => ({
            at,
            value: p,
            facts: { rank, id, bytes: hexOfBytes(bytes), count: 1, logprob },
          })),
          {
            at: candidates.length,
            value: rest.p,
            isRest: true,
            facts: { count: rest.count ?? '' },
          },
        ],
      },
    ],
    notes: entropy === null ? [] : [words.entropy(formatEntropy(entropy))],
  };
}
