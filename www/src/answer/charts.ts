/** The figures of the answer as data, to be saved: fetched when the first of them is. */
import type { Classification } from 'shotglass';
import type { ChatTemplate } from '../app/chat.ts';
import { stemOf } from '../app/own-task.ts';
import { askedOf } from '../app/prompt.ts';
import type { Settings } from '../app/settings.ts';
import { type ModelFacts, version } from '../app/source.ts';
import type { Draft } from '../app/state.ts';
import { type Chart, probabilities, type Setting } from '../figure/chart.ts';
import type { Methods } from '../figure/methods.ts';
import { strings } from '../strings/index.ts';
import { formatProbability, tableProbability } from '../ui/numbers.ts';
import { pieces } from '../ui/visible.ts';
import type { Ladder } from './ladder/ladder.ts';
import { rowsOf, type Tree } from './tree/tree.ts';

export { tokensChart } from '../figure/tokens.ts';

/** What the page shows an answer to. */
export interface Shown {
  draft: Draft;
  chat: ChatTemplate | null;
  settings: Settings;
  model: ModelFacts | null;
}

/** `ofLabels`: whether labels were scored, so that it matters how. */
export function settingOf({ draft, chat, settings, model }: Shown, ofLabels: boolean): Setting {
  const { task, query, shots } = askedOf(draft, chat);
  const methods: Methods = {
    version,
    model,
    query: query + draft.appended.join(''),
    shots: [shots],
    demonstrations: task.demonstrations.length,
    template: task.template,
    scoring: ofLabels ? { rule: settings.rule, reference: settings.comparison } : null,
    seeds: null,
    orders: null,
    rows: null,
  };
  return { methods, stem: stemOf(draft) };
}

/** The words that may follow, and below each those that follow it, as far as they were looked for. */
export function wordsChart(tree: Tree, { methods, stem }: Setting): Chart {
  const rows = rowsOf(tree, new Set(tree.branches.keys())).filter(({ kind }) => kind !== 'wait');
  return {
    ...{ id: 'words', stem, methods, layout: 'rows', title: strings.figure.words },
    categories: {
      column: 'word',
      name: strings.tree.word,
      all: rows.map(({ kind, path, word, level, joint }) => {
        const isEnd = word !== null && word.text === '';
        const indent = ' '.repeat(2 * (level - 1));
        const text = kind === 'rest' ? strings.tree.rest : isEnd ? strings.tree.end : null;
        return {
          name: path,
          label:
            text === null
              ? [{ kind: 'text' as const, text: indent }, ...pieces(word?.text ?? '')]
              : indent + text,
          facts: { kind: kind === 'rest' ? 'others' : isEnd ? 'end' : 'word', level, joint },
        };
      }),
    },
    scale: probabilities(strings.probability),
    seriesColumn: 'series',
    series: [
      {
        ...{ key: 'all_text', name: strings.probability, draw: 'bar', look: 'strong' },
        data: rows.map(({ kind, p, atMost }, at) => ({
          at,
          value: p,
          ...(kind === 'rest' ? { isRest: true } : { low: p, high: atMost }),
        })),
      },
    ],
    notes: [strings.tree.lowerBound],
  };
}

/** Each label's probability among the labels, and in all text. */
export function labelsChart({ labels, mass }: Classification, { methods, stem }: Setting): Chart {
  const data = (of: (at: (typeof labels)[number]) => number) =>
    labels.map((label, at) => ({ at, value: of(label) }));
  return {
    ...{ id: 'labels', stem, methods, layout: 'rows', title: strings.figure.labels },
    categories: {
      column: 'label',
      name: strings.labels.label,
      all: labels.map(({ label, score }) => ({ name: label, facts: { score } })),
    },
    scale: probabilities(strings.probability),
    seriesColumn: 'series',
    series: [
      {
        ...{ key: 'among_labels', name: strings.labels.posterior, draw: 'bar', look: 'strong' },
        data: data(({ p }) => p),
      },
      {
        ...{ key: 'all_text', name: strings.labels.p, draw: 'bar', look: 'soft' },
        data: data(({ logprob }) => Math.exp(logprob)),
      },
    ],
    notes: [strings.labels.mass(formatProbability(mass))],
  };
}

/** One answer to the query after 0, 1, 2, … demonstrations. */
export function ladderChart(
  { columns, answer, ofLabels }: Ladder,
  { methods, stem }: Setting,
): Chart {
  const words = strings.ladder;
  const most = columns.at(-1)?.k ?? 0;
  return {
    ...{ id: 'ladder', stem, layout: 'columns', title: words.title(answer ?? '…', most) },
    methods: { ...methods, shots: columns.map(({ k }) => k) },
    categories: {
      column: 'shots',
      name: strings.evaluate.shots,
      all: columns.map(({ k, p, name, mass }) => ({
        name: String(k),
        asides: [p === null ? strings.figure.unknown : tableProbability(p), name ?? ''],
        facts: { top_answer: name ?? '', ...(mass !== null && { label_mass: mass }) },
      })),
    },
    scale: probabilities(strings.probability),
    seriesColumn: 'series',
    series: [
      {
        ...{ key: 'all_text', name: strings.labels.p, draw: 'bar', look: 'strong' },
        data: columns.map(({ p }, at) => ({ at, value: p })),
      },
      ...(ofLabels
        ? [
            {
              ...{ key: 'among_labels', name: words.posterior },
              ...({ draw: 'tick', look: 'hollow' } as const),
              data: columns.map(({ posterior }, at) => ({ at, value: posterior })),
            },
          ]
        : []),
    ],
    notes: [strings.figure.underColumns],
  };
}
