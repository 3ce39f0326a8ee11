/** What the white space of a prompt does wrong, and why that matters. */
export const lint = {
  findings: 'White space that does harm',
  mend: 'Mend',
  mendNamed: (title: string) => `Mend: ${title}`,
  more: (count: number) => `and ${count} more`,
  byHand: 'Only you know what belongs there.',
  needsModel: 'Loaded, the model shows what mending does to the answer.',
  effect: 'The most probable next token',
  before: 'as it is',
  after: 'mended',
  parts: { instruction: 'Instruction', query: 'Query', text: '' },
  codes: {
    'trailing-space': {
      title: 'Ends in a space',
      why: 'Most tokens that begin a word bring their own space. After a space the model has to begin a word without one, which it has hardly ever seen; one stray space has cost whole evaluations their result (EleutherAI/lm-evaluation-harness#2695).',
    },
    'double-space': {
      title: 'Two spaces meet',
      why: 'Two spaces are other tokens than one. The demonstrations then teach the model to write something that is not there in the answer you look for.',
    },
    'missing-space': {
      title: 'No space before the outputs',
      why: 'Glued to what stands before it, a word is cut into other tokens than usual, and those are rarer.',
    },
    'separator-inside': {
      title: 'A separator inside a demonstration',
      why: 'To the model it reads as the end of one demonstration and the beginning of another.',
    },
    'inconsistent-end': {
      title: 'White space at some ends',
      why: 'Some inputs or outputs end in white space and others do not: a difference that nobody sees, and that the model may take for a part of the pattern.',
    },
    'delimiter-mismatch': {
      title: 'Parts run into one another',
      why: 'Nothing tells the model where one part ends and the next begins, or two separators do.',
    },
    'carriage-return': {
      title: 'Line ends of another system',
      why: 'A carriage return is a token of its own before each new line; the text that the model learned from has hardly any.',
    },
    tab: {
      title: 'Tabs in the text',
      why: 'Probably left over from a spreadsheet. A tab is another token than a space.',
    },
    'odd-space': {
      title: 'Spaces that are no plain spaces',
      why: 'They look like spaces, or like nothing, but they are other characters, which the model reads byte by byte.',
    },
    'empty-output': {
      title: 'A demonstration without an output',
      why: 'It teaches the model to answer with nothing.',
    },
    'query-empty': {
      title: 'The query is empty',
      why: 'Nothing is asked, so the answer is about nothing.',
    },
  },
};
