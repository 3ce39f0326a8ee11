/** Evaluating the pinned prompt, A, and the current one on the same rows. */
export const pair = {
  what: 'What to evaluate',
  alone: 'This prompt',
  both: 'A and this prompt',
  ownRowsOfA: (count: number) =>
    count === 1 ? '1 row of the pinned task' : `${count} rows of the pinned task, asked of both`,
  shared: (count: number) =>
    count === 1
      ? 'Both prompts have at least 1 example to draw from.'
      : `Both prompts have at least ${count} examples to draw from.`,
  /** Of the prompt that states are put into. */
  against: {
    what: 'Other prompt',
    outputs: 'this one with other outputs',
    pinned: 'the pinned one',
  },
  needsPinned: 'Pin a prompt to compare with it.',
  obstacles: {
    text: 'A is free text, which has no examples to draw. Swap, go back to the table, and pin it again.',
    freeA:
      'A has no labels and the current prompt does, so the same rows cannot be asked of both. Give both the same labels.',
    freeNow:
      'A has labels and the current prompt does not, so the same rows cannot be asked of both. Give both the same labels.',
    labels: (a: string, now: string) =>
      `The labels differ (A: ${a}; now: ${now}), so the same rows cannot be asked of both. Give both the same labels.`,
    rows: (a: string, now: string) =>
      `“${a}” and “${now}” have different test rows. Paste rows that both should answer, or hold out some of the examples.`,
    same: 'A and the current prompt differ at most in the query and the number of examples, so they would be evaluated alike. Change the instruction, the template or the examples.',
  },
  curve: (isFree: boolean) =>
    isFree
      ? 'Exact matches of A and the current prompt on the same rows, with 95% Wilson intervals'
      : 'Accuracy of A and the current prompt on the same rows, with 95% Wilson intervals',
  first:
    'A is evaluated first. The comparison begins with the first number of examples that both have finished.',
  a: 'A',
  now: 'now',
  head: {
    shots: 'Examples',
    difference: 'Now − A (pp)',
    interval: '95% interval (pp)',
    onlyA: 'Only A right',
    onlyNow: 'Only now right',
    p: 'p',
  },
  range: (low: string, high: string) => `${low} to ${high}`,
  finding: (
    k: string,
    a: string,
    now: string,
    points: string,
    low: string,
    high: string,
    p: string,
  ) =>
    `With ${k}: ${a} correct for A, ${now} now; difference ${points} points (95% interval ${low} to ${high}), p ${p}.`,
  clear: 'Rows that only one of them gets right favour one side more than chance explains.',
  unclear: 'These rows do not show that one is better.',
  test: (several: boolean) =>
    several
      ? 'p: exact sign test over the rows, each counted once for all draws and orders. Interval of the difference: Newcombe 1998, method 10.'
      : 'p: McNemar’s exact test on the rows that only one of them gets right. Interval of the difference: Newcombe 1998, method 10.',
  several:
    'Each number of examples is tested by itself: with several, a small p is easier to find.',
  methods: {
    side: (which: string, name: string, template: string, demonstrations: number) =>
      `${which} is “${name}”, template “${template}”, ${demonstrations} examples`,
    instruction: (instruction: string) => `, instruction “${instruction}”`,
    shots: (shots: string) => `k = ${shots}`,
    same: 'both on the same rows and seeds',
    test: 'difference with the paired interval of Newcombe 1998, exact McNemar or sign test over rows',
  },
};
