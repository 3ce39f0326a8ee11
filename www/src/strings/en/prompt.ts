export const prompt = {
  prompt: 'Prompt',
  undo: 'Undo',
  redo: 'Redo',
  preset: 'Task',
  source: 'Format',
  instruction: 'Instruction',
  optional: 'optional',
  instructionEmpty: 'None: the demonstrations speak for themselves',
  template: 'Template',
  templateHint: 'White space is drawn: ␣ is a space, ↵ a new line (press Enter).',
  templateFields: {
    instructionSeparator: 'After the instruction',
    inputPrefix: 'Before an input',
    inputSuffix: 'After an input',
    outputPrefix: 'Before an output',
    outputSeparator: 'Then, in a demonstration',
    demonstrationSeparator: 'Between demonstrations',
  },

  formats: 'Ready formats',
  formatNames: {
    qa: 'Q: / A:',
    inputOutput: 'Input: / Output:',
    arrow: '=>',
    review: 'Review: / Sentiment:',
  },

  form: 'Prompt as',
  forms: { raw: 'raw text', chat: 'chat' },
  chat: {
    hint: 'In the turns of this model’s own chat template: every demonstration is a question and its answer.',
    adds: (text: string) => `Without an instruction this model’s template adds: “${text}”.`,
    noModel: 'A chat needs the model loaded: its file holds the template.',
    none: 'This model’s file has no chat template.',
    meanwhile: 'Until then the prompt is raw text.',
    instead: 'The prompt is raw text.',
    problems: {
      refuses: (detail: string) => `This model’s template refuses this conversation: ${detail}`,
      irregular: () =>
        'This model’s template does not write all turns alike, so no demonstrations can be put in it.',
      tokens: () =>
        'This model’s template needs a token for beginnings or ends whose text its file does not tell.',
      slow: (seconds: string) =>
        `This model’s template had not ended after ${seconds} seconds, so it was stopped.`,
      unfetched: () =>
        'The part of the page that reads templates could not be fetched. Check the connection; your next change tries again.',
    },
  },

  freeText: 'The prompt is free text: the table and the template are not in it.',
  backToTable: 'Back to the table',

  shots: 'Shots',
  shotsAnswer: (shots: string, answer: string, p: string) => `${shots}: ${answer}, ${p}`,
  shotsName: (shots: number) =>
    shots === 0 ? 'zero-shot' : shots === 1 ? 'one-shot' : `${shots}-shot`,
  demonstrations: 'Demonstrations',
  input: 'Input',
  output: 'Output',
  inputOf: (n: number) => `Input of demonstration ${n}`,
  outputOf: (n: number) => `Output of demonstration ${n}`,
  unused: 'not in the prompt',
  add: 'Add a demonstration',
  actions: 'Actions',
  removed: (n: number) => `Demonstration ${n} removed.`,
  moved: (n: number) => `Demonstration moved to place ${n}.`,
  noDemonstrations: 'No demonstrations yet. Without any the prompt is zero-shot.',
  query: 'Query',
  otherQueries: 'Try another',
};
