import { taskLabels } from 'shotglass';
import { type Ladder, ladderKey } from '../answer/ladder/ladder.ts';
import { beginsWith } from '../answer/ladder/word-label.ts';
import { askedOf } from '../app/prompt.ts';
import type { Settings } from '../app/settings.ts';
import type { Draft } from '../app/state.ts';
import type { Sent, SentColumn, SentLadder } from '../share/sent.ts';
import { fingerprint } from '../util/fingerprint.ts';
import { latest } from '../util/latest.ts';

/** A result of a link, and what its labels and its ladder belong to. */
interface Brought {
  sent: Sent;
  task: string;
}

/**
 * The results that came with a link: of the prompt and of the pinned one. Each holds for the prompt that it is about, and
 * its ladder for the task as it was then.
 */
export class Sender {
  #brought: readonly Brought[] = [];
  readonly #present = new Finder();
  readonly #pinned = new Finder();
  readonly #ofTask = latest((sent: Sent, draft: Draft) =>
    hasItsLabels(sent, draft) ? sent : { ...sent, classification: null },
  );

  /** With the state that it came with. */
  bring(sent: Sent, state: { draft: Draft; settings: Settings }): void {
    const task = ladderKey(state.draft, state.settings.comparison);
    this.#brought = [...this.#brought, { sent, task }];
  }

  putAway(): void {
    this.#brought = [];
  }

  /** What the sender saw of the present prompt; null where that is not known. */
  of(text: string, draft: Draft, settings: Settings): Sent | null {
    const sent = this.#present.find(this.#brought, text, draft, settings);
    return sent && this.#ofTask(sent, draft);
  }

  /** The same of the pinned prompt, whose labels may be those of another. */
  ofPinned(text: string, draft: Draft, settings: Settings): Sent | null {
    return this.#pinned.find(this.#brought, text, draft, settings);
  }

  ladder(sent: Sent, draft: Draft): Ladder | null {
    return this.#present.ladder(sent, draft);
  }

  pinnedLadder(sent: Sent, draft: Draft): Ladder | null {
    return this.#pinned.ladder(sent, draft);
  }
}

/** Looks up one prompt again and again; the same is the same object. */
class Finder {
  readonly #printOf = latest(fingerprint);
  readonly #taskOf = latest(ladderKey);
  readonly #ladderOf = latest(ladderOf);
  readonly #withoutTask = latest(
    (sent: Sent): Sent => ({ ...sent, classification: null, ladder: null }),
  );

  find(brought: readonly Brought[], text: string, draft: Draft, settings: Settings): Sent | null {
    if (brought.length === 0) return null;
    const print = this.#printOf(text);
    const found = brought.find(({ sent }) => sent.prompt === print);
    if (!found) return null;
    // The same prompt may belong to another task, which has labels and a ladder of its own.
    const isIts = this.#taskOf(draft, settings.comparison) === found.task;
    return isIts ? found.sent : this.#withoutTask(found.sent);
  }

  ladder({ ladder }: Sent, draft: Draft): Ladder | null {
    return ladder && this.#ladderOf(ladder, askedOf(draft).shots);
  }
}

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
