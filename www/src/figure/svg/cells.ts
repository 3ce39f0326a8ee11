/**
 * A table of the categories by the series: each cell as dark as it is heavy in its row; a share as dark as it is beside
 * the end of the scale. Narrow cells have no number.
 */
import type { Chart } from '../chart.ts';
import { box, type Colours, type Drawn, margin, pieced, places, plain, width } from './ink.ts';
import { shown } from './scale.ts';
import { cut, textOf as visible, widthOf } from './text.ts';

const size = 12;
const mostName = 170;
const mostHead = 130;
const leastNumbered = 32;

export function cells(chart: Chart, top: number, colours: Colours): Drawn {
  const { categories, series, scale } = chart;
  const names = categories.all.map(({ label, name }) => label ?? name);
  const named = Math.max(0, ...names.map((name) => widthOf(visible(name), size, true)));
  const left = margin + Math.max(Math.min(mostName, named), 60) + 12;
  const across = Math.min(84, (width - margin - left) / Math.max(1, series.length));
  const down = Math.min(48, Math.max(26, across));
  const heads = series.map(({ name }) => name);
  const longest = Math.max(0, ...heads.map((name) => widthOf(visible(name), size, true)));
  // What is wider than its column is written upwards.
  const isUpright = longest <= across - 6;
  const headHeight = isUpright ? 22 : Math.min(mostHead, longest) + 10;
  const first = top + 14 + headHeight;
  const middle = (column: number) => left + (column + 0.5) * across;
  const parts = [
    plain(`${categories.name} ↓`, margin, first - 6, { size: 11, fill: colours.quiet }),
    plain(`${scale.name} →`, left, top + 4, { size: 11, fill: colours.quiet }),
    ...heads.map((name, column) => {
      const x = middle(column);
      if (isUpright)
        return pieced(cut(name, size, across, true), x, first - 6, colours, {
          size,
          anchor: 'middle',
        });
      const text = pieced(cut(name, size, mostHead, true), 0, 0, colours, { size });
      return `<g transform="translate(${places(x + 4)} ${places(first - 6)}) rotate(-90)">${text}</g>`;
    }),
    ...names.map((name, row) =>
      pieced(
        cut(name, size, left - margin - 12, true),
        margin,
        first + (row + 0.5) * down + 4,
        colours,
        { size },
      ),
    ),
  ];
  for (const row of categories.all.keys()) {
    const values = series.map(({ data }) => data.find(({ at }) => at === row)?.value ?? 0);
    const sum = values.reduce((total, value) => total + value, 0);
    for (const [column, value] of values.entries()) {
      const whole = scale.unit === 'share' ? scale.to : sum;
      const part = whole > 0 ? Math.min(1, Math.abs(value) / whole) : 0;
      const isWide = across >= leastNumbered;
      const y = first + row * down;
      const x = left + column * across;
      const opacity = ` fill-opacity="${places(part)}"`;
      parts.push(
        box(x + 1, y + 1, across - 2, down - 2, colours.track),
        box(x + 1, y + 1, across - 2, down - 2, colours.deep, opacity),
      );
      if (!isWide) continue;
      parts.push(
        plain(shown(value, scale.unit), middle(column), y + down / 2 + 4, {
          size,
          fill: part > 0.5 ? colours.paper : colours.ink,
          anchor: 'middle',
        }),
      );
    }
  }
  return { parts, bottom: first + categories.all.length * down + 6 };
}
