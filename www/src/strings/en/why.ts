/** "P(spam) among the labels"; of texts that are no labels the probability in all text. */
const chance = (answer: string, isFree: boolean) =>
  isFree ? `P(${answer})` : `P(${answer}) among the labels`;

export const why = {
  heading: 'Why',
  lede: 'Run experiments on this prompt, live.',
  tabs: 'Experiments',
  run: 'Run',
  again: 'Run again',
  stop: 'Stop',
  running: 'Running',
  needsModel: 'Load the model to run it.',
  needsLabels: 'Enter at least two labels to compare.',
  needsDemonstrations: (count: number) =>
    count === 1
      ? 'Raise the shots: this needs at least one example.'
      : `Raise the shots: this needs at least ${count} examples.`,
  needsTable: 'Go back to the table: this changes parts of the prompt, and free text has none.',
  needsRivals: 'Add an example with a different output to compare the answer with.',
  needsRows: 'Paste rows with known outputs, or choose a file.',
  needsShots: 'Choose at least one number of examples.',
  saysNothing: 'Enter the right answer to measure its probability: the model writes nothing here.',
  noUsableRows:
    'No usable rows: each is already an example, or its output is not one of your labels.',
  progress: (done: number, total: number) => `${done} of ${total}`,
  goOn: (done: string, total: string) => `Continue (${done} of ${total})`,
  notKept:
    'This run is no longer kept in the browser: its storage is full, or another tab runs the same.',
  dropped: {
    damaged: 'A kept result of this experiment could not be read, and was dropped. Run it again.',
    older:
      'A kept result of this experiment is from another version of the page, and was dropped. Run it again.',
  },
  stopped: 'Stopped. These are the results so far.',
  recorded:
    'Recorded: the default model gave these numbers for exactly this prompt. Load the model and press Run to compute them here.',
  old: 'Result of an earlier prompt or other settings.',
  answer: 'Right answer',
  answerOf: 'Answer',
  asPredicted: 'the model’s answer',
  itsOwn: 'empty: what the model writes',
  itsOwnIs: (answer: string) => `empty: what the model writes, ${answer}`,
  ruleOf: (rule: string) => `Scored by ${rule}.`,
  settings: (rule: string, comparison: string) => `Scored by ${rule}, ${comparison}.`,
  rules: {
    sum: 'total log-probability',
    perToken: 'log-probability per token',
    perCharacter: 'log-probability per character',
    perByte: 'log-probability per byte',
  },
  comparisons: {
    nothing: 'uncalibrated',
    empty: 'calibrated against no context (PMI)',
    answer: 'calibrated against “Answer: ” (GPT-3)',
    contentFree: 'calibrated against empty queries',
    batch: 'calibrated by the mean over the rows',
    channel: 'noisy channel',
  },
  /** Between two sentences. */
  gap: ' ',
  mass: 'together',
  notRun: 'not run: too long',
  inNumbers: 'Numbers',
  save: (name: string) => `Save ${name}`,
  nats: (nats: number) => `${nats < 0 ? '−' : '+'}${Math.abs(nats).toFixed(2)}`,
  natsUnit: 'nats',
  pending: '…',
  lessLikely: 'less likely',
  moreLikely: 'more likely',
  effects: {
    what: 'What to remove',
    whole: 'Examples',
    every: 'Every part',
    caption: (answer: string) => `How much each adds to ln P(${answer}), in nats`,
    shapley: 'Shapley values: the average effect over all subsets of the other examples.',
    lime: 'LIME',
    limeHint:
      'LIME (Ribeiro et al. 2016): the slopes of a linear model of the same prompts, in which prompts with more of the examples count more.',
    leaveOneOut: 'Leave-one-out: the value with it minus the value without it.',
    parts: 'The value with it minus the value without it.',
    strongest: (n: number, direction: 'more' | 'less') =>
      direction === 'more'
        ? `Example ${n} helps the answer most.`
        : `Example ${n} has the largest effect and works against the answer.`,
    alike: (count: number, direction: 'more' | 'less') =>
      direction === 'more'
        ? `All ${count} examples help about equally.`
        : `All ${count} examples work against the answer about equally.`,
    alikeParts: (direction: 'more' | 'less') =>
      direction === 'more'
        ? 'All parts help about equally.'
        : 'All parts work against the answer about equally.',
    strongestPart: (text: string, direction: 'more' | 'less') =>
      direction === 'more'
        ? `“${text}” helps the answer most.`
        : `“${text}” has the largest effect and works against the answer.`,
    fromTo: (none: string, all: string, answer: string) =>
      `P(${answer}) is ${none} without examples and ${all} with them.`,
    now: (all: string, answer: string) => `P(${answer}) is ${all} now.`,
    total: 'together',
    roles: {
      instruction: 'instruction',
      demonstration: 'example',
      input: 'input',
      output: 'output',
      query: 'query',
    },
  },
  order: {
    caption: (answer: string, isFree: boolean) =>
      `${chance(answer, isFree)} in each order, grouped by the last output`,
    last: (output: string) => `last: ${output}`,
    range: (low: string, high: string, answer: string, isFree: boolean) =>
      `The order alone moves ${chance(answer, isFree)} from ${low} to ${high}.`,
    alike: (low: string, high: string, answer: string, isFree: boolean) =>
      `The order matters little: ${chance(answer, isFree)} stays between ${low} and ${high}.`,
    flips: (flips: number, orders: number) =>
      flips === 0
        ? `The prediction is the same in all ${orders} orders.`
        : `The prediction changes in ${flips} of ${orders} orders.`,
    present: 'now',
    presentBest: 'now, the best',
    presentWorst: 'now, the worst',
    best: 'best',
    worst: 'worst',
    use: 'Use',
    useOrder: (order: string) => `Use order ${order}`,
    legendSame: 'same prediction as now',
    legendOther: 'different prediction',
    legendNow: 'order of the prompt',
    head: {
      order: 'Order',
      p: (isFree: boolean) => (isFree ? 'P' : 'Among the labels'),
      predicted: 'Prediction',
    },
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
        : 'Probability of each label among the labels, by the outputs shown',
    finding: (answer: string, right: string, wrong: string, isFree: boolean) =>
      `${chance(answer, isFree)} is ${right} with the right outputs and ${wrong} when every output is wrong.`,
    partial: 'The chart fills in as the model reads each variant.',
    head: 'Outputs shown',
  },
  calibrate: {
    caption: (isFree: boolean) =>
      `Probability of each answer among the ${isFree ? 'answers compared' : 'labels'}: as asked, with an empty query, and calibrated`,
    asked: 'as asked',
    empty: 'empty query',
    calibrated: 'calibrated',
    kept: (empty: string, p: string, winner: string, isFree: boolean) =>
      `With an empty query the model already leans towards “${empty}” (${p} among the ${isFree ? 'answers compared' : 'labels'}). After calibration it still says “${winner}”.`,
    turned: (empty: string, p: string, winner: string, isFree: boolean) =>
      `With an empty query the model already leans towards “${empty}” (${p} among the ${isFree ? 'answers compared' : 'labels'}). After calibration it says “${winner}”.`,
    ways: 'Empty queries used, and noisy-channel scores',
    input: (input: string) => (input === '' ? 'an empty query' : `the query “${input}”`),
    channel: 'noisy channel: P(query | answer), as a share',
    head: {
      way: 'Query',
      winner: 'Prediction',
      p: (isFree: boolean) => (isFree ? 'Among the answers compared' : 'Among the labels'),
    },
  },
  format: {
    caption: (answer: string, isFree: boolean) => `${chance(answer, isFree)} in other formats`,
    own: 'this prompt',
    agree: 'All formats give the same prediction.',
    differ: (others: number, all: number) =>
      `${others} of ${all} other formats give a different prediction.`,
    instead: (answer: string) => `says ${answer}`,
  },
  /** What the experiments of a group ask about. */
  groups: { prompt: 'This prompt', inside: 'Inside the model', rows: 'Many rows' },
  experiments: {
    influence: {
      name: 'Examples',
      idea: 'Which example matters? Remove each one and see how the answer changes.',
    },
    order: {
      name: 'Order',
      idea: 'Does the order matter? Same examples, in up to 24 orders.',
    },
    labels: {
      name: 'Labels',
      idea: 'Do the labels have to be right? Same inputs with wrong, nonsense and no labels.',
    },
    calibrate: {
      name: 'Calibrate',
      idea: 'Is it just bias? Ask with an empty query and divide that bias out.',
    },
    format: {
      name: 'Format',
      idea: 'Does the formatting matter? Same examples, other templates.',
    },
    attribution: {
      name: 'Parts',
      idea: 'Which words does the answer depend on? Blank out each part of the prompt in turn.',
    },
    lens: {
      name: 'Layers',
      idea: 'In which layer does the answer appear? The prediction after each layer, with more and more examples.',
    },
    patch: {
      name: 'Patching',
      idea: 'Where does the model carry what the examples say? States of this prompt, put into one with other outputs.',
    },
    heads: {
      name: 'Heads',
      idea: 'Which heads copy from earlier examples? What each head of the model attends to.',
    },
    probe: {
      name: 'Probe',
      idea: 'Is the label already in the hidden state? A linear classifier reads it after each layer.',
    },
    vector: {
      name: 'Vector',
      idea: 'Can one vector stand for all examples? Put it into the prompt that has none.',
    },
    choose: {
      name: 'Choose',
      idea: 'Which examples should this query have? Five ways to choose them from the table.',
    },
    manyShots: {
      name: 'Many shots',
      idea: 'Do more examples help? From one to 512, or as many as fit.',
    },
    sentences: {
      name: 'Sentences',
      idea: 'Which of two sentences is more probable, and by which word? No examples, no query.',
    },
    evaluate: {
      name: 'Evaluate',
      idea: 'How often is it right? Accuracy by number of examples, on held-out rows.',
    },
    compare: {
      name: 'Evaluate',
      idea: 'Which prompt is right more often? A and this prompt on the same rows, with the same draws.',
    },
    models: {
      name: 'Models',
      idea: 'What does size buy? The same examples and rows, one line for each model.',
    },
  },
};
