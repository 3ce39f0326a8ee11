import { modelName } from '../files/default-model.js';
import { formatCount, formatProbability } from '../format/numbers.js';
import { tokenLabel } from '../format/visible.js';
import { templates } from '../presets/templates.js';
import { answerText } from '../prompt/answer.js';
import type { Task, Template } from '../prompt/task.js';
import * as check from '../util/validate.js';
import type { Snapshot, SnapshotShots } from './index.js';
import { bytesOf, textOf } from './token.js';

/**
 * What an element shows: the labels, the next tokens, the greedy continuation, or the probability of the right answer for
 * each number of shots.
 */
export type SnapshotView = 'labels' | 'tokens' | 'text' | 'ladder';

/** Options of {@link snapshotHtml}. */
export interface SnapshotHtmlOptions {
  /** Number of shots, one of those recorded. Default: the largest. */
  shots?: number | undefined;
  /** What to show. Default: labels if they were recorded, else tokens. */
  view?: SnapshotView | undefined;
  /** Id of the preset that the task comes from; it replaces the task's template and labels. */
  preset?: string | undefined;
  /** URL of the snapshot, from which the page reads the other numbers of shots. Default: none. */
  url?: string | undefined;
}

/** Options of {@link elementHtml}. */
export interface ElementHtmlOptions {
  /** The task, with the query to show. */
  task: Task;
  /** Number of demonstrations in the prompt. The list has the others, too, hidden. */
  shots: number;
  /** The right output for the query, which the view `'ladder'` follows. Default: none. */
  answer?: string | undefined;
  /** What to show. */
  view: SnapshotView;
  /** Id of a preset with this task's template, labels and instruction; it replaces them. */
  preset?: string | undefined;
  /** URL of a snapshot. Default: none. */
  url?: string | undefined;
  /** The recorded table, or the recorded continuation. Default: none. */
  recorded?: ElementTable | string | undefined;
}

/** A table of recorded probabilities in an element. */
export interface ElementTable {
  /** Caption, which names the source of the numbers. */
  caption: string;
  /** Header of the first column: tokens, labels or shots. */
  head: string;
  /** In the view `'ladder'`, the bytes of the answer that the numbers are of. */
  answer?: Uint8Array | undefined;
  /**
   * One row for each name, or for the bytes of each token, and a last row for the rest. In the view `'ladder'`, one row for
   * each number of shots, which is its name.
   */
  rows: readonly { name: string | Uint8Array; p: number }[];
}

/**
 * The HTML of a `<shot-glass>` element that is readable without a script: the demonstrations and the query as a list,
 * and the recorded numbers as a table. All content is escaped.
 *
 * @throws {@link ShotglassError} `invalid-option` for a number of shots or a view that was not recorded. The view
 * `'labels'` needs at least two labels.
 */
export function snapshotHtml(snapshot: Snapshot, options: SnapshotHtmlOptions = {}): string {
  const { task, results } = snapshot;
  const recorded = results.map(({ shots }) => shots);
  const shots = check.oneOf('shots', options.shots ?? Math.max(...recorded), recorded);
  const result = results.find((one) => one.shots === shots) as SnapshotShots;
  const hasLabels = (result.classification?.labels.length ?? 0) > 1;
  const views: readonly SnapshotView[] = hasLabels
    ? ['labels', 'tokens', 'text', 'ladder']
    : ['tokens', 'text', 'ladder'];
  const view = check.oneOf('view', options.view ?? views[0], views);
  const { preset, url } = options;
  if (view === 'ladder') {
    const { answer } = snapshot;
    return elementHtml({
      task,
      shots,
      view,
      preset,
      url,
      answer,
      recorded: ladderOf(snapshot, result),
    });
  }
  const demonstrations = task.demonstrations.slice(0, shots);
  const content = view === 'text' ? textOf(result.text) : tableOf(snapshot, result, view);
  return elementHtml({
    task: { ...task, demonstrations },
    shots,
    view,
    preset,
    url,
    recorded: content,
  });
}

/**
 * The HTML of a `<shot-glass>` element with exactly the prompt of a task and recorded numbers from any source; for those
 * of a snapshot see {@link snapshotHtml}. All content is escaped.
 */
