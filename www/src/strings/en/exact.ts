import { formatCount } from '../../util/numerals.ts';

export const exact = {
  exact: 'Exact prompt',
  unfoldExact: 'Show all',
  foldExact: 'Show less',
  ghost: 'What the model would write next',
  stripLabel: 'Tokens of the prompt',
  stripHint: 'Click a token to see what the model expected there.',
  stripPlain: 'Load the model to see how this splits into tokens.',
  tokenDetail: (place: number, id: number, bytes: string, length: number) =>
    `token ${formatCount(place)}: id ${id}, ${length === 1 ? 'byte' : 'bytes'} ${bytes}`,
  tokenCount: (tokens: number, contextLength: number | null) =>
    contextLength === null
      ? `${formatCount(tokens)} tokens`
      : `${formatCount(tokens)} of ${formatCount(contextLength)} tokens`,
  characterCount: (characters: number) => `${formatCount(characters)} characters`,
  legend: 'Colours',
  copy: 'Copy',
  copied: 'Copied',
  roles: {
    instruction: 'instruction',
    input: 'input',
    output: 'output',
    template: 'template',
    query: 'query',
    appended: 'added',
    added: 'put in front by the tokenizer',
  },
  appendedLabel: 'Added to the prompt',
  unappend: 'Remove the last one',
  clearAppended: 'Clear',
  contextUsed: 'How much of the context the prompt fills, in tokens',
  pace: (duration: string) => `about ${duration}`,
  paceTitle:
    'How long this model takes on this device to read a prompt of this length from the start, judged by its earlier runs.',
  surprise: {
    switch: 'What the colours show',
    views: { roles: 'Roles', surprisal: 'Surprisal' },
    bits: 'bits',
    about:
      'How unexpected a token was to the model: −log₂ of the probability that it gave to this token before reading it. 1 bit is a coin toss, 10 bits are 1 in 1,024.',
    scale: 'Surprisal of each token given the tokens before it, in bits',
    from: (from: number, last: boolean) => (last ? `${from}+` : String(from)),
    of: (bits: string, rank: string) => `${bits} bits, rank ${rank}`,
    sum: (bits: string) => `${bits} bits in total`,
    per: (perplexity: string, bitsPerByte: string) =>
      `; perplexity ${perplexity} per token; ${bitsPerByte} bits per byte. The first token has no surprisal: nothing comes before it.`,
    waiting: 'The model reads the prompt again to measure how surprising each token is.',
    needsModel: 'Load the model to see how surprising each token is.',
    onlyOne: 'The first token has no surprisal: nothing comes before it.',
  },
  alternatives: {
    heading: 'What the model expected here',
    name: (token: string) => `${token}: what the model expected here`,
    token: 'Token',
    bar: 'Probability (bar)',
    bits: 'bits',
    rank: (rank: string) => `rank ${rank}`,
    entropy: (bits: string) => `entropy ${bits} bits`,
    came: (token: string) => `${token}: the token in the prompt`,
    follow: (token: string) => `${token}: see what would follow`,
    part: (token: string) => `${token}: part of a character, cannot be used alone`,
    rest: (count: string | null) => (count === null ? 'all others' : `${count} others`),
    hint: 'Click one to see what would follow. ← and → move to the next token.',
    first: 'Nothing comes before the first token, so the model expected nothing here.',
    waiting: 'Running the model…',
  },
  raw: {
    edit: 'Edit as text',
    done: 'Done',
    label: 'The prompt as text',
    matches: 'The text matches the template, so the table follows it.',
    free: 'The text does not match the template, so the table does not follow it.',
    back: 'Back to the table',
  },
};
