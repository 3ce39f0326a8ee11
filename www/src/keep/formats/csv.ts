import { hexOfBytes } from '../../visible.ts';
import type { Shown, TextFile } from '../shown.ts';

/**
 * The distribution as RFC 4180 has tables: a row for each candidate, and a last one for all other tokens, of which
 * there are `count`. `bytes` is in hexadecimal, `logprob` in nats.
 */
export function csv({ prediction }: Shown): TextFile | null {
  if (!prediction) return null;
  const { candidates, rest } = prediction;
  const rows = [
    ['rank', 'id', 'token', 'bytes', 'count', 'p', 'logprob'],
    ...candidates.map(({ rank, id, text, bytes, p, logprob }) => [
      rank,
      id,
      text,
      hexOfBytes(bytes),
      1,
      p,
      logprob,
    ]),
    ['', '', '', '', rest.count, rest.p, ''],
  ];
  const text = rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('');
  return { name: 'shotglass.csv', type: 'text/csv', text };
}

function cell(value: string | number): string {
  const text = String(value);
  return /[",\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
