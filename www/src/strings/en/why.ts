export const why = {
  heading: 'Why',
  lede: 'Experiments on this prompt. The model runs each of them anew; nothing is looked up.',
  tabs: 'Experiments',
  rows: 'Rows to evaluate',
  rowsHint:
    'Paste a table with a heading: inputs first, outputs second (CSV, tabs or JSON lines). None of its inputs may be among the demonstrations.',
  rowsPlaceholder: 'input,output',
  run: 'Run',
  stop: 'Stop',
  needsModel: 'Load the model to run it.',
  needsLabels: 'Name at least two answers.',
  needsDemonstrations: 'This needs demonstrations: raise the shots.',
  progress: (done: number, total: number) => `${done} of ${total}`,
  stopped: 'Stopped: this is what was found by then.',
  old: 'From an earlier prompt.',
  answer: (winner: string, mass: string) => `${winner}; mass ${mass}`,
  massHint:
    'Bars: the posterior, which sums to 100% over the answers. Mass: how much of the whole distribution they own.',
  effectHint:
    'Bars: the change in the log-probability of the answer, with the part less without it.',
  notRun: 'not run: too long for the context',
  asAsked: 'as asked',
  contentFree: ['asked “N/A”', 'asked nothing', 'asked “[MASK]”'],
  calibrated: 'calibrated',
  channel: 'channel: P(query | answer)',
  rule: 'Score',
  rules: {
    sum: 'sum of logprobs',
    perToken: 'per token',
    perCharacter: 'per character',
    perByte: 'per byte',
  },
  comparison: 'Compare against',
  comparisons: {
    nothing: 'nothing',
    empty: 'no context (PMI)',
    answer: '“Answer: ” (GPT-3)',
    contentFree: 'a query that says nothing (calibration)',
  },
  save: (name: string) => `Save ${name}`,
  shots: (k: number) => (k === 1 ? '1 shot' : `${k} shots`),
  flips: (flips: number, orders: number) =>
    `The answer differs from that of the first order in ${flips} of ${orders} orders.`,
  agree: (answers: number) =>
    answers === 1 ? 'All formats lead to one answer.' : `The formats lead to ${answers} answers.`,
  variants: {
    gold: 'as they are',
    random: 'drawn at random',
    flipped: 'exchanged',
    abstract: 'foo, bar, …',
    none: 'left out',
  },
  nats: (nats: number) => `${nats < 0 ? '−' : '+'}${Math.abs(nats).toFixed(2)} nats`,
  shapley: (label: string) =>
    `Shapley values: what each demonstration adds to ln P(${label}), over all subsets.`,
  leaveOneOut: (label: string) =>
    `Leave-one-out: what ln P(${label}) loses without each demonstration.`,
  attribution: (label: string) => `What each part of the prompt adds to ln P(${label}).`,
  accuracy: (correct: number, n: number, share: string) => `${share}: ${correct} of ${n} right`,
  intervalHint: 'Bars: accuracy. Lines: its 95% Wilson interval.',
  noRows: 'There are no rows to evaluate. Paste a table with a heading.',
  problem: (line: number, message: string) => `Line ${line}: ${message}`,
  experiments: {
    calibrate: {
      name: 'Calibrate',
      idea: 'Is the answer only a bias? Ask the same prompt about nothing, and divide by what it says then.',
      finding: 'What the model prefers when asked nothing is its bias; calibrated is what is left.',
    },
    shots: {
      name: 'Shots',
      idea: 'How much does each demonstration buy? The same query after none, one, two, and so on.',
      finding: 'Watch the mass: demonstrations teach first of all what an answer looks like.',
    },
    order: {
      name: 'Order',
      idea: 'Does the order of the demonstrations matter? All orders of up to four, else 24.',
    },
    labels: {
      name: 'Labels',
      idea: 'Do the labels in the demonstrations have to be right? The same with wrong ones, and with none.',
      finding:
        'Where wrong labels change little, the model took the form from them and not the task.',
    },
    influence: {
      name: 'Examples',
      idea: 'Which demonstration did it? Leave out each, and see what the answer loses.',
    },
    format: {
      name: 'Format',
      idea: 'Does the wording around the examples matter? The same task in other templates.',
    },
    attribution: {
      name: 'Parts',
      idea: 'Which part of the prompt does the answer depend on? Leave out each in turn.',
    },
    evaluate: {
      name: 'Evaluate',
      idea: 'How often is it right on your data? Accuracy over the number of shots.',
    },
  },
};
