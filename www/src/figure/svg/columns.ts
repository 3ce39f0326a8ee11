/** The categories side by side, the numbers upwards: bars, dots with intervals, short lines across. */
import type { Chart, Series } from '../chart.ts';
import {
  box,
  type Colours,
  type Drawn,
  dot,
  inkOf,
  line,
  margin,
  pieced,
  places,
  plain,
  width,
} from './ink.ts';
import { placeOn, ticksOf } from './scale.ts';
import { cut, widthOf } from './text.ts';

const height = 240;
const left = margin + 42;
const right = width - margin;
const dash = ' stroke-dasharray="5 4"';

interface Plot {
  colours: Colours;
  /** Width of a column, and its middle. */
  slot: number;
  x: (at: number) => number;
  y: (value: number) => number;
}

export function columns(chart: Chart, top: number, colours: Colours): Drawn {
  const { categories, scale, series, baseline, diagonal } = chart;
  const head = top + 20;
  const foot = head + height;
  const slot = (right - left) / Math.max(1, categories.all.length);
  const plot: Plot = {
    colours,
    slot,
    x: (at) => left + (at + 0.5) * slot,
    y: (value) => foot - placeOn(scale, value) * height,
  };
  const bars = series.filter(({ draw }) => draw === 'bar');
  const parts = [
    plain(scale.name, margin, top + 4, { size: 11, fill: colours.quiet }),
    ...ticksOf(scale).flatMap(({ at, text }) => [
      line([left, plot.y(at)], [right, plot.y(at)], colours.line),
      plain(text, left - 8, plot.y(at) + 4, { size: 11, fill: colours.quiet, anchor: 'end' }),
    ]),
    ...series.flatMap((one) => marksOf(plot, one, bars)),
    ...(baseline
      ? [line([left, plot.y(baseline.at)], [right, plot.y(baseline.at)], colours.ink, dash)]
      : []),
    ...(diagonal ? [line([left, foot], [right, head], colours.ink, dash)] : []),
  ];
  const names = namesBelow(chart, plot, foot + 16);
  return { parts: [...parts, ...names.parts], bottom: names.bottom };
}

function marksOf(
  { colours, slot, x: middle, y }: Plot,
  { draw, look, data, shift = 0 }: Series,
  bars: readonly Series[],
): string[] {
  const x = (at: number) => middle(at + shift);
  const known = data.flatMap((datum) =>
    datum.value === null ? [] : [{ ...datum, value: datum.value }],
  );
  const { fill, stroke } = inkOf(look, colours);
  switch (draw) {
    case 'bar': {
      const across = (0.66 * slot) / bars.length;
      const index = bars.findIndex((one) => one.data === data);
      const from = (at: number) => x(at) - (bars.length * across) / 2 + index * across;
      const outline = fill === stroke ? '' : ` stroke="${stroke}"`;
      return known.map(({ at, value }) =>
        box(
          from(at),
          y(value),
          across,
          Math.max(1, y(0) - y(value)),
          fill,
          ` data-p="${value}"${outline}`,
        ),
      );
    }
    case 'tick':
      return known.map(({ at, value }) => {
        const half = Math.min(14, 0.36 * slot);
        return line(
          [x(at) - half, y(value)],
          [x(at) + half, y(value)],
          look === 'hollow' ? colours.ink : stroke,
          ' stroke-width="2.5"',
        );
      });
    case 'point':
      return known.map(({ at, value }) => dot(x(at), y(value), 4, look, colours));
    case 'line':
      return [
        ...known.flatMap(({ at, low, high }) =>
          low === undefined || high === undefined
            ? []
            : [
                line([x(at), y(low)], [x(at), y(high)], colours.ink),
                ...[low, high].map((end) =>
                  line([x(at) - 5, y(end)], [x(at) + 5, y(end)], colours.ink),
                ),
              ],
        ),
        `<polyline points="${known.map(({ at, value }) => `${places(x(at))},${places(y(value))}`).join(' ')}" fill="none" stroke="${stroke}" stroke-width="2"/>`,
        ...known.map(({ at, value }) => dot(x(at), y(value), 4, look, colours)),
      ];
  }
}

/** Under each column its name and its asides, and under them what the columns are. */
function namesBelow({ categories }: Chart, { colours, slot, x }: Plot, top: number): Drawn {
  const room = slot - 4;
  const asides = Math.max(0, ...categories.all.map((one) => one.asides?.length ?? 0));
  const fitting = (line: number, least: number) => {
    const longest = Math.max(
      1,
      ...categories.all.map(({ asides }) => widthOf(asides?.[line] ?? '', 1)),
    );
    return Math.max(least, Math.min(11, Math.floor((10 * room) / longest) / 10));
  };
  // A number that is cut would be another one; a name may be.
  const sizes = [fitting(0, 6), fitting(1, 8.5)];
  const parts = categories.all.flatMap(({ label, name, asides = [] }, at) => [
    pieced(cut(label ?? name, 12, slot - 4), x(at), top, colours, {
      size: 12,
      isMono: false,
      anchor: 'middle',
    }),
    ...asides.map((text, i) => {
      const size = sizes[i] ?? 11;
      const own = i === 0 ? [{ kind: 'text' as const, text }] : cut(text, size, room);
      return pieced(own, x(at), top + 15 * (i + 1), colours, {
        ...{ size, isMono: false, anchor: 'middle', fill: colours.quiet },
      });
    }),
  ]);
  const bottom = top + 15 * asides + 20;
  const name = plain(categories.name, (left + right) / 2, bottom, {
    size: 11,
    fill: colours.quiet,
    anchor: 'middle',
  });
  return { parts: [...parts, name], bottom: bottom + 8 };
}
