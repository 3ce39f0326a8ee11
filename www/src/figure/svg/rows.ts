/** A line for each category, with bars or dots along one axis of numbers. */
import type { Piece } from '../../ui/visible.ts';
import type { Category, Chart, Datum, Look, Series } from '../chart.ts';
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
import { placeOn, shown, ticksOf } from './scale.ts';
import { cut, textOf, widthOf } from './text.ts';

const size = 13;
const rowHeight = 26;
const barHeight = 20;
const mostName = 230;
const gap = 12;
/** Dots of one strip that would cover each other stand one above the other. */
const radius = 4.5;

interface Frame {
  chart: Chart;
  colours: Colours;
  /** Where the numbers begin and end. */
  start: number;
  end: number;
  /** Whether the name of a bar stands above it. */
  isAbove: boolean;
}

export function rows(chart: Chart, top: number, colours: Colours): Drawn {
  const bars = chart.series.filter(({ draw }) => draw === 'bar');
  const isStrips = bars.length === 0;
  const isGroup = bars.length > 1;
  const names = isGroup ? bars.map(nameOf) : chart.categories.all.map(labelOf);
  const named = Math.max(...names.map((name) => widthOf(textOf(name), size, !isGroup)), 0);
  // Names that are too long for a column of their own stand above their bars.
  const isAbove = !isGroup && !isStrips && named > mostName;
  const column = isAbove ? 0 : Math.min(mostName, named) + gap;
  const values = bars.flatMap(({ data }) => data.map((datum) => numberOf(datum, chart)));
  const valued = Math.max(...values.map((text) => widthOf(text, size)), 0) + gap;
  const frame = {
    ...{ chart, colours, isAbove },
    start: margin + (isGroup ? gap : 0) + column,
    end: width - margin - (isStrips ? 8 : valued),
  };
  const marks: string[] = [];
  let y = top + 34;
  const first = y;
  for (const [at, category] of chart.categories.all.entries()) {
    const own = isStrips ? strip(frame, category, at, y) : barsOf(frame, bars, category, at, y);
    marks.push(...own.parts);
    y = own.bottom;
  }
  return { parts: [...axis(frame, top, first - 4, y), ...marks], bottom: y };
}

const labelOf = ({ label, name }: Category): readonly Piece[] | string => label ?? name;
const nameOf = ({ name }: Series): string => name;

function numberOf({ value }: Datum, { scale }: Chart): string {
  return value === null ? '' : shown(value, scale.unit);
}

/** The name of the numbers over their axis, and a line down from each tick. */
function axis({ chart, colours, start, end }: Frame, top: number, from: number, to: number) {
  const { scale } = chart;
  const at = (value: number) => start + placeOn(scale, value) * (end - start);
  const ticks = ticksOf(scale);
  return [
    plain(scale.name, end, top + 4, { size: 11, fill: colours.quiet, anchor: 'end' }),
    ...ticks.flatMap((tick, i) => {
      const x = at(tick.at);
      const anchor = i === 0 ? 'start' : i === ticks.length - 1 ? 'end' : 'middle';
      return [
        line([x, from], [x, to], colours.line),
        plain(tick.text, x, top + 22, { size: 11, fill: colours.quiet, anchor }),
      ];
    }),
  ];
}

