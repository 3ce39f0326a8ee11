export const page = {
  title: 'shotglass',
  /** The title of the tab, and what search engines and link previews say of the page. */
  documentTitle: 'shotglass: see what a prompt does to a small GPT',
  documentDescription:
    'Build a zero-, one- or few-shot prompt and read the exact probability of every next token. The model runs in this tab.',
  subtitle: 'See what a prompt does to a small language model',
  lede: 'A small GPT runs inside this tab. Nothing you type leaves it. You see its real probabilities, over its whole vocabulary.',

  ledeServer: (server: string) =>
    `The model runs on ${server}, and what you type is sent there. You see its probabilities as that server tells them.`,

  transfer: {
    heading: 'The same examples, as weights',
    lede: 'A prompt is one of five ways to put a model to work. Here the examples above train a small adapter, in this tab, and you can compare it with the prompt.',
  },

  skipToQuery: 'Skip to the question',
  skipToAnswer: 'Skip to the answer',
  whatIs: (term: string) => `What is “${term}”?`,
  language: 'Language',
  theModel: 'Model',
  models: 'Models',
  modelNone: 'No model loaded',
  modelLoading: 'Loading',
  modelReady: 'Ready',
  modelCrashed: 'Stopped',
  modelFacts: (parameters: string, quantization: string, size: string, threads: number) =>
    `${parameters} parameters, ${quantization}, ${size}, ${threads === 1 ? 'one thread' : `${threads} threads`}`,
  modelServer: (server: string) => `On ${server}: what you type is sent there.`,
  openFile: 'Open another GGUF…',
  dropHere: 'Drop a GGUF file to load it',
  notFetched: 'The rest of the page could not be loaded. Your work is kept.',
  partNotFetched: (again: boolean) =>
    again
      ? 'Reload the page once you are online again: a part of it still cannot be loaded. Your work is kept.'
      : 'Check your connection, then try again: a part of the page could not be loaded.',
  reload: 'Reload the page',

  footer:
    'The default model is SmolLM2-135M-Instruct by Hugging Face, licensed under Apache-2.0, with 4-bit weights (Q4_1).',
  licences: 'Licences',
  guides: 'Guides and reference',
};
