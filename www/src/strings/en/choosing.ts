/** "P(spam) among the labels"; of texts that are no labels the probability in all text. */
const chance = (answer: string, isFree: boolean) =>
  isFree ? `P(${answer})` : `P(${answer}) among the labels`;

/** Which examples to choose, how many, and which of two sentences is more probable. */
export const choosing = {
  choose: {
    caption: (answer: string, shots: number, rows: number, isFree: boolean) =>
      `${chance(answer, isFree)} with ${shots} of ${rows} examples, chosen in five ways`,
    methods: {
      similar: 'Most similar',
      oneShot: 'Best alone',
      bm25: 'Shared words',
      random: 'Random',
      worst: 'Least similar',
    },
    how: {
      similar: 'KATE: the nearest mean hidden states of the inputs',
      oneShot: {
        answer: 'EPR’s score: the right answer is most probable after each of these alone',
        neighbours:
          'EPR’s score, with the answers of the three most similar rows: the answer here is not known',
      },
      bm25: 'BM25: rare words in common with the query',
      random: 'Drawn with seed 1',
      worst: 'The farthest mean hidden states; not the worst for the answer',
    },
    order: 'The best of each stands last, next to the query.',
    use: 'Use these',
    useOf: (method: string) => `Use these: ${method}`,
    all: 'All examples of the table are shown, so only their order differs. Lower the shots, or add rows.',
    leftOut: (count: number) =>
      count === 1
        ? 'One row has the query as its input, and is left out.'
        : `${count} rows have the query as their input, and are left out.`,
    finding: (similar: string, random: string, answer: string, isFree: boolean) =>
      `${chance(answer, isFree)} is ${similar} with the most similar examples and ${random} with random ones.`,
    findingRows: (rows: number, similar: number, random: number) =>
      `On ${rows} held-out rows, the most similar are right on ${similar} and random ones on ${random}.`,
    bars: (rows: number, isFree: boolean) =>
      `${isFree ? 'Exact matches' : 'Accuracy'} on ${rows} held-out rows, each with examples of its own, with 95% Wilson intervals`,
    barsHint:
      'No method sees the answer of a held-out row. “Best alone” uses the answers of the three most similar rows of the table.',
    head: { method: 'Chosen by', examples: 'Examples', correct: 'Right', interval: '95% interval' },
    correct: (correct: number, n: number) => `${correct} of ${n}`,
  },
  manyShots: {
    caption: (answer: string, isFree: boolean) =>
      `${chance(answer, isFree)} by number of examples, on a logarithmic axis`,
    accuracy: (rows: number, isFree: boolean) =>
      `${isFree ? 'exact matches' : 'accuracy'} on ${rows} held-out rows, with 95% Wilson intervals`,
    finding: (
      first: string,
      last: string,
      from: number,
      to: number,
      answer: string,
      isFree: boolean,
    ) =>
      `${chance(answer, isFree)} is ${first} with ${from === 1 ? 'one example' : `${from} examples`} and ${last} with ${to}.`,
    findingRows: (rows: number, first: number, last: number) =>
      `On ${rows} held-out rows, it is right on ${first} at first and on ${last} at the end.`,
    ended: (shots: number) => `${shots} examples do not fit into the context.`,
    more: (rows: number) =>
      `The table has ${rows} examples. Paste or open a larger one to go on, up to 512.`,
    head: { shots: 'Examples', correct: 'Right', interval: '95% interval' },
  },
  sentences: {
    what: 'Sentences to compare',
    own: 'Two sentences of yours',
    preset: 'Our pairs',
    first: 'First sentence',
    second: 'Second sentence',
    needs: 'Enter two different sentences.',
    captionPairs:
      'How often the acceptable sentence is more probable, by paradigm, with 95% Wilson intervals',
    caption: 'ln P of each token in the first sentence, minus the second',
    finding: (correct: number, n: number, low: string, high: string) =>
      `The acceptable sentence is more probable in ${correct} of ${n} pairs (95% interval ${low} to ${high}).`,
    findingTwo: (which: 'first' | 'second', nats: string, times: string) =>
      `The ${which} sentence is more probable, by ${nats} nats: ${times} times as probable.`,
    findingEqual: 'Both sentences are equally probable.',
    decisive: (first: string, second: string) =>
      first === second
        ? `Most of it comes from “${first}”, which follows from what stands before it.`
        : `Most of it comes from “${first}” against “${second}”.`,
    nothing: '(nothing)',
    all: 'all pairs',
    wrong: 'Pairs whose other sentence is more probable',
    none: 'There is none.',
    every: (count: number) => `All ${count} pairs`,
    notRun: (count: number) => `${count} pairs could not be scored.`,
    head: {
      paradigm: 'Paradigm',
      good: 'Acceptable',
      bad: 'Not acceptable',
      difference: 'Difference in nats',
    },
    differs: 'differs',
    paradigms: {
      'subject-verb agreement': 'subject-verb agreement',
      'anaphor agreement': 'anaphor agreement',
      'determiner-noun agreement': 'determiner-noun agreement',
      'irregular forms': 'irregular forms',
      islands: 'islands',
      'negative polarity': 'negative polarity',
      'argument structure': 'argument structure',
      quantifiers: 'quantifiers',
    },
  },
};
