/** A picture to be shown beside a link: one question, its answer without examples and with them, and the ladder between. */
import { nameOf } from '../../app/own-task.ts';
import type { Draft } from '../../app/state.ts';
import { type Colours, coloursOf, type Theme } from '../../figure/svg/ink.ts';
import { xml } from '../../figure/svg/text.ts';
import { strings } from '../../strings/index.ts';
import { tableProbability } from '../../ui/numbers.ts';
import { nameText, pieces } from '../../ui/visible.ts';
import type { SentColumn, SentLadder } from '../sent.ts';
import { cut, mono, plain, sans, written } from './drawing.ts';

/** The size that other sites show whole. */
export const cardSize = { width: 1200, height: 630 };

const margin = 64;
const serif = "'Source Serif 4', Georgia, serif";
/** As many characters as fit in a line of their size. */
const longest = { task: 34, query: 58, word: 14, answer: 32, beside: 12 };
const bars = { left: 640, right: cardSize.width - margin, top: 250, bottom: 476 };

export interface CardFacts {
  draft: Draft;
  ladder: SentLadder;
  /** Name of the model. */
  model: string;
  /** Where the page is. */
  address: string;
}

/** Null where the ladder has a single number of shots. */
export function card({ draft, ladder, model, address }: CardFacts, theme: Theme): string | null {
  const ends = endsOf(ladder, draft.shots);
  if (!ends) return null;
  const colours = coloursOf(theme);
  const { width, height } = cardSize;
  const task = text(cut(pieces(nameOf(draft)), longest.task));
  const question = draft.text ?? draft.query;
  const answer = text(cut(pieces(ladder.answer), longest.answer));
  const most = ladder.columns.at(-1)?.k ?? 0;
  const parts = [
    `<rect width="${width}" height="${height}" fill="${colours.paper}"/>`,
    `<rect width="12" height="${height}" fill="${colours.bar}"/>`,
    `<text x="${margin}" y="104" font-family="${serif}" font-size="52" font-weight="600" fill="${colours.ink}">${xml(task)}</text>`,
    written(cut(pieces(question), longest.query), margin, 164, colours, 28),
    ...ends.flatMap((column, at) => answerOf(column, ladder, 264 + at * 140, colours)),
    plain(strings.ladder.title(answer, most), bars.left, 222, 20, colours.quiet),
    ...columnsOf(ladder, ends[1].k, colours),
    `<line x1="${margin}" x2="${width - margin}" y1="540" y2="540" stroke="${colours.line}"/>`,
    `<text x="${margin}" y="586" font-family="${sans}" font-size="24" font-weight="600" fill="${colours.mark}">${xml(address)}</text>`,
    `<text x="${width - margin}" y="586" font-family="${sans}" font-size="20" fill="${colours.quiet}" text-anchor="end">${xml(nameText(model))}</text>`,
  ];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>${xml(cardTitle(ends))}</title>`,
    ...parts,
    '</svg>',
    '',
  ].join('\n');
}

/** What the card says, for those who cannot see it. */
function cardTitle(ends: readonly SentColumn[]): string {
  return ends
    .map(({ k, name }) => `${strings.ladder.shots(k)}${strings.words.colon}${name ?? ''}`)
    .join(strings.ladder.join);
}

/** The column without examples, and that of the prompt as it stands or, where that has none, of most examples. */
export function endsOf(ladder: SentLadder, shots: number): [SentColumn, SentColumn] | null {
  const named = ladder.columns.filter(({ name }) => name !== null);
  const none = named.find(({ k }) => k === 0);
  const some = named.find(({ k }) => k === shots && k > 0) ?? named.at(-1);
  return none && some && some.k > 0 ? [none, some] : null;
}

/** What comes first, and how probable the ladder's answer is, which may be another word. */
function answerOf(
  { k, name, p }: SentColumn,
  { answer }: SentLadder,
  y: number,
  colours: Colours,
): string[] {
  const word = text(cut(pieces(name ?? ''), longest.word));
  const other = text(cut(pieces(answer), longest.beside));
  const known = p === null ? '' : tableProbability(p);
  const beside = name === answer || known === '' ? known : strings.keep.card(other, known);
  return [
    plain(strings.ladder.shots(k), margin, y - 38, 22, colours.quiet),
    `<text x="${margin}" y="${y + 22}" font-family="${mono}" font-size="44" font-weight="600" fill="${colours.ink}" xml:space="preserve">${xml(word)}</text>`,
    `<text x="${bars.left - 48}" y="${y + 22}" font-family="${sans}" font-size="24" fill="${colours.quiet}" text-anchor="end">${xml(beside)}</text>`,
  ];
}

function columnsOf({ columns }: SentLadder, current: number, colours: Colours): string[] {
  const { left, right, top, bottom } = bars;
  const step = (right - left) / columns.length;
  const width = Math.min(64, step * 0.72);
  return columns.flatMap(({ k, p }, at) => {
    const x = left + at * step + (step - width) / 2;
    const length = Math.max(2, (p ?? 0) * (bottom - top));
    const box = (y: number, height: number, fill: string) =>
      `<rect x="${x.toFixed(1)}" y="${y.toFixed(1)}" width="${width.toFixed(1)}" height="${height.toFixed(1)}" fill="${fill}"/>`;
    const weight = k === current ? 700 : 400;
    return [
      box(top, bottom - top, colours.track),
      ...(p === null ? [] : [box(bottom - length, length, colours.bar)]),
      `<text x="${(x + width / 2).toFixed(1)}" y="${bottom + 30}" font-family="${sans}" font-size="20" font-weight="${weight}" fill="${k === current ? colours.ink : colours.quiet}" text-anchor="middle">${k}</text>`,
    ];
  });
}

function text(of: readonly { text: string }[]): string {
  return of.map(({ text }) => text).join('');
}
