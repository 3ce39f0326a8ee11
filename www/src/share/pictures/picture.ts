/** The answer as a picture: a pure function of what is shown, with real text and no style sheet. */

import { stemOf } from '../../app/own-task.ts';
import { strings } from '../../strings/index.ts';
import { formatEntropy, formatProbability, tableProbability } from '../../ui/numbers.ts';
import { nameText, type Piece, pieces, tokenPieces } from '../../ui/visible.ts';
import type { Shown, TextFile } from '../shown.ts';
import { type Colours, cut, plain, sans, type Theme, themes, written, xml } from './drawing.ts';

const width = 720;
const margin = 28;
const lineHeight = 21;
const rowHeight = 26;
const barStart = 200;
const barEnd = 590;
/** How much of the prompt is drawn: its end, which is what the answer continues. */
const promptLines = 5;
const lineLength = 74;
const tokenLength = 18;

/** Null where there is nothing to draw. */
export function picture(shown: Shown, theme: Theme): TextFile | null {
  const { prediction, model, prompt, version } = shown;
  if (!prediction) return null;
  const colours = themes[theme];
  const words = strings.keep.picture;
  const lines = lastLines(prompt);
  const { candidates, rest, entropy } = prediction;
  const promptHeight = lines.length * lineHeight + 28;
  const top = margin + promptHeight + 34;
  const barsHeight = (candidates.length + 1) * rowHeight + 8;
  const height = top + barsHeight + 74;
  const parts = [
    `<rect width="${width}" height="${height}" fill="${colours.paper}"/>`,
    `<rect x="${margin}" y="${margin}" width="${width - 2 * margin}" height="${promptHeight}" rx="6" fill="${colours.sunken}"/>`,
    ...lines.map((line, index) =>
      written(line, margin + 14, margin + 28 + index * lineHeight, colours),
    ),
    ...axis(top, top + barsHeight, colours),
    ...candidates.map(({ bytes, p }, index) => {
      const y = top + index * rowHeight;
      return bar(cut(tokenPieces(bytes), tokenLength), p, y, colours.bar, colours);
    }),
    bar(
      [{ kind: 'text', text: strings.keep.picture.rest(rest.count) }],
      rest.p,
      top + candidates.length * rowHeight + 8,
      'url(#rest)',
      colours,
      true,
    ),
    plain(words.entropy(formatEntropy(entropy)), margin, height - 46, 13, colours.ink),
    plain(
      model ? words.model(nameText(model.name), model.sha256, version) : words.version(version),
      margin,
      height - 24,
      12,
      colours.quiet,
    ),
  ];
  const pattern = `<pattern id="rest" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="5" height="5" fill="${colours.track}"/><rect width="2" height="5" fill="${colours.bar}"/></pattern>`;
  const name = candidates[0] ? words.title(formatProbability(candidates[0].p)) : '';
  const text = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>${xml(name)}</title>`,
    `<defs>${pattern}</defs>`,
    ...parts,
    '</svg>',
  ].join('\n');
  return { name: `${stemOf(shown.draft)}-${theme}.svg`, type: 'image/svg+xml', text: `${text}\n` };
}

function axis(top: number, bottom: number, { line, quiet }: Colours): string[] {
  return [0, 0.5, 1].flatMap((p) => {
    const x = barX(p);
    const anchor = p === 0 ? 'start' : p === 1 ? 'end' : 'middle';
    return [
      `<line x1="${x}" x2="${x}" y1="${top}" y2="${bottom}" stroke="${line}"/>`,
      `<text x="${x}" y="${top - 10}" font-family="${sans}" font-size="12" fill="${quiet}" text-anchor="${anchor}">${p === 0 ? '0' : `${100 * p}%`}</text>`,
    ];
  });
}

function barX(p: number): number {
  return Number((barStart + p * (barEnd - barStart)).toFixed(2));
}

function bar(
  label: readonly Piece[],
  p: number,
  y: number,
  fill: string,
  colours: Colours,
  aside = false,
): string {
  const length = Math.max(1, Number((p * (barEnd - barStart)).toFixed(2)));
  const baseline = y + 15;
  return [
    aside
      ? plain(label.map(({ text }) => text).join(''), margin, baseline, 13, colours.quiet)
      : written(label, margin, baseline, colours),
    `<rect x="${barStart}" y="${y}" width="${barEnd - barStart}" height="20" fill="${colours.track}"/>`,
    `<rect x="${barStart}" y="${y}" width="${length}" height="20" fill="${fill}" data-p="${p}"/>`,
    `<text x="${width - margin}" y="${baseline}" font-family="${sans}" font-size="14" fill="${colours.ink}" text-anchor="end">${xml(tableProbability(p))}</text>`,
  ].join('\n');
}

/** The end of the prompt, each line with its line break drawn; an ellipsis where something is left out. */
function lastLines(prompt: string): Piece[][] {
  const lines = prompt.match(/[^\n]*\n|[^\n]+$/g) ?? [''];
  const last = lines.slice(-promptLines).map((line) => cut(pieces(line), lineLength));
  if (lines.length > promptLines) last[0] = [{ kind: 'mark', text: '…' }, ...(last[0] ?? [])];
  return last;
}
