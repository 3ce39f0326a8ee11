import type { LabModel } from './lab-model.ts';

/**
 * What a model says of each item, in their order. A model that answers calls side by side, and limits how many, is asked
 * of all at once, any other of one after the other, as they are taken. The work of the others goes on if one fails.
 */
export async function* answersOf<Item, Answer>(
  { concurrency = 1 }: Pick<LabModel, 'concurrency'>,
  items: readonly Item[],
  ask: (item: Item) => Promise<Answer>,
): AsyncGenerator<Answer, void, undefined> {
  const begun = concurrency > 1 ? items.map(ask) : [];
  // Nobody awaits the others where one fails.
  for (const answer of begun) answer.catch(() => {});
  for (const [at, item] of items.entries()) yield await (begun[at] ?? ask(item));
}
