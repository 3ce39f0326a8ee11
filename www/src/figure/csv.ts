import { formatCsv } from 'shotglass/format';
import type { Chart } from './chart.ts';
import { type Facts, methodsColumns } from './methods.ts';

/**
 * A figure as one table: a line for each number, with all its digits, what it is of, and how it came about. Comment lines
 * would be read as data by most programs, so the methods are columns. A name that a spreadsheet would take for a formula
 * has an apostrophe before it.
 */
export function csv(chart: Chart): string {
  const { categories, series, scale } = chart;
  const methods = methodsColumns(chart.methods);
  const rows = series.flatMap(({ key, data }) =>
    data.map(({ at, value, low, high, facts }): Facts => {
      const category = categories.all[at];
      return {
        figure: chart.id,
        [categories.column]: category?.name ?? '',
        [chart.seriesColumn]: key,
        value: value ?? '',
        ...(low !== undefined && { low }),
        ...(high !== undefined && { high }),
        unit: scale.unit,
        ...category?.facts,
        ...facts,
      };
    }),
  );
  const columns = [...new Set([...rows.flatMap(Object.keys), ...Object.keys(methods)])];
  return formatCsv([
    columns,
    ...rows.map((row) => columns.map((column) => row[column] ?? methods[column] ?? '')),
  ]);
}
