/** Several models on the same rows, under the tab of that name. */
export const acrossModels = {
  curve: (isFree: boolean) =>
    isFree
      ? 'Exact matches of each model by number of examples, with 95% Wilson intervals'
      : 'Accuracy of each model by number of examples, with 95% Wilson intervals',
  live: 'live',
  recorded: 'recorded',
  recordedHint:
    'Recorded: measured before, with the same rows, examples and draws. Load a model and press Run to add it.',
  notRecorded:
    'Nothing is recorded for this task with these choices. Load a model and press Run; each further model that you load joins the picture.',
  kept: 'Measured models stay in the picture. Load another one and press Run to add it.',
  table: 'The models',
  head: {
    model: 'Model',
    parameters: 'Parameters',
    tokens: 'Tokens trained',
    bytes: 'File',
    shots: 'Examples',
    accuracy: 'Accuracy',
    interval: '95% interval (rows)',
    sd: 'sd (draws)',
    answer: (answer: string) => (answer === '' ? 'Answer' : `P(${answer})`),
  },
  at: (k: string) => `with ${k}`,
  base: 'base',
  instruct: 'instruct',
  unknown: '–',
  says: (answer: string) => `says ${answer}`,
  answerHint: (query: string, isFree: boolean) =>
    isFree
      ? `P for the query “${query}”: the probability of the whole answer.`
      : `P for the query “${query}”: the share of the answer among the labels.`,
  noRight: 'Nothing says which answer to the query is right: each model’s own is shown.',
  finding: (
    k: string,
    small: string,
    smallShare: string,
    large: string,
    largeShare: string,
    points: string,
    low: string,
    high: string,
    p: string,
  ) =>
    `With ${k}: ${smallShare} correct for ${small}, ${largeShare} for ${large}; difference ${points} points (95% interval ${low} to ${high}), p ${p}.`,
  findingOne: (k: string, model: string, share: string, low: string, high: string) =>
    `With ${k}: ${share} correct for ${model}; 95% interval over rows ${low} to ${high}.`,
  clear: 'Rows that only one of the two gets right favour one model more than chance explains.',
  unclear: 'These rows do not show that one model is better.',
  caution:
    'All models answer the same rows after the same examples. They differ in more than size: in their training text, tuning and quantization.',
  each: (count: number) => `, for each of ${count} models`,
};
