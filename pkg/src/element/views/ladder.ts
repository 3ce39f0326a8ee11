/** The probability of one answer over the number of shots, as columns and a sentence. */

import { formatProbability } from '../../format/numbers.js';
import {
  type Ladder,
  type LadderColumn,
  type LadderFigure,
  ladderFigure,
} from '../state/ladder.js';
import type { Strings } from '../strings/index.js';
import { h } from './dom.js';
import { tokenName } from './tokens.js';
import { spokenDrawn } from './visible.js';

/** With more columns than these, only the first, the present and the last have their numbers of shots below them. */
const MOST_NUMBERED = 16;

/** A column for each number of shots. */
export function ladder(reading: Ladder, strings: Strings): HTMLElement {
  const figure = ladderFigure(reading);
  if (figure === null) return h('p', { class: 'quiet' }, strings.running);
  const { shots, most } = reading;
  const isNumbered = (k: number) => most < MOST_NUMBERED || k === 0 || k === shots || k === most;
  const [before, after] = strings.ladderCaption.split('…');
  return h(
    'figure',
    { class: 'ladder' },
    h(
      'figcaption',
      { part: 'caption' },
      before ?? '',
      tokenName({ drawn: figure.name }, strings),
      after ?? '',
    ),
    h(
      'div',
      { class: 'chart' },
      h(
        'div',
        { class: 'scale', 'aria-hidden': 'true' },
        h('span', {}, '100%'),
        h('span', {}, '0'),
      ),
      h(
        'ol',
        {},
        ...figure.columns.map((column) =>
          columnItem(column, column.shots === shots, isNumbered(column.shots), strings),
        ),
      ),
    ),
    h('p', { class: 'sentence', part: 'sentence' }, sentenceOf(figure, shots, strings)),
  );
}

/** What is read out of the present column. */
export function topOfLadder(reading: Ladder, strings: Strings): string {
  const figure = ladderFigure(reading);
  const p = figure?.columns[reading.shots]?.p;
  if (!figure || p == null) return strings.noRecord;
  const name = spokenDrawn(figure.name, strings);
  return strings.topLadder(name, strings.percent(p), reading.shots);
}

function columnItem(
  { shots, p }: LadderColumn,
  isPresent: boolean,
  isNumbered: boolean,
  strings: Strings,
): HTMLLIElement {
  const filled = h('span', { class: 'filled', part: 'bar' });
  filled.style.blockSize = `${Math.min(1, p ?? 0) * 100}%`;
  const shown = p === null ? strings.notRecorded : formatProbability(p);
  return h(
    'li',
    {
      class: isPresent ? 'present' : null,
      part: isPresent ? 'column present' : 'column',
      title: `${strings.shotsSpoken(shots)}: ${shown}`,
      'aria-current': isPresent ? 'true' : null,
    },
    h('span', { class: p === null ? 'bar unknown' : 'bar', 'aria-hidden': 'true' }, filled),
    h('span', { class: 'under', 'aria-hidden': 'true' }, isNumbered ? String(shots) : ''),
    h('span', { class: 'heard' }, `${strings.shotsSpoken(shots)}: `),
    p === null
      ? h('span', { class: 'heard' }, shown)
      : h('data', { class: 'heard', value: p }, shown),
  );
}

/** The present number beside that of no shots, or of the most; and which of the numbers are live. */
function sentenceOf({ isRight, columns }: LadderFigure, shots: number, strings: Strings): string {
  const known = columns.filter(({ p }) => p !== null);
  const present = known.find((column) => column.shots === shots);
  const other = shots === 0 ? known.at(-1) : known[0];
  const points = [present, other].filter((column) => column !== undefined);
  const said = [...new Set(points)].map(({ shots, p }) => ({
    shots,
    p: formatProbability(p ?? 0),
  }));
  const live = known.filter(({ isLive }) => isLive).map(({ shots }) => String(shots));
  const isMixed = live.length > 0 && live.length < known.length;
  return strings.ladderSentence(isRight, said) + (isMixed ? strings.ladderLive(live) : '');
}
