/** What is read from the hidden state, and what is put into it. */
export const probing = {
  needsLabels:
    'Choose a task with labels, such as Sentiment: no output of this task occurs in a second row.',
  oneLabel: 'Add examples with at least two labels: a probe learns to tell them apart.',
  reading: 'The curve appears once every row has been read.',
  caption: 'Accuracy on held-out rows by layer, with 95% Wilson intervals',
  layer: 'Layer',
  way: 'Way',
  interval: '95% interval',
  regression: 'Probe',
  prototypes: 'Prototypes',
  validation: 'In cross-validation',
  at: (kind: string, layer: number) => `${kind}, layer ${layer}`,
  every: 'Every layer',
  prompt: (k: number) => `k = ${k}`,
  chosen: (rows: number) =>
    `The large dots mark the layers that cross-validation on the ${rows} examples of the table chose. The highest point of a curve looks better than it is.`,
  finding: (
    layer: number,
    layers: number,
    share: string,
    rows: number,
    low: string,
    high: string,
  ) =>
    `A probe on layer ${layer} of ${layers} is right on ${share} of ${rows} rows (95% interval ${low} to ${high}).`,
  right: (k: number, share: string) =>
    k === 0
      ? `${share} without examples`
      : `${share} with ${k} ${k === 1 ? 'example' : 'examples'}`,
  beside: (all: readonly string[]) => `The prompt is right on ${all.join(' and ')}.`,
  vector: {
    line: 'with the vector',
    caption: (answer: string, shots: number) =>
      `P(${answer}) without examples, with the vector of ${shots} ${shots === 1 ? 'example' : 'examples'} put in at one layer`,
    first: 'Most probable answer',
    finding: (
      answer: string,
      best: number,
      layers: number,
      p: string,
      zero: string,
      few: string,
      shots: number,
    ) =>
      `Put in at layer ${best} of ${layers}, one vector makes P(${answer}) ${p}. It is ${zero} without examples and ${few} with ${shots}.`,
    steer: 'Steer',
    direction: 'Direction',
    kinds: {
      examples: (_answer: string) => 'what the examples add',
      answer: (answer: string) => `towards ${answer}`,
    },
    adds: {
      examples: (_answer: string, layer: number) =>
        `Adds to the state after layer ${layer}, at the last token, what the examples change there on average.`,
      answer: (answer: string, layer: number) =>
        `Adds to the state after layer ${layer}, at the last token, the mean state of inputs whose output is ${answer} minus that of the others.`,
    },
    head: { examples: 'Probability', answer: 'Among the labels' },
    coefficient: 'Coefficient',
    file: 'The files hold the directions, once, as control vectors for llama.cpp. It adds them at every token, and here they are added from the last one on.',
    notSaved: 'llama.cpp has no control vectors for a layer this low, so there is no file to save.',
  },
};
