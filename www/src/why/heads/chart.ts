import { headPatterns } from 'shotglass/experiments';
import type { Chart, Setting } from '../../figure/chart.ts';
import { insideWords } from '../../strings/inside-words.ts';
import { formatProbability } from '../../ui/numbers.ts';
import type { HeadsFigure } from './heads-figure.ts';

/** The heads by layer, as dark as they follow the pattern of induction; the other patterns stand beside it in the data. */
export function headsChart({ layers, heads, patterns }: HeadsFigure, setting: Setting): Chart {
  const words = insideWords().heads;
  const scores = patterns.induction.scores ?? [];
  const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);
  const { count, chance } = patterns.induction;
  return {
    ...{ ...setting, id: 'heads', layout: 'cells', title: words.patterns.induction.caption },
    categories: {
      column: 'layer',
      name: words.layer,
      all: numbers(layers).map((layer) => ({ name: String(layer + 1) })),
    },
    scale: { name: words.headName, unit: 'share', from: 0, to: Math.max(...scores, 1e-9) },
    seriesColumn: 'head',
    series: numbers(heads).map((head) => ({
      ...{ key: String(head + 1), name: String(head + 1), draw: 'bar', look: 'strong' },
      data: numbers(layers).map((layer) => {
        const index = layer * heads + head;
        const facts = Object.fromEntries(
          headPatterns.map((pattern) => [pattern, patterns[pattern].scores?.[index] ?? '']),
        );
        return { at: layer, value: scores[index] ?? 0, facts };
      }),
    })),
    notes: chance === null ? [] : [words.counted(count, formatProbability(chance))],
  };
}
