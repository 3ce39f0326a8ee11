import type { Classification, Prediction, Task } from 'shotglass';
import { arrow, questionAnswer, review } from 'shotglass/presets';
import { formatProbability } from '../../format.ts';
import { presetById } from '../../presets/index.ts';
import type { Asked } from '../../prompt.ts';
import { type Settings, viewOf } from '../../settings.ts';
import { strings } from '../../strings/index.ts';
import { tokenLabel } from '../../visible.ts';
import { type Shown, sixDigits, type TextFile, wholly } from '../shown.ts';

/**
 * The `<shot-glass>` element as it reads without any script: the demonstrations and the query as a list, and what was
 * recorded as a table. With its script it asks exactly the same prompt.
 */
export function html(shown: Shown): TextFile {
  const { draft, prediction, model, version } = shown;
  const asked = wholly(shown);
  const { task, shots, query } = asked;
  const classification = shownLabels(shown);
  const words = strings.keep.html;
  const attributes = [
    ...taskAttributes(asked, draft.preset),
    ['shots', String(shots)],
    ['view', classification ? 'labels' : 'tokens'],
  ].map(([name, value]) => `${name}="${escaped(value ?? '')}"`);
  const pairs = task.demonstrations
    .slice(0, shots)
    .map(({ input, output }) => `    <dt>${escaped(input)}</dt><dd>${escaped(output)}</dd>`);
  const lines = [
    `<shot-glass ${attributes.join(' ')}>`,
    ...(task.instruction === '' ? [] : [`  <p>${escaped(task.instruction)}</p>`]),
    '  <dl>',
    ...pairs,
    `    <dt>${escaped(query)}</dt>`,
    '  </dl>',
  ];
  if (prediction && model) {
    const caption = words.caption(classification !== null, model.name, model.sha256, version);
    const head = classification ? words.label : words.token;
    lines.push(
      '  <table>',
      `    <caption>${escaped(caption)}</caption>`,
      `    <thead><tr><th scope="col">${head}</th><th scope="col">${words.p}</th></tr></thead>`,
      '    <tbody>',
      ...(classification ? labelRows(classification) : tokenRows(prediction)),
      '    </tbody>',
      '  </table>',
    );
  }
  lines.push('</shot-glass>');
  return { name: 'shotglass.html', type: 'text/html', text: `${lines.join('\n')}\n` };
}

/** The labels, where the page shows them as the element would: by the plain rule, compared with nothing. */
function shownLabels({ draft, settings, classification }: Shown): Classification | null {
  const isPlain = (set: Settings) => set.rule === 'sum' && set.comparison === 'nothing';
  const isShown = viewOf(settings, draft.task.labels) === 'labels';
  return isShown && isPlain(settings) ? classification : null;
}

function tokenRows({ candidates, rest }: Prediction): string[] {
  return [
    ...candidates.map(({ bytes, p }) => row(`<code>${escaped(tokenLabel(bytes))}</code>`, p)),
    row(strings.rest(rest.count), rest.p),
  ];
}

function labelRows({ labels, mass }: Classification): string[] {
  const last = row(strings.keep.html.mass, mass);
  return [...labels.map(({ label, p }) => row(escaped(label), p)), last];
}

function row(name: string, p: number): string {
  return `      <tr><th scope="row">${name}</th><td><data value="${sixDigits(p)}">${formatProbability(p)}</data></td></tr>`;
}

const templates = { questionAnswer, review, arrow };

/** What the list alone does not say: the template and the labels, by a name where they have one. */
function taskAttributes({ task, query }: Asked, preset: Shown['draft']['preset']): string[][] {
  const known = presetById(preset).task;
  const isKnown =
    isSame(task.template, known.template) &&
    isSame(task.labels, known.labels) &&
    (task.instruction !== '' || known.instruction === '');
  if (!isReadAsIs(task, query)) return [['task', JSON.stringify({ ...task, query })]];
  if (isKnown) return [['preset', preset]];
  const named = Object.entries(templates).find(([, one]) => isSame(one, task.template));
  const { labels = [] } = task;
  const isPlain = labels.every((name) => name.trim() === name && !/[,[]/.test(name));
  return [
    ['template', named?.[0] ?? JSON.stringify(task.template)],
    ...(labels.length > 1
      ? [['labels', isPlain ? labels.join(', ') : JSON.stringify(labels)]]
      : []),
  ];
}

/** Texts that begin on a new line are taken to be indented by their author. */
function isReadAsIs({ instruction, demonstrations }: Task, query: string): boolean {
  const texts = [
    instruction,
    query,
    ...demonstrations.flatMap(({ input, output }) => [input, output]),
  ];
  return texts.every((text) => !/^[ \t]*\n/.test(text));
}

/** Of plain data; the order of a template's parts is not a part of it. */
function isSame(one: object | undefined, other: object | undefined): boolean {
  const sorted = (value: object | undefined) =>
    JSON.stringify(value && Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
  return sorted(one) === sorted(other);
}

/** Safe as text and in quoted attributes. A parser makes every carriage return a line feed, unless it is written so. */
export function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll('\r', '&#13;');
}
