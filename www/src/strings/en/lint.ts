/** What is wrong with the whitespace of a prompt, and why that matters. */
export const lint = {
  findings: 'Whitespace problems',
  mend: 'Fix',
  mendNamed: (title: string) => `Fix: ${title}`,
  more: (count: number) => `and ${count} more`,
  byHand: 'Only you know what belongs here.',
  needsModel: 'Load the model to see how a fix changes the answer.',
  effect: 'Most likely next token',
  before: 'now',
  after: 'fixed',
  parts: { instruction: 'Instruction', query: 'Query', text: '' },
  codes: {
    'trailing-space': {
      title: 'Trailing space',
      why: 'Most tokens that begin a word include the space before it. After a trailing space the model has to begin a word without one, which it has rarely seen. One stray space has spoiled whole evaluations (EleutherAI/lm-evaluation-harness#2695).',
    },
    'double-space': {
      title: 'Double space',
      why: 'Two spaces are a different token from one. The examples then teach the model to write a space that the answer you look for does not have.',
    },
    'missing-space': {
      title: 'No space before the outputs',
      why: 'Without a space before it, a word splits into unusual, rarer tokens.',
    },
    'separator-inside': {
      title: 'Separator inside an example',
      why: 'The model reads it as the end of one example and the start of another.',
    },
    'inconsistent-end': {
      title: 'Inconsistent trailing space',
      why: 'Some inputs or outputs end in whitespace and others do not. Nobody sees the difference, but the model may take it as part of the pattern.',
    },
    'delimiter-mismatch': {
      title: 'Missing separator',
      why: 'Either nothing marks where one part ends and the next begins, or two separators do.',
    },
    'carriage-return': {
      title: 'Windows line endings',
      why: 'A carriage return adds a token before each line break. The text that the model learned from has hardly any.',
    },
    tab: {
      title: 'Tabs in the text',
      why: 'They probably come from a spreadsheet. A tab is a different token from a space.',
    },
    'odd-space': {
      title: 'Non-standard spaces',
      why: 'They look like spaces or are invisible, but they are other characters, which the model reads byte by byte.',
    },
    'empty-output': {
      title: 'Example without an output',
      why: 'It teaches the model to answer with nothing.',
    },
    'query-empty': {
      title: 'The query is empty',
      why: 'The prompt asks nothing, so the answer means nothing.',
    },
  },
};
