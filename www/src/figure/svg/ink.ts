/** What pictures are drawn with: colours, fonts, and the few shapes. Nothing in it needs a style sheet. */
import type { Piece } from '../../ui/visible.ts';
import type { Look } from '../chart.ts';
import { xml } from './text.ts';

export type Theme = 'light' | 'dark';

/** The page's own colours, for a picture has to stand alone. */
const themes = {
  light: {
    paper: '#ffffff',
    sunken: '#f4f0ea',
    ink: '#221c17',
    quiet: '#5d544b',
    line: '#e6dfd6',
    mark: '#a8541c',
    bar: '#bf6a2e',
    track: '#f1ebe3',
    deep: '#6f3410',
    soft: '#dba77f',
    pale: '#f3dfcd',
    less: '#3a6ea5',
  },
  dark: {
    paper: '#1e1a17',
    sunken: '#26211d',
    ink: '#f0ebe5',
    quiet: '#bdb3a8',
    line: '#352f29',
    mark: '#eda468',
    bar: '#e0914f',
    track: '#2a2520',
    deep: '#f7cfab',
    soft: '#98622f',
    pale: '#5a3b1f',
    less: '#7fb2e5',
  },
} as const;

export type Colours = Readonly<Record<keyof (typeof themes)['light'], string>>;

export const coloursOf = (theme: Theme): Colours => themes[theme];

/** The page's fonts where they are, else those that each system has for its own texts, Han characters included. */
export const sans =
  "Inter, system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', sans-serif";
const mono = "'JetBrains Mono', ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace";

/** A part of the picture, and where it ends. */
export interface Drawn {
  parts: string[];
  bottom: number;
}

export const width = 640;
export const margin = 24;

/** Where a number of the scale stands, in no more digits than can be seen. */
export const places = (value: number): number => Number(value.toFixed(2));

export interface Written {
  size?: number;
  fill: string;
  anchor?: 'start' | 'middle' | 'end';
  isBold?: boolean;
}

export function plain(text: string, x: number, y: number, written: Written): string {
  const { size = 12, fill, anchor = 'start', isBold } = written;
  const more = `${anchor === 'start' ? '' : ` text-anchor="${anchor}"`}${isBold ? ' font-weight="600"' : ''}`;
  return `<text x="${places(x)}" y="${places(y)}" font-size="${size}" fill="${fill}"${more}>${xml(text)}</text>`;
}

/** Text as the model sees it: marks stand for what has no shape of its own. */
export function pieced(
  of: readonly Piece[],
  x: number,
  y: number,
  { ink, mark }: Colours,
  { size = 13, isMono = true, anchor = 'start' as Written['anchor'], fill = ink } = {},
): string {
  const spans = of.map(({ kind, text }) =>
    kind === 'text' ? xml(text) : `<tspan fill="${mark}">${xml(text)}</tspan>`,
  );
  const more = anchor === 'start' ? '' : ` text-anchor="${anchor}"`;
  return `<text x="${places(x)}" y="${places(y)}" ${isMono ? `font-family="${mono}" ` : ''}font-size="${size}" fill="${fill}"${more} xml:space="preserve">${spans.join('')}</text>`;
}

export function box(
  x: number,
  y: number,
  across: number,
  down: number,
  fill: string,
  more = '',
): string {
  return `<rect x="${places(x)}" y="${places(y)}" width="${places(across)}" height="${places(down)}" fill="${fill}"${more}/>`;
}

export function line(
  [x1, y1]: readonly [number, number],
  [x2, y2]: readonly [number, number],
  stroke: string,
  more = '',
): string {
  return `<line x1="${places(x1)}" x2="${places(x2)}" y1="${places(y1)}" y2="${places(y2)}" stroke="${stroke}"${more}/>`;
}

/** Fill and outline of each look. */
export function inkOf(look: Look, colours: Colours): { fill: string; stroke: string } {
  switch (look) {
    case 'strong':
      return { fill: colours.bar, stroke: colours.bar };
    case 'soft':
      return { fill: colours.soft, stroke: colours.soft };
    case 'pale':
      return { fill: colours.pale, stroke: colours.soft };
    case 'hollow':
      return { fill: colours.paper, stroke: colours.ink };
  }
}

export function dot(x: number, y: number, r: number, look: Look, colours: Colours): string {
  const { fill, stroke } = inkOf(look, colours);
  return `<circle cx="${places(x)}" cy="${places(y)}" r="${r}" fill="${fill}" stroke="${stroke}" stroke-width="1.5"/>`;
}