export function elementHtml(options: ElementHtmlOptions): string {
  const { task, shots, view, preset, url, answer, recorded } = options;
  const attributes = [
    ...taskAttributes(task, preset),
    ['shots', String(shots)],
    ['view', view],
    ...(answer === undefined ? [] : [['answer', answer]]),
    ...(url === undefined ? [] : [['snapshot', url]]),
  ].map(([name, value]) => `${name}="${escaped(value ?? '')}"`);
  const pairs = task.demonstrations.map(({ input, output }, i) => {
    const hidden = i < shots ? '' : ' hidden';
    return `    <dt${hidden}>${escaped(input)}</dt><dd${hidden}>${escaped(output)}</dd>`;
  });
  const lines = [
    `<shot-glass ${attributes.join(' ')}>`,
    ...(task.instruction === '' ? [] : [`  <p>${escaped(task.instruction)}</p>`]),
    '  <dl>',
    ...pairs,
    `    <dt>${escaped(task.query ?? '')}</dt>`,
    '  </dl>',
    ...(typeof recorded === 'string' ? [`  <p class="continuation">${escaped(recorded)}</p>`] : []),
    ...(typeof recorded === 'object' ? tableLines(recorded) : []),
    '</shot-glass>',
  ];
  return `${lines.join('\n')}\n`;
}

/** What the list alone does not say: the template and the labels, by a name where they have one. */
function taskAttributes(task: Task, preset: string | undefined): string[][] {
  const { template, labels = [] } = task;
  if (!isReadAsIs(task)) return [['task', JSON.stringify(task)]];
  if (preset !== undefined) return [['preset', preset]];
  if (labels.includes('') || new Set(labels).size < labels.length) {
    return [['task', JSON.stringify(task)]];
  }
  const named = Object.entries(templates).find(([, known]) =>
    Object.entries(known).every(([part, text]) => template[part as keyof Template] === text),
  );
  const isPlain = labels.every((name) => name.trim() === name && !/[,[]/.test(name));
  return [
    ['template', named?.[0] ?? JSON.stringify(template)],
    // One label is nothing to choose from.
    ...(labels.length > 1
      ? [['labels', isPlain ? labels.join(', ') : JSON.stringify(labels)]]
      : []),
  ];
}

/** Texts that begin on a new line are taken to be indented by their author. */
function isReadAsIs({ instruction, demonstrations, query = '' }: Task): boolean {
  const pairs = demonstrations.flatMap(({ input, output }) => [input, output]);
  return [instruction, query, ...pairs].every((text) => !/^[ \t]*\n/.test(text));
}

function sourceOf({ model, shotglass }: Snapshot): string {
  return `${modelName(model)} (sha256 ${model.sha256.slice(0, 8)}…), shotglass ${shotglass}`;
}

/** The right answer or, if none is recorded, the token that ranks first after the shots shown. */
function ladderOf(snapshot: Snapshot, { candidates: [first] }: SnapshotShots): ElementTable {
  const right = snapshot.answer === undefined ? null : answerText(snapshot.task, snapshot.answer);
  const rows = snapshot.results.flatMap(({ shots, answer, candidates }) => {
    const found = candidates.find(({ id }) => id === first?.id)?.logprob;
    const logprob = right === null ? found : answer;
    return logprob == null ? [] : [{ name: String(shots), p: Math.exp(logprob) }];
  });
  const what = right === null ? 'what ranks first' : 'the right answer';
  return {
    caption: `Probability of ${what} by number of shots: ${sourceOf(snapshot)}`,
    head: 'Shots',
    answer: right === null ? first && bytesOf(first) : new TextEncoder().encode(right),
    rows,
  };
}

function tableOf(
  snapshot: Snapshot,
  { shots, candidates, rest, classification }: SnapshotShots,
  view: 'labels' | 'tokens',
): ElementTable {
  const what = view === 'labels' ? 'Labels' : 'Next token';
  return {
    caption: `${what} after ${shots} ${shots === 1 ? 'shot' : 'shots'}: ${sourceOf(snapshot)}`,
    head: view === 'labels' ? 'Label' : 'Token',
    rows:
      view === 'labels' && classification
        ? [
            ...classification.labels.map(({ label, p }) => ({ name: label, p })),
            { name: 'label-space mass', p: classification.mass },
          ]
        : [
            ...candidates.map((token) => ({ name: bytesOf(token), p: Math.exp(token.logprob) })),
            { name: `${formatCount(rest.count)} other tokens`, p: rest.p },
          ],
  };
}

function tableLines({ caption, head, answer, rows }: ElementTable): string[] {
  const p = answer ? `p of <code>${escaped(tokenLabel(answer))}</code>` : 'p';
  return [
    '  <table>',
    `    <caption>${escaped(caption)}</caption>`,
    `    <thead><tr><th scope="col">${escaped(head)}</th><th scope="col">${p}</th></tr></thead>`,
    '    <tbody>',
    ...rows.map(({ name, p }) => row(name, p)),
    '    </tbody>',
    '  </table>',
  ];
}

function row(name: string | Uint8Array, p: number): string {
  const value = Number(p.toPrecision(6));
  const shown =
    typeof name === 'string' ? escaped(name) : `<code>${escaped(tokenLabel(name))}</code>`;
  return `      <tr><th scope="row">${shown}</th><td><data value="${value}">${escaped(formatProbability(p))}</data></td></tr>`;
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
