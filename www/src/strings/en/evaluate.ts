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
  pasteHint:
    'Paste a table with a header row: CSV, tab-separated, JSON Lines or Markdown. At most 200 rows are run.',
  placeholder: 'input,output',
  choose: 'Choose a file…',
  useOwn: 'Use the task’s own rows',
  input: 'Input column',
  output: 'Output column',
  oneColumn: 'The table needs two columns: one for inputs and one for outputs.',
  moreProblems: (count: number) => `${count} more lines have problems.`,
  shots: 'Number of examples',
  seeds: 'Seeds',
  orders: 'Orders',
  draws: 'Choice of examples',
  drawsHint:
    'Each seed picks different examples; each order reshuffles them. Spread between marks is luck, not learning.',
  cost: (rows: number, prompts: number, runs: string) =>
    `${rows === 1 ? '1 row' : `${rows} rows`} × ${prompts === 1 ? '1 prompt' : `${prompts} prompts`} = ${runs} runs`,
  costTime: (time: string) => `, about ${time}`,
  seedAt: (seed: number) => `, seed ${seed}`,
  orderAt: (order: number) => `, order ${order}`,
  shotsAt: (k: number) => (k === 0 ? 'no examples' : k === 1 ? '1 example' : `${k} examples`),
  curve: (isFree: boolean) =>
    isFree
      ? 'Exact matches by number of examples, with 95% Wilson intervals'
      : 'Accuracy by number of examples, with 95% Wilson intervals',
  curveSpread: '; each mark is one seed and order',
  findingSpread: (
    k: string,
    share: string,
    prompts: number,
    min: string,
    max: string,
    low: string,
    high: string,
  ) =>
    prompts === 1
      ? `With ${k}: ${share} correct; 95% interval over rows ${low} to ${high}.`
      : `With ${k}: ${share} correct on average over ${prompts} draws (${min} to ${max}); 95% interval over rows ${low} to ${high}.`,
  finding: (k: string, share: string, correct: number, n: number, low: string, high: string) =>
    `With ${k}: ${share} correct (${correct} of ${n}); 95% interval ${low} to ${high}.`,
  commonest: (share: string) => `Dashed line: always answering the commonest label, ${share}`,
  head: {
    shots: 'Examples',
    accuracy: 'Accuracy',
    interval: '95% interval',
    ece: 'ECE',
    spread: 'Worst – best',
    perplexity: 'Perplexity',
  },
  at: 'Details for',
  confusion: 'Confusion matrix',
  confusionCorner: 'right ↓ predicted →',
  reliability: 'Reliability: accuracy by confidence',
  reliabilityHint: (ece: string) =>
    `Accuracy at each confidence level. Perfect calibration lies on the diagonal. ECE-10: ${ece}.`,
  confidence: 'confidence',
  bin: (from: string, to: string) => `${from} to ${to}`,
  reliabilityHead: {
    bin: 'Confidence',
    n: 'Rows',
    confidence: 'Mean confidence',
    accuracy: 'Accuracy',
  },
  none: '–',
  eachRow: 'Row by row',
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
    surplus: (count: number) => `${count} rows are left out: 200 rows, drawn at random, are run.`,
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
    here: 'this page, 135M',
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
