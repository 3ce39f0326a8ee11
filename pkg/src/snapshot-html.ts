import { modelName } from './default-model.js';
import { formatCount, formatProbability } from './format-numbers.js';
import { tokenLabel } from './format-visible.js';
import * as check from './options.js';
import { templates } from './presets/templates.js';
import type { Snapshot, SnapshotShots } from './snapshot.js';
import { bytesOf, textOf } from './snapshot-token.js';
import type { Task, Template } from './task.js';

/** What an element shows of a recorded result: the labels, the next tokens, or the text that follows. */
export type SnapshotView = 'labels' | 'tokens' | 'text';

/** What {@link snapshotHtml} takes. */
export interface SnapshotHtmlOptions {
  /** Which of the recorded numbers of shots. Default: the largest. */
  shots?: number | undefined;
  /** Default: labels where they were recorded, else tokens. */
  view?: SnapshotView | undefined;
  /** The id of the preset whose task it is, in place of the task's template and labels. */
  preset?: string | undefined;
  /** Where the page finds the snapshot itself, for the other numbers of shots. Default: nowhere. */
  url?: string | undefined;
}

/**
 * A `<shot-glass>` element as it reads without any script: the demonstrations and the query as a list, and what was
 * recorded as a table. It is text to put into a page; everything in it is escaped.
 *
 * @throws {@link ShotglassError} `invalid-option` for a number of shots or a view that was not recorded.
 */
export function snapshotHtml(snapshot: Snapshot, options: SnapshotHtmlOptions = {}): string {
  const { task, results } = snapshot;
  const recorded = results.map(({ shots }) => shots);
  const shots = check.oneOf('shots', options.shots ?? Math.max(...recorded), recorded);
  const result = results.find((one) => one.shots === shots) as SnapshotShots;
  const views: readonly SnapshotView[] = result.classification
    ? ['labels', 'tokens', 'text']
    : ['tokens', 'text'];
  const view = check.oneOf('view', options.view ?? views[0], views);
  const attributes = [
    ...(options.preset === undefined ? taskAttributes(task) : [['preset', options.preset]]),
    ['shots', String(shots)],
    ['view', view],
    ...(options.url === undefined ? [] : [['snapshot', options.url]]),
  ].map(([name, value]) => `${name}="${escaped(value ?? '')}"`);
  const pairs = task.demonstrations
    .slice(0, shots)
    .map(({ input, output }) => `    <dt>${escaped(input)}</dt><dd>${escaped(output)}</dd>`);
  const lines = [
    `<shot-glass ${attributes.join(' ')}>`,
    ...(task.instruction === '' ? [] : [`  <p>${escaped(task.instruction)}</p>`]),
    '  <dl>',
    ...pairs,
    `    <dt>${escaped(task.query ?? '')}</dt>`,
    '  </dl>',
    ...(view === 'text' ? textLines(result) : tableLines(snapshot, result, view)),
    '</shot-glass>',
  ];
  return `${lines.join('\n')}\n`;
}

/** The task as attributes: by the name of its template where it has one, else as JSON. */
function taskAttributes(task: Task): [string, string][] {
  const { template, labels = [] } = task;
  // Labels stand in a list with commas, which cannot hold all names.
  if (labels.some((label) => label.includes(',') || label.trim() !== label || label === '')) {
    return [['task', JSON.stringify(task)]];
  }
  const named = Object.entries(templates).find(([, known]) =>
    Object.entries(known).every(([part, text]) => template[part as keyof Template] === text),
  );
  return [
    ['template', named?.[0] ?? JSON.stringify(template)],
    ...(labels.length > 0 ? ([['labels', labels.join(', ')]] as [string, string][]) : []),
  ];
}

function textLines({ text }: SnapshotShots): string[] {
  return [`  <p class="continuation">${escaped(textOf(text))}</p>`];
}

function tableLines(
  { model, shotglass }: Snapshot,
  { shots, candidates, rest, classification }: SnapshotShots,
  view: Exclude<SnapshotView, 'text'>,
): string[] {
  const what = view === 'labels' ? 'Labels' : 'Next token';
  const name = modelName(model);
  const caption = `${what} after ${shots} ${shots === 1 ? 'shot' : 'shots'}: ${name} (sha256 ${model.sha256.slice(0, 8)}…), shotglass ${shotglass}`;
  const rows =
    view === 'labels' && classification
      ? [
          ...classification.labels.map(({ label, p }) => row(escaped(label), p)),
          row('label-space mass', classification.mass),
        ]
      : [
          ...candidates.map((token) =>
            row(`<code>${escaped(tokenLabel(bytesOf(token)))}</code>`, Math.exp(token.logprob)),
          ),
          row(`${formatCount(rest.count)} other tokens`, rest.p),
        ];
  return [
    '  <table>',
    `    <caption>${escaped(caption)}</caption>`,
    `    <thead><tr><th scope="col">${view === 'labels' ? 'Label' : 'Token'}</th><th scope="col">p</th></tr></thead>`,
    '    <tbody>',
    ...rows,
    '    </tbody>',
    '  </table>',
  ];
}

function row(name: string, p: number): string {
  const value = Number(p.toPrecision(6));
  return `      <tr><th scope="row">${name}</th><td><data value="${value}">${formatProbability(p)}</data></td></tr>`;
}

/** Safe as text and in quoted attributes. A parser makes every carriage return a line feed, unless it is written so. */
function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\r', '&#13;');
}
