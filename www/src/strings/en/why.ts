export const why = {
  heading: 'Why',
  lede: 'Experiments on this prompt. The model runs each of them anew; nothing is looked up.',
  tabs: 'Experiments',
  run: 'Run',
  again: 'Run again',
  stop: 'Stop',
  running: 'Running',
  needsModel: 'Load the model to run it.',
  needsLabels: 'Name at least two labels to compare.',
  needsDemonstrations: (count: number) =>
    count === 1
      ? 'This needs a demonstration: raise the shots.'
      : `This needs ${count} demonstrations: raise the shots.`,
  needsTable: 'This changes the parts of a prompt, and free text has none: go back to the table.',
  needsRivals:
    'Give the table a demonstration whose output is another, to compare the answer with.',
  needsRows: 'This needs rows whose right outputs are known: paste some, or choose a file.',
  needsShots: 'Choose at least one number of shots.',
  saysNothing:
    'The model writes nothing here. Give the right answer, and its probability is measured.',
  noUsableRows:
    'None of the rows can be evaluated: their inputs are among the demonstrations, or their outputs are no labels.',
  progress: (done: number, total: number) => `${done} of ${total}`,
  stopped: 'Stopped: this is what was found by then.',
  old: 'Of an earlier prompt or other settings.',
  answer: 'Right answer',
  answerOf: 'Answer',
  asPredicted: 'the predicted one',
  itsOwn: 'empty: what the model itself writes',
  itsOwnIs: (answer: string) => `empty: what the model itself writes, ${answer}`,
  settings: (rule: string, comparison: string) => `Score: ${rule}; compared with ${comparison}.`,
  rules: {
    sum: 'sum of logprobs',
    perToken: 'per token',
    perCharacter: 'per character',
    perByte: 'per byte',
  },
  comparisons: {
    nothing: 'nothing',
    empty: 'no context (PMI)',
    answer: '“Answer: ” (GPT-3)',
    contentFree: 'a query that says nothing (calibration)',
  },
  /** Between two sentences. */
  gap: ' ',
  mass: 'mass',
  notRun: 'not run: it does not fit',
  inNumbers: 'In numbers',
  save: (name: string) => `Save ${name}`,
  nats: (nats: number) => `${nats < 0 ? '−' : '+'}${Math.abs(nats).toFixed(2)}`,
  natsUnit: 'nats',
  pending: '…',
  lessLikely: 'less likely',
  moreLikely: 'more likely',
  effects: {
    what: 'What to take away',
    whole: 'Demonstrations',
    every: 'Every part',
    caption: (answer: string) => `What each adds to ln P(${answer}), in nats`,
    shapley: 'Shapley values: the mean over all subsets of the others.',
    leaveOneOut: 'Leave-one-out: with it, less without it.',
    parts: 'With it, less without it.',
    strongest: (n: number, direction: 'more' | 'less') =>
      direction === 'more'
        ? `Demonstration ${n} helps the answer most.`
        : `Demonstration ${n} weighs most, and against the answer.`,
    strongestPart: (text: string, direction: 'more' | 'less') =>
      direction === 'more'
        ? `“${text}” helps the answer most.`
        : `“${text}” weighs most, and against the answer.`,
    fromTo: (none: string, all: string, answer: string) =>
      `P(${answer}) is ${none} without demonstrations and ${all} with them.`,
    now: (all: string, answer: string) => `P(${answer}) is ${all} now.`,
    total: 'together',
    roles: {
      instruction: 'instruction',
      demonstration: 'demonstration',
      input: 'input',
      output: 'output',
      query: 'query',
    },
  },
  order: {
    caption: (answer: string) => `P(${answer}) in each order, by the output that stands last`,
    last: (output: string) => `last: ${output}`,
    range: (low: string, high: string, answer: string) =>
      `The order alone takes P(${answer}) from ${low} to ${high}.`,
    flips: (flips: number, orders: number) =>
      flips === 0
        ? `The prediction is the same in all ${orders} orders.`
        : `The prediction flips in ${flips} of ${orders} orders.`,
    present: 'now',
    best: 'best',
    worst: 'worst',
    use: 'Use',
    useOrder: (order: string) => `Use the order ${order}`,
    legendSame: 'predicts the same as now',
    legendOther: 'predicts something else',
    legendNow: 'the order of the prompt',
    head: { order: 'Order', p: 'P', predicted: 'Prediction' },
  },
  variants: {
    gold: 'right',
    random: 'random',
    flipped: 'flipped',
    abstract: 'foo/bar',
    none: 'none',
  },
  variantsFree: {
    gold: 'right',
    random: 'mixed',
    flipped: 'shifted',
    abstract: 'foo/bar',
    none: 'none',
  },
  labels: {
    caption: (isFree: boolean) =>
      isFree
        ? 'Probability of each answer, by the outputs shown'
        : 'Posterior of the labels, by the outputs shown',
    finding: (answer: string, right: string, wrong: string) =>
      `P(${answer}) is ${right} with the right outputs, and ${wrong} with outputs that are wrong in every row.`,
    partial: 'The picture fills as the model reads each variant.',
    head: 'Outputs shown',
  },
  calibrate: {
    caption: 'Posterior of each answer: as asked, asked nothing, and calibrated',
    asked: 'as asked',
    empty: 'asked nothing',
    calibrated: 'calibrated',
    kept: (empty: string, p: string, winner: string) =>
      `Asked nothing, the model already leans to ${empty} (${p}). Calibrated, the answer is still ${winner}.`,
    turned: (empty: string, p: string, winner: string) =>
      `Asked nothing, the model already leans to ${empty} (${p}). Calibrated, the answer becomes ${winner}.`,
    ways: 'What “nothing” is, and the channel',
    input: (input: string) => (input === '' ? 'an empty query' : `the query “${input}”`),
    channel: 'channel: P(query | answer)',
    head: { way: 'Asked', winner: 'Prediction', p: 'Posterior' },
  },
  format: {
    caption: (answer: string) => `P(${answer}) in other formats`,
    own: 'this prompt',
    agree: 'All formats lead to the same prediction.',
    differ: (others: number, all: number) =>
      `${others} of ${all} other formats lead to another prediction.`,
    instead: (answer: string) => `says ${answer}`,
  },
  experiments: {
    influence: {
      name: 'Examples',
      idea: 'Which demonstration did it? Take each away, and see what the answer loses.',
    },
    order: {
      name: 'Order',
      idea: 'Does their order matter? The same demonstrations, in up to 24 orders.',
    },
    labels: {
      name: 'Labels',
      idea: 'Must their outputs be right? The same inputs with wrong outputs, senseless ones, and none.',
    },
    calibrate: {
      name: 'Calibrate',
      idea: 'Is the answer only a bias? Ask the same prompt about nothing, and divide by what it says then.',
    },
    format: {
      name: 'Format',
      idea: 'Does the wording around them matter? The same task in other templates.',
    },
    attribution: {
      name: 'Parts',
      idea: 'Which words does the answer hang on? Blank each part of the prompt in turn.',
    },
    evaluate: {
      name: 'Evaluate',
      idea: 'How often is it right? Accuracy over the number of shots, on rows it has not seen.',
    },
  },
};
