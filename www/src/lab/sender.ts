import { taskLabels } from 'shotglass';
import { type Ladder, ladderKey } from '../answer/ladder/ladder.ts';
import { beginsWith } from '../answer/ladder/word-label.ts';
import { askedOf } from '../app/prompt.ts';
import type { Settings } from '../app/settings.ts';
import type { Draft } from '../app/state.ts';
import { isAbout, type Sent, type SentColumn, type SentLadder } from '../share/sent.ts';
import { latest } from '../util/latest.ts';

/** The result that came with a link. It holds for the prompt that it is about, and its ladder for the task as it was then. */
export class Sender {
  #sent: Sent | null = null;
  /** What its labels and its ladder belong to. */
  #task = '';
  readonly #isAbout = latest(isAbout);
  readonly #taskOf = latest(ladderKey);
  readonly #ladderOf = latest(ladderOf);

  /** With the state that it came with. */
  bring(sent: Sent, state: { draft: Draft; settings: Settings }): void {
    this.#sent = sent;
    this.#task = ladderKey(state.draft, state.settings.comparison);
  }

  putAway(): void {
    this.#sent = null;
  }

  /** What the sender saw of this prompt; null where that is not known. */
  of(text: string, draft: Draft, settings: Settings): Sent | null {
    const sent = this.#sent;
    if (!sent || !this.#isAbout(sent, text)) return null;
    // The same prompt may belong to another task, which has labels and a ladder of its own.
    return this.#taskOf(draft, settings.comparison) === this.#task ? sent : withoutTask(sent);
  }

  ladder({ ladder }: Sent, draft: Draft): Ladder | null {
    return ladder && this.#ladderOf(ladder, askedOf(draft).shots);
  }
}

const withoutTask = latest((sent: Sent): Sent => ({ ...sent, classification: null, ladder: null }));

function ladderOf({ answer, ofLabels, columns }: SentLadder, current: number): Ladder {
  const isFirst = ({ name }: SentColumn) =>
    name === null ? null : ofLabels ? name === answer : beginsWith(answer, name);
  return {
    columns: columns.map((column) => ({ ...column, isFirst: isFirst(column) })),
    current,
    answer,
    ofLabels,
  };
}

/** Whether the labels of a result are those of the draft that it came with. */
export function hasItsLabels({ classification }: Sent, draft: Draft): boolean {
  if (!classification) return true;
  const names = taskLabels(askedOf(draft).task).map(({ name }) => name);
  return JSON.stringify(names) === JSON.stringify(classification.labels.map(({ label }) => label));
}
