import { formatCsv } from 'shotglass/format';
import { stemOf } from '../../app/own-task.ts';
import { hexOfBytes } from '../../ui/visible.ts';
import type { Shown, TextFile } from '../shown.ts';

/**
 * The distribution as RFC 4180 has tables: a row for each candidate, and a last one for all other tokens, of which
 * there are `count`. `bytes` is in hexadecimal, `logprob` in nats. A token that a spreadsheet would take for a formula
 * has an apostrophe before it in `token`, and not in `bytes`.
 */
export function csv({ draft, prediction }: Shown): TextFile | null {
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
    ['', '', '', '', rest.count ?? '', rest.p, ''],
  ];
  return { name: `${stemOf(draft)}.csv`, type: 'text/csv', text: formatCsv(rows) };
}
