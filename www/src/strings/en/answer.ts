import { formatCount } from '../../util/numerals.ts';

export const answer = {
  views: 'Views of the answer',
  viewNames: { words: 'Words', labels: 'Labels', tokens: 'Tokens', text: 'Text' },
  answer: 'Answer',
  tableCaption: 'The most probable next tokens, and all others together',
  nextToken: 'Next token',
  probability: 'Probability',
  p: 'p',
  logprob: 'logprob',
  logprobTitles: {
    nats: 'Log-probability: the natural logarithm of the probability, in nats',
    bits: 'Log-probability: the binary logarithm of the probability, in bits',
  },
  bytes: 'bytes',
  tokenBytes: (id: number, hex: string, count: number) =>
    `id ${formatCount(id)}, ${count === 1 ? 'byte' : `${count} bytes`} ${hex}`,
  scales: 'Columns and scales',
  columnsName: 'Columns',
  columns: { probability: 'probability', all: 'all columns' },
  unit: 'Logprob in',
  units: { nats: 'nats', bits: 'bits' },
  axis: 'Axis',
  axes: { linear: 'linear', log: 'log' },
  rank: 'rank',
  show: 'Show',
  rest: (count: number | null) =>
    count === null
      ? 'all other tokens'
      : count === 1
        ? '1 other token'
        : `all ${formatCount(count)} other tokens`,
  /** A server lists only its best: how many, and of how many, where it tells. */
  topOnly: (top: number, all: number | null, rest: string) =>
    all === null
      ? `The server tells the ${formatCount(top)} most probable tokens. The rest is ${rest}.`
      : `The server tells the ${formatCount(top)} most probable of ${formatCount(all)} tokens. The rest is ${rest}.`,
  appendToken: (token: string, p: string, rank: number) =>
    `Add ${token}: ${p}, rank ${formatCount(rank)}`,
  appendHint: 'Most likely next tokens. Click one to add it to the prompt.',
  notAppendable: 'This token is part of a character and cannot be added alone',
  entropy: 'Entropy',
  entropyTitle:
    'How uncertain the model is about the next token: the average surprisal over the full vocabulary. It is 0 if one token is certain.',
  nats: 'nats',
  choices: (choices: string) =>
    `about as uncertain as a choice between ${choices} equally likely tokens`,
  costServer: (tokens: string | null, duration: string) =>
    tokens === null ? `${duration} on the server` : `${tokens} tokens, ${duration} on the server`,
  cost: (tokens: string, cached: string, duration: string) =>
    `${tokens} tokens (${cached} reused), ${duration}`,
  running: 'Running the model',
  longRun: (tokens: string, timeLeft: string) => (timeLeft ? `${tokens}, ${timeLeft}` : tokens),
  stopRun: 'Stop',
  runStopped: 'Stopped. This prompt has not been answered.',
  runAgain: 'Run it',
  runningTokens: (done: number, total: number) =>
    `${formatCount(done)} of ${formatCount(total)} tokens`,
  topToken: (token: string, p: string) => `Top token: ${token}, ${p}`,
};
