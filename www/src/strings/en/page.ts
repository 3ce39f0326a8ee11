export const page = {
  title: 'shotglass',
  subtitle: 'See what a prompt does to a small language model',
  lede: 'A GPT with 135 million parameters runs in this tab; nothing you type leaves it. Every probability is exact: over the full vocabulary, at temperature 1.',

  skipToQuery: 'Skip to the question',
  skipToAnswer: 'Skip to the answer',
  language: 'Language',
  theModel: 'Model',
  modelNone: 'No model loaded',
  modelLoading: 'Loading',
  modelReady: 'Ready',
  modelCrashed: 'Stopped',
  modelFacts: (parameters: string, quantization: string, size: string, threads: number) =>
    `${parameters} parameters, ${quantization}, ${size}, ${threads === 1 ? 'one thread' : `${threads} threads`}`,
  openFile: 'Open another GGUF…',
  dropHere: 'Drop a GGUF file to load it',
  notFetched: 'The rest of the page could not be fetched. Your work is kept.',
  partNotFetched: (again: boolean) =>
    again
      ? 'A part of the page still cannot be fetched. Once the connection is back, reload the page: your work is kept.'
      : 'A part of the page could not be fetched. Check the connection, then try again.',
  reload: 'Reload the page',

  footer:
    'The default model is SmolLM2-135M-Instruct by Hugging Face, Apache-2.0, in 4-bit weights (Q4_1).',
  licences: 'Licences',
  guides: 'Guides and reference',
};
