/** The evaluation under the tab of that name, and what it is set beside. */
export const evaluate = {
  rows: 'Rows',
  ownRows: (count: number) => `${count} rows of this task, none among its demonstrations`,
  pastedRows: (count: number) => (count === 1 ? '1 row' : `${count} rows`),
  fileRows: (count: number, name: string) =>
    `${count === 1 ? '1 row' : `${count} rows`} of ${name}`,
  noRows: 'No rows yet.',
  paste: 'Paste rows or choose a file',
  pasteLabel: 'Rows to evaluate',
  pasteHint: 'A table with a heading: CSV, tabs, JSON lines or Markdown. At most 200 rows are run.',
  placeholder: 'input,output',
  choose: 'Choose a file…',
  useOwn: 'Use the task’s own rows',
  input: 'Input column',
  output: 'Output column',
  oneColumn: 'The table needs two columns, one for inputs and one for outputs.',
  moreProblems: (count: number) => `And ${count} more such lines.`,
  shots: 'Shots',
  seeds: 'Seeds',
  orders: 'Orders',
  draws: 'Draws of the demonstrations',
  drawsHint:
    'Each seed draws other demonstrations; each order shows the same ones otherwise. How far the marks lie apart is luck, not learning. What a preset says of itself is measured behind its first demonstrations, as they stand.',
  cost: (rows: number, prompts: number, runs: string) =>
    `${rows === 1 ? '1 row' : `${rows} rows`} × ${prompts === 1 ? '1 prompt' : `${prompts} prompts`} = ${runs} runs`,
  costTime: (time: string) => `, about ${time}`,
  seedAt: (seed: number) => `, seed ${seed}`,
  orderAt: (order: number) => `, order ${order}`,
  shotsAt: (k: number) => (k === 1 ? '1 shot' : `${k} shots`),
  curve: (isFree: boolean) =>
    isFree
      ? 'Exact matches over shots, with 95% Wilson intervals'
      : 'Accuracy over shots, with 95% Wilson intervals',
  curveSpread: '; the marks are single seeds and orders',
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
      ? `At ${k}, ${share} are right. The interval goes from ${low} to ${high}.`
      : `At ${k}, ${share} are right on average over ${prompts} choices of demonstrations: ${min} with the worst, ${max} with the best. The interval of the mean goes from ${low} to ${high}.`,
  finding: (k: string, share: string, correct: number, n: number, low: string, high: string) =>
    `At ${k}, ${share} are right: ${correct} of ${n}. The interval goes from ${low} to ${high}.`,
  commonest: (share: string) => `dashed: always the commonest label, ${share}`,
  head: {
    shots: 'Shots',
    accuracy: 'Accuracy',
    right: 'Right',
    interval: '95% interval',
    mass: 'Mass',
    ece: 'ECE',
    spread: 'Worst – best',
    perplexity: 'Perplexity',
  },
  at: 'Look closer at',
  confusion: 'Confusion matrix',
  confusionHint: 'Rows: the right label. Columns: the prediction.',
  confusionCorner: 'right ↓ predicted →',
  reliability: 'Reliability: accuracy over confidence',
  reliabilityHint: (ece: string) =>
    `Bars: how often it is right when it is that sure. On the diagonal it would be as right as it is sure. ECE-10: ${ece}.`,
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
      'Several numbers of shots are measured on the same rows: the best of them looks better than it is. Choose k on some rows, and report others.',
    few: (rows: number) => `Only ${rows} rows: look at the interval before you compare.`,
    missing: (label: string) => `No row has the label ${label}: these figures say nothing of it.`,
    seen: (count: number, first: string) =>
      `${count === 1 ? 'One row is' : `${count} rows are`} left out: the input is among the demonstrations (“${first}”). What can be shown with its answer is no test.`,
    unknown: (count: number, first: string) =>
      `${count === 1 ? 'One row is' : `${count} rows are`} left out: the output is none of the labels (“${first}”).`,
    surplus: (count: number) => `${count} rows are left out: 200, drawn from all, are run.`,
    tooLong: (shots: string) => `At ${shots} a prompt is too long for the context: not run.`,
  },
  paper: {
    caption: (task: string, metric: string) => `Beside GPT-3, by shots: ${task}, ${metric} in %`,
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
    fewHere: (here: string) => `Few: ${here} here; the paper’s number differs.`,
    items: (large: string) =>
      `Brown et al. 2020: 175B from table ${large}; 125M transcribed from table H.1. The items differ: ours are our own, and few.`,
    bleu: 'Brown et al. 2020, table H.1, transcribed. BLEU is not the share of right answers: no number of this page can stand beside it.',
  },
};
