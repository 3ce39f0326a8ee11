/**
 * The Brier score of guesses that each question's outcome is yes: the mean of `(guess − outcome)²`, where the outcome is 1
 * or 0. From 0, certain and right, to 1, certain and wrong; lower is better. Brier's own (1950) sums over both outcomes
 * and is twice as large.
 */
export function brierScore(guesses: readonly number[], outcomes: readonly boolean[]): number {
  if (guesses.length === 0 || guesses.length !== outcomes.length) {
    throw new RangeError(`${guesses.length} guesses for ${outcomes.length} outcomes`);
  }
  const costs = guesses.map((guess, at) => costOf(guess, outcomes[at] === true));
  return costs.reduce((sum, cost) => sum + cost, 0) / costs.length;
}

/** What one guess adds before the mean is taken. */
export function costOf(guess: number, outcome: boolean): number {
  return (guess - Number(outcome)) ** 2;
}
