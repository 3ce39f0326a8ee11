import type { Chart, Setting } from '../../figure/chart.ts';
import { strings } from '../../strings/index.ts';
import type { EffectsFigure } from '../figure.ts';
import { valued } from '../valued.ts';

/** The bars as data, to be saved. */
export function effectsChart(
  { experiment, about, method, effects }: EffectsFigure,
  setting: Setting,
): Chart {
  const words = strings.why.effects;
  const largest = Math.max(...effects.map(({ nats }) => Math.abs(nats ?? 0)), 0.01);
  const sum = effects.reduce((total, { nats }) => total + (nats ?? 0), 0);
  return {
    ...{ ...setting, layout: 'rows', title: words.caption(about) },
    id: experiment === 'influence' ? 'examples' : 'parts',
    categories: {
      column: 'part',
      name: words.what,
      all: effects.map(({ role, demonstration, text, output }) => ({
        name: text,
        label: [
          demonstration === null ? '' : `${demonstration + 1}`,
          role === 'demonstration' ? '' : words.roles[role],
          text,
          output === null ? '' : `→ ${output}`,
        ]
          .filter((part) => part !== '')
          .join(' '),
        facts: {
          role,
          example: demonstration === null ? '' : demonstration + 1,
          output: output ?? '',
        },
      })),
    },
    scale: {
      name: `← ${strings.why.lessLikely} · ${strings.why.natsUnit} · ${strings.why.moreLikely} →`,
      ...{ unit: 'nats', from: -largest, to: largest },
    },
    seriesColumn: 'method',
    series: [
      {
        ...{ key: method, name: words[method], draw: 'bar', look: 'strong' },
        data: effects.map(({ nats, lime }, at) => ({
          ...valued(at, nats),
          ...(lime !== undefined && { facts: { lime: lime ?? '' } }),
        })),
      },
    ],
    notes: [
      words[method],
      ...(method === 'shapley'
        ? [`${words.total}${strings.words.colon}${strings.why.nats(sum)} ${strings.why.natsUnit}`]
        : []),
    ],
  };
}