/** Several bars of one category stand under its name. */
function barsOf(
  frame: Frame,
  bars: readonly Series[],
  category: Category,
  at: number,
  y: number,
): Drawn {
  const { colours, start, isAbove } = frame;
  const isGroup = bars.length > 1;
  const isHeaded = isGroup || isAbove;
  const parts: string[] = [];
  let bottom = y;
  if (isHeaded) {
    const label = cut(labelOf(category), size, width - 2 * margin, true);
    // What the lines down the axis pass must not be hard to read.
    const behind = box(
      margin - 2,
      bottom,
      widthOf(textOf(label), size, true) + 4,
      20,
      colours.paper,
    );
    parts.push(behind, pieced(label, margin, bottom + 15, colours));
    bottom += 22;
  }
  for (const series of bars) {
    const datum = series.data.find((one) => one.at === at);
    if (!datum) continue;
    if (isGroup || !isHeaded) {
      const x = isGroup ? margin + gap : margin;
      const isMono = !isGroup && !datum.isRest;
      const name = isGroup ? nameOf(series) : labelOf(category);
      const own = cut(name, size, start - gap - x, isMono);
      const fill = isMono ? colours.ink : colours.quiet;
      parts.push(pieced(own, x, bottom + 15, colours, { isMono, fill }));
    }
    parts.push(...bar(frame, series, datum, bottom));
    bottom += rowHeight;
  }
  return { parts, bottom: bottom + (isHeaded ? 6 : 0) };
}

function bar(
  { chart, colours, start, end }: Frame,
  series: Series,
  datum: Datum,
  y: number,
): string[] {
  const { scale } = chart;
  const { value, high, text = '' } = datum;
  const isSigned = scale.from < 0;
  const track = isSigned ? [] : [box(start, y, end - start, barHeight, colours.track)];
  if (value === null) return [...track, plain(text, start + 6, y + 14, { fill: colours.quiet })];
  const at = (of: number) => start + placeOn(scale, of) * (end - start);
  const zero = at(Math.max(0, scale.from));
  const reach = Math.max(1, Math.abs(at(value) - zero));
  const from = value < 0 ? zero - reach : zero;
  const { fill, stroke } = inkOf(series.look, colours);
  const colour = isSigned && value < 0 ? colours.less : datum.isRest ? 'url(#rest)' : fill;
  const outline = fill === stroke || datum.isRest ? '' : ` stroke="${stroke}"`;
  const most =
    high === undefined || high <= value
      ? []
      : [box(zero, y, at(high) - zero, barHeight, colours.pale, ` data-high="${high}"`)];
  return [
    ...track,
    ...most,
    box(from, y, reach, barHeight, colour, ` data-p="${value}"${outline}`),
    ...(isSigned ? [line([zero, y - 3], [zero, y + barHeight + 3], colours.quiet)] : []),
    plain(shown(value, scale.unit), width - margin, y + 15, {
      ...{ size, fill: colours.ink, anchor: 'end' },
    }),
  ];
}

interface Dot {
  x: number;
  look: Look;
  level: number;
}

/** All dots of one category, each as near to the middle as the ones beside it let it. */
function strip(
  { chart, colours, start, end }: Frame,
  category: Category,
  at: number,
  y: number,
): Drawn {
  const { scale, series } = chart;
  const all = series
    .flatMap(({ data, look }) =>
      data
        .filter((datum) => datum.at === at && datum.value !== null)
        .map(({ value }) => ({ value, look })),
    )
    .map(
      ({ value, look }): Dot => ({
        x: start + placeOn(scale, value ?? 0) * (end - start),
        look,
        level: 0,
      }),
    )
    .sort((a, b) => a.x - b.x);
  for (const [i, one] of all.entries()) {
    const near = all.slice(0, i).filter(({ x }) => one.x - x < 2 * radius + 1);
    while (near.some(({ level }) => level === one.level)) one.level += 1;
  }
  const levels = Math.max(0, ...all.map(({ level }) => level)) + 1;
  const height = Math.max(34, levels * (2 * radius + 1) + 14);
  const middle = y + height / 2;
  // Level 0 is in the middle, the next above it, the next below.
  const place = ({ level }: Dot) =>
    middle + (2 * radius + 1) * Math.ceil(level / 2) * (level % 2 === 0 ? 1 : -1);
  const name = cut(labelOf(category), size, start - gap - margin, true);
  return {
    parts: [
      line([start, y], [end, y], colours.line),
      pieced(name, margin, middle + 5, colours),
      ...all.map((one) => dot(places(one.x), place(one), radius, one.look, colours)),
      line([start, y + height], [end, y + height], colours.line),
    ],
    bottom: y + height,
  };
}
