export const prompt = {
  prompt: 'Prompt',
  undo: 'Undo',
  redo: 'Redo',
  preset: 'Task',
  source: 'Format',
  instruction: 'Instruction',
  optional: 'optional',
  instructionEmpty: 'None: the examples say it all',
  template: 'Template',
  templateHint: '␣ is a space and ↵ is a line break (press Enter).',
  templateFields: {
    instructionSeparator: 'After the instruction',
    inputPrefix: 'Before an input',
    inputSuffix: 'After an input',
    outputPrefix: 'Before an output',
    outputSeparator: 'Then, in an example',
    demonstrationSeparator: 'Between examples',
  },

  formats: 'Built-in formats',
  formatNames: {
    qa: 'Q: / A:',
    inputOutput: 'Input: / Output:',
    arrow: '=>',
    plain: 'plain lines',
    review: 'Review: / Sentiment:',
  },

  form: 'Prompt as',
  forms: { raw: 'raw text', chat: 'chat' },
  chat: {
    hint: 'The prompt follows this model’s own chat template. Each example becomes a question and its answer.',
    adds: (text: string) => `Without an instruction this model’s template adds: “${text}”.`,
    noModel: 'Load the model to use chat format; the template is in the model file.',
    none: 'This model’s file has no chat template.',
    meanwhile: 'Until then the prompt is raw text.',
    instead: 'The prompt is raw text.',
    problems: {
      refuses: (detail: string) =>
        `This model’s template does not accept this conversation: ${detail}`,
      irregular: () =>
        'This model’s template writes turns in different ways, so it cannot hold examples.',
      tokens: () =>
        'This model’s template needs a start or end token whose text is not in the file.',
      slow: (seconds: string) =>
        `This model’s template did not finish within ${seconds} seconds, so it was stopped.`,
      unfetched: () =>
        'Check your connection, then change the prompt to try again: the part of the page that reads templates could not be loaded.',
    },
  },

  freeText: 'The prompt is free text: it does not use the table or the template.',
  backToTable: 'Back to the table',

  shots: 'Shots',
  shotsAnswer: (shots: string, answer: string, p: string) => `${shots}: ${answer}, ${p}`,
  shotsName: (shots: number) =>
    shots === 0 ? 'zero-shot' : shots === 1 ? 'one-shot' : `${shots}-shot`,
  demonstrations: 'Examples',
  input: 'Input',
  output: 'Output',
  inputOf: (n: number) => `Input of example ${n}`,
  outputOf: (n: number) => `Output of example ${n}`,
  unused: 'not in the prompt',
  add: 'Add an example',
  actions: 'Actions',
  removed: (n: number) => `Example ${n} removed.`,
  moved: (n: number) => `Example moved to place ${n}.`,
  noDemonstrations: 'No examples yet. Without examples the prompt is zero-shot.',
  query: 'Query',
  otherQueries: 'Try another',
  entries: { guess: 'Guess first', tour: 'Tour', lessons: 'Lessons' },
};
