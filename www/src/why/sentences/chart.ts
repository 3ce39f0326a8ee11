import { type Chart, probabilities, type Setting } from '../../figure/chart.ts';
import { strings } from '../../strings/index.ts';
import type { SentencesFigure } from '../figure.ts';
import { nameOf } from './why-sentences.ts';

/** Accuracy by paradigm, or what each token of two sentences adds, to be saved. */
export function sentencesChart(figure: SentencesFigure, setting: Setting): Chart {
  const words = strings.choosing.sentences;
  const { pairs, paradigms, accuracy, isOwn } = figure;
  if (isOwn) {
    const parts = pairs[0]?.parts ?? [];
    const largest = Math.max(...parts.map(({ nats }) => Math.abs(nats)), 0.01);
    return {
      ...{ ...setting, id: 'sentence-tokens', layout: 'rows', title: words.caption },
      categories: {
        column: 'token',
        name: words.first,
        all: parts.map(({ first, second, differs }) => ({
          name: first,
          label: differs ? `${first} / ${second}` : first,
          facts: { second },
        })),
      },
      scale: { name: strings.why.natsUnit, unit: 'nats', from: -largest, to: largest },
      seriesColumn: 'series',
      series: [
        {
          ...{ key: 'difference', name: words.head.difference, draw: 'bar', look: 'strong' },
          data: parts.map(({ nats }, at) => ({ at, value: nats })),
        },
      ],
      notes: [pairs[0]?.good ?? '', pairs[0]?.bad ?? ''].filter((text) => text !== ''),
    };
  }
  const rows = [
    ...paradigms.map((row) => ({ name: row.paradigm, label: nameOf(row.paradigm), ...row })),
    ...(accuracy ? [{ name: 'all', label: words.all, accuracy }] : []),
  ];
  return {
    ...{ ...setting, id: 'sentences', layout: 'rows', title: words.captionPairs },
    categories: {
      column: 'paradigm',
      name: words.head.paradigm,
      all: rows.map(({ name, label }) => ({ name, label })),
    },
    scale: { ...probabilities(strings.choosing.choose.head.correct), unit: 'share' },
    seriesColumn: 'series',
    series: [
      {
        ...{ key: 'accuracy', name: words.captionPairs, draw: 'bar', look: 'strong' },
        data: rows.map(({ accuracy }, at) => ({
          ...{ at, value: accuracy.accuracy, ...accuracy.interval },
        })),
      },
    ],
    notes: [],
  };
}
