/** A figure as a picture: a pure function of its data, with real text, and nothing that it would have to fetch. */
import { language, strings } from '../../strings/index.ts';
import { type Piece, pieces } from '../../ui/visible.ts';
import type { Chart, Series } from '../chart.ts';
import { methodsLine } from '../methods.ts';
import { cells } from './cells.ts';
import { columns } from './columns.ts';
import {
  box,
  type Colours,
  coloursOf,
  type Drawn,
  dot,
  inkOf,
  line,
  margin,
  pieced,
  plain,
  sans,
  type Theme,
  width,
} from './ink.ts';
import { rows } from './rows.ts';
import { bold, cut, sentence, widthOf, wrap, xml } from './text.ts';

export type { Theme } from './ink.ts';

const layouts = { rows, columns, cells };
const room = width - 2 * margin;

export function svg(chart: Chart, theme: Theme = 'light'): string {
  const colours = coloursOf(theme);
  const above = head(chart, colours);
  const figure = layouts[chart.layout](chart, above.bottom, colours);
  const below = foot(chart, figure.bottom, colours);
  const height = Math.ceil(below.bottom);
  const pattern = `<pattern id="rest" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="5" height="5" fill="${colours.track}"/><rect width="2" height="5" fill="${colours.bar}"/></pattern>`;
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img" xml:lang="${language}" font-family="${sans}">`,
    `<title>${xml(sentence(chart.title).slice(0, 400))}</title>`,
    `<defs>${pattern}</defs>`,
    `<rect width="${width}" height="${height}" fill="${colours.paper}"/>`,
    ...above.parts,
    ...figure.parts,
    ...below.parts,
    '</svg>',
  ].join('\n')}\n`;
}

/** What the figure is, what it is about, and what its marks mean. */
function head({ title, prompt, methods, ...chart }: Chart, colours: Colours): Drawn {
  const titles = wrap(sentence(title), 16 * bold, room, 3);
  let y = margin + 14;
  const parts = titles.map((text, i) =>
    plain(text, margin, y + 21 * i, { size: 16, fill: colours.ink, isBold: true }),
  );
  y += 21 * (titles.length - 1);
  if (prompt !== undefined) {
    const box = promptBox(prompt, y + 14, colours);
    parts.push(...box.parts);
    y = box.bottom;
  } else if (methods.query !== null) {
    y += 20;
    const query = cut(strings.figure.query(sentence(methods.query)), 12, room);
    parts.push(pieced(query, margin, y, colours, { size: 12, isMono: false, fill: colours.quiet }));
  }
  const legend = legendOf(chart, y + 22, colours);
  parts.push(...legend.parts);
  return { parts, bottom: legend.bottom + (legend.parts.length > 0 ? 22 : 14) };
}

/** Bars that stand under names of their own, and cells, need no legend. */
function legendOf(
  chart: Pick<Chart, 'layout' | 'series' | 'baseline' | 'diagonal'>,
  y: number,
  colours: Colours,
): Drawn {
  const { layout, series, baseline, diagonal } = chart;
  const isNamed =
    layout === 'cells' || (layout === 'rows' && series.every(({ draw }) => draw === 'bar'));
  const entries: { name: string; key: (x: number, y: number) => string }[] = isNamed
    ? []
    : series
        .filter(({ data }) => data.length > 0)
        .map((one) => ({ name: one.name, key: (x, y) => keyOf(one, x, y, colours) }));
  const dashed = (x: number, y: number) =>
    line([x, y - 4], [x + 18, y - 4], colours.ink, ' stroke-dasharray="5 4"');
  for (const name of [baseline?.name, diagonal])
    if (name !== undefined) entries.push({ name, key: dashed });
  if (entries.length === 0 || (entries.length === 1 && !baseline && !diagonal))
    return { parts: [], bottom: y - 12 };
  const parts: string[] = [];
  let x = margin;
  let at = y;
  for (const { name, key } of entries) {
    const text = cut(name, 12, room - 30)
      .map((piece) => piece.text)
      .join('');
    const across = 26 + widthOf(text, 12) + 18;
    if (x > margin && x + across > width - margin) {
      x = margin;
      at += 18;
    }
    parts.push(key(x, at), plain(text, x + 26, at, { fill: colours.quiet }));
    x += across;
  }
  return { parts, bottom: at };
}

function keyOf({ draw, look }: Series, x: number, y: number, colours: Colours): string {
  const { fill, stroke } = inkOf(look, colours);
  switch (draw) {
    case 'bar':
      return box(x + 4, y - 10, 11, 11, fill, ` stroke="${stroke}"`);
    case 'tick':
      return line(
        [x, y - 4],
        [x + 18, y - 4],
        look === 'hollow' ? colours.ink : stroke,
        ' stroke-width="2.5"',
      );
    case 'point':
      return dot(x + 9, y - 4, 4, look, colours);
    case 'line':
      return (
        line([x, y - 4], [x + 18, y - 4], stroke, ' stroke-width="2"') +
        dot(x + 9, y - 4, 4, look, colours)
      );
  }
}

/** Notes, and how it all came about. */
function foot({ notes, methods }: Chart, top: number, colours: Colours): Drawn {
  const parts: string[] = [];
  let y = top + 12;
  for (const note of notes) {
    for (const text of wrap(sentence(note), 12, room, 4)) {
      y += 17;
      parts.push(plain(text, margin, y, { fill: colours.ink }));
    }
  }
  y += 6;
  for (const text of wrap(methodsLine(methods), 10.5, room, 8)) {
    y += 15;
    parts.push(plain(text, margin, y, { size: 10.5, fill: colours.quiet }));
  }
  return { parts, bottom: y + margin };
}

// The prompt

const promptLines = 5;
const lineHeight = 21;

function promptBox(prompt: string, top: number, colours: Colours): Drawn {
  const lines = lastLines(prompt);
  const height = lines.length * lineHeight + 22;
  return {
    parts: [
      box(margin, top, room, height, colours.sunken, ' rx="6"'),
      ...lines.map((line, i) => pieced(line, margin + 14, top + 25 + i * lineHeight, colours)),
    ],
    bottom: top + height,
  };
}

/** The end of the prompt, each line with its line break drawn; an ellipsis where something is left out. */
function lastLines(prompt: string): Piece[][] {
  const lines = prompt.match(/[^\n]*\n|[^\n]+$/g) ?? [''];
  const last = lines.slice(-promptLines).map((line) => cut(pieces(line), 13, room - 40, true));
  if (lines.length > promptLines) last[0] = [{ kind: 'mark', text: '…' }, ...(last[0] ?? [])];
  return last;
}
