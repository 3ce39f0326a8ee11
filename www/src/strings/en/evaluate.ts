/** The evaluation under the tab of that name, and what it is compared with. */
export const evaluate = {
  rows: 'Rows',
  ownRows: (count: number) => `${count} rows of this task, none of them an example`,
  pastedRows: (count: number) => (count === 1 ? '1 row' : `${count} rows`),
  fileRows: (count: number, name: string) =>
    `${count === 1 ? '1 row' : `${count} rows`} from ${name}`,
  noRows: 'No rows yet.',
  paste: 'Paste rows or choose a file',
  pasteLabel: 'Rows to evaluate',
  pasteHint: (most: string) =>
    `Paste a table with a header row: CSV, tab-separated, JSON Lines or Markdown. At most ${most} rows are run.`,
  placeholder: 'input,output',
  choose: 'Choose a file…',
  useOwn: 'Use the task’s own rows',
  input: 'Input column',
  output: 'Output column',
  oneColumn: 'The table needs two columns: one for inputs and one for outputs.',
  moreProblems: (count: number) => `${count} more lines have problems.`,
  holdOut: 'Hold out',
  holdOutOf: (rows: number) => `of the ${rows} examples in the table for testing`,
  holdOutHint: (hasLabels: boolean) =>
    hasLabels
      ? 'They are drawn by label, and no prompt shows them. With 0, the rows above are evaluated.'
      : 'They are drawn at random, and no prompt shows them. With 0, the rows above are evaluated.',
  heldOutRows: (count: number) =>
    count === 1 ? '1 row, held out of the table' : `${count} rows, held out of the table`,
  shots: 'Number of examples',
  pool: (count: number) =>
    count === 1 ? 'There is 1 example to draw from.' : `There are ${count} examples to draw from.`,
  calibration: 'Calibration',
  calibrations: {
    nothing: 'none',
    contentFree: 'content-free: empty queries (Zhao et al. 2021)',
    batch: 'batch: the mean over all rows (Zhou et al. 2023)',
    empty: 'PMI: no context (Holtzman et al. 2021)',
    answer: 'against “Answer: ” (Brown et al. 2020)',
    channel: 'noisy channel: P(input | label) (Min et al. 2022)',
  },
  calibratedBy: {
    nothing: 'Uncalibrated.',
    contentFree: 'Content-free calibration.',
    batch: 'Batch calibration.',
    empty: 'PMI: calibrated against no context.',
    answer: 'Calibrated against “Answer: ”.',
    channel: 'Noisy channel.',
  },
  seeds: 'Draws',
  orders: 'Orders',
  draws: 'Choice of examples',
  drawsHint:
    'The first draw takes the examples as they stand in the table; each further one picks others at random, and each order reshuffles them. Spread between marks is luck, not learning.',
  cost: (rows: number, prompts: number, runs: string) =>
    `${rows === 1 ? '1 row' : `${rows} rows`} × ${prompts === 1 ? '1 prompt' : `${prompts} prompts`} = ${runs} runs`,
  costTime: (time: string) => `, about ${time}`,
  seedAt: (seed: number) => (seed === 0 ? ', as in the table' : `, seed ${seed}`),
  orderAt: (order: number) => `, order ${order}`,
  shotsAt: (k: number) => (k === 0 ? 'no examples' : k === 1 ? '1 example' : `${k} examples`),
  curve: (isFree: boolean) =>
    isFree
      ? 'Exact matches by number of examples, with 95% Wilson intervals'
      : 'Accuracy by number of examples, with 95% Wilson intervals',
  curveSpread: '; each mark is one draw and order',
  findingSpread: (
    k: string,
    share: string,
    sd: string | null,
    prompts: number,
    min: string,
    max: string,
    low: string,
    high: string,
  ) => {
    const interval = `95% interval over rows ${low} to ${high}.`;
    if (prompts === 1) return `With ${k}: ${share} correct; ${interval}`;
    const over =
      sd === null
        ? `${share} correct on average over ${prompts} orders`
        : `${share} ± ${sd} correct (mean ± sd over draws of the examples)`;
    return `With ${k}: ${over}, ${min} to ${max}; ${interval}`;
  },
  finding: (k: string, share: string, correct: number, n: number, low: string, high: string) =>
    `With ${k}: ${share} correct (${correct} of ${n}); 95% interval over rows ${low} to ${high}.`,
  commonest: (share: string) => `Dashed line: always answering the commonest label, ${share}`,
  head: {
    shots: 'Examples',
    accuracy: 'Accuracy',
    interval: '95% interval (rows)',
    sd: 'sd (draws)',
    ece: 'ECE',
    spread: 'Worst – best',
    perplexity: 'Perplexity',
  },
  at: 'Details for',
  confusion: 'Confusion matrix',
  confusionCorner: 'right ↓ predicted →',
  reliability: 'Reliability: accuracy by confidence among the labels',
  reliabilityHint: (ece: string) =>
    `Accuracy at each confidence level. Perfect calibration lies on the diagonal. ECE-10: ${ece}.`,
  confidence: 'confidence (among the labels)',
  bin: (from: string, to: string) => `${from} to ${to}`,
  reliabilityHead: {
    bin: 'Confidence',
    n: 'Rows',
    confidence: 'Mean confidence',
    accuracy: 'Accuracy',
  },
  none: '–',
  eachRow: 'Row by row',
  rowsShown: (from: string, to: string, all: string) => `Rows ${from} to ${to} of ${all}`,
  earlier: 'Previous rows',
  later: 'Next rows',
  rowHead: { input: 'Input', right: 'Right', predicted: 'Predicted' },
  wrong: 'wrong',
  cautions: {
    tuning:
      'Several numbers of examples are measured on the same rows, so the best one looks better than it is. Choose the number on some rows and report results on others.',
    few: (rows: number) => `There are only ${rows} rows: look at the interval before you compare.`,
    missing: (label: string) =>
      `No row has the label ${label}, so these figures say nothing about it.`,
    seen: (count: number, first: string) =>
      `${count === 1 ? 'One row is' : `${count} rows are`} left out: the input is already an example (“${first}”), so its answer can be in the prompt.`,
    unknown: (count: number, first: string) =>
      `${count === 1 ? 'One row is' : `${count} rows are`} left out: the output is not one of your labels (“${first}”).`,
    surplus: (count: number, most: string) =>
      `${count === 1 ? 'One row is' : `${count} rows are`} left out: ${most} rows, drawn at random, are run.`,
    tooLong: (shots: string) =>
      `With ${shots} a prompt is too long for the context, so it was not run.`,
  },
  paper: {
    caption: (task: string, metric: string) => `Compared with GPT-3: ${task}, ${metric} in %`,
    metrics: { accuracy: 'accuracy', 'exact match': 'exact match', BLEU: 'BLEU' },
    model: 'Model',
    zero: 'zero',
    one: 'one',
    few: 'few',
    here: 'this page',
    small: 'GPT-3 125M',
    large: 'GPT-3 175B',
    notYet: '–',
    fewIs: (here: string, paper: string) => `Few: ${here} here, ${paper} in the paper.`,
    fewHere: (here: string) => `Few: ${here} here; the paper uses another number.`,
    items: (large: string) =>
      `Brown et al. 2020: 175B from table ${large}; 125M transcribed from table H.1. The test items differ: ours are our own, and few.`,
    bleu: 'Brown et al. 2020, table H.1, transcribed. BLEU is not the share of right answers, so no number on this page compares with it.',
  },
};
