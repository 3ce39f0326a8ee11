/** What the card is drawn with: SVG with real text and no style sheet. */
import type { Colours } from '../../figure/svg/ink.ts';
import { xml } from '../../figure/svg/text.ts';
import type { Piece } from '../../ui/visible.ts';

export const sans = "Inter, system-ui, 'Segoe UI', sans-serif";
export const mono = "'JetBrains Mono', ui-monospace, Menlo, Consolas, monospace";

/** Text as the model sees it: marks stand for what has no shape of its own. */
export function written(
  of: readonly Piece[],
  x: number,
  y: number,
  { ink, mark }: Colours,
  size = 14,
): string {
  const spans = of.map(({ kind, text }) =>
    kind === 'text' ? xml(text) : `<tspan fill="${mark}">${xml(text)}</tspan>`,
  );
  return `<text x="${x}" y="${y}" font-family="${mono}" font-size="${size}" fill="${ink}" xml:space="preserve">${spans.join('')}</text>`;
}

export function plain(text: string, x: number, y: number, size: number, fill: string): string {
  return `<text x="${x}" y="${y}" font-family="${sans}" font-size="${size}" fill="${fill}">${xml(text)}</text>`;
}

/** The first `most` characters, and an ellipsis where there are more. */
export function cut(of: readonly Piece[], most: number): Piece[] {
  let room = most;
  const kept: Piece[] = [];
  for (const { kind, text } of of) {
    const characters = [...text];
    if (characters.length > room) {
      if (kind === 'text') kept.push({ kind, text: characters.slice(0, room).join('') });
      kept.push({ kind: 'mark', text: '…' });
      return kept;
    }
    room -= characters.length;
    kept.push({ kind, text });
  }
  return kept;
}
