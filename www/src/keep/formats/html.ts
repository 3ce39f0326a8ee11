import { formatProbability } from '../../format.ts';
import { viewOf } from '../../settings.ts';
import { strings } from '../../strings/index.ts';
import { tokenLabel } from '../../visible.ts';
import { exactly, type Shown, sixDigits, type TextFile } from '../shown.ts';

/**
 * The `<shot-glass>` element as it reads without any script: the demonstrations and the query as a list, and what was
 * recorded as a table. `link` is all of the state, as `encodeLink` has it.
 */
export function html(shown: Shown, link: string): TextFile {
  const { draft, settings, prediction, model, version } = shown;
  const { asked, appended } = exactly(shown);
  const words = strings.keep.html;
  const attributes = [
    ['preset', draft.preset],
    ['shots', String(asked.shots)],
    ['view', viewOf(settings, draft.task.labels)],
    ['state', link],
  ].map(([name, value]) => `${name}="${escaped(value ?? '')}"`);
  const pairs = asked.task.demonstrations
    .slice(0, asked.shots)
    .map(({ input, output }) => `    <dt>${escaped(input)}</dt><dd>${escaped(output)}</dd>`);
  const lines = [
    `<shot-glass ${attributes.join(' ')}>`,
    ...(asked.task.instruction === '' ? [] : [`  <p>${escaped(asked.task.instruction)}</p>`]),
    '  <dl>',
    ...pairs,
    `    <dt>${escaped(asked.query)}</dt>${appended === '' ? '' : `<dd>${escaped(appended)}</dd>`}`,
    '  </dl>',
  ];
  if (prediction && model) {
    const { candidates, rest } = prediction;
    const row = (token: string, p: number) =>
      `      <tr><th scope="row">${token}</th><td><data value="${sixDigits(p)}">${formatProbability(p)}</data></td></tr>`;
    lines.push(
      '  <table>',
      `    <caption>${escaped(words.caption(model.name, model.sha256, version))}</caption>`,
      `    <thead><tr><th scope="col">${words.token}</th><th scope="col">${words.p}</th></tr></thead>`,
      '    <tbody>',
      ...candidates.map(({ bytes, p }) => row(`<code>${escaped(tokenLabel(bytes))}</code>`, p)),
      row(strings.rest(rest.count), rest.p),
      '    </tbody>',
      '  </table>',
    );
  }
  lines.push('</shot-glass>');
  return { name: 'shotglass.html', type: 'text/html', text: `${lines.join('\n')}\n` };
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
