import type { Card } from './card.ts';
import type { Experiment, ExperimentId } from './experiment.ts';
import type { Figure } from './figure.ts';

const fetched = new Map<ExperimentId, Card>();

/**
 * The card of an experiment.
 *
 * @throws {@link NotFetched}
 */
export async function cardOf({
  id,
  fetchCard,
}: Pick<Experiment, 'id' | 'fetchCard'>): Promise<Card> {
  const card = await fetchCard();
  fetched.set(id, card);
  return card;
}

/** The card that made a figure, which is there as long as the figure is. */
export function cardThatMade({ experiment }: Figure): Card {
  const card = fetched.get(experiment);
  if (!card) throw new Error(`A figure of ${experiment} was there before its card.`);
  return card;
}
