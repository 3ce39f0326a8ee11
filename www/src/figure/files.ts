/** A figure as a file: fetched when the first one is saved. */
import type { Chart } from './chart.ts';
import { csv } from './csv.ts';
import { png } from './png.ts';
import { svg } from './svg/whole.ts';

export { methodsLine } from './methods.ts';

export async function fileOf(chart: Chart, type: 'svg' | 'png' | 'csv'): Promise<Blob> {
  switch (type) {
    case 'svg':
      return new Blob([svg(chart)], { type: 'image/svg+xml' });
    case 'png':
      return png(svg(chart));
    case 'csv':
      return new Blob([csv(chart)], { type: 'text/csv' });
  }
}
