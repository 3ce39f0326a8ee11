export const compare = {
  hold: 'Pin for comparison',
  holdShort: 'Pin',
  holdTitle: 'Keep this prompt and its answer as A, and compare other prompts with it',
  held: (shots: string, query: string, added: string) =>
    `${shots}, “${query}”${added === '' ? '' : `, added “${added}”`}`,
  a: 'A',
  aTitle: 'The pinned prompt',
  now: 'now',
  nowTitle: 'The current prompt',
  difference: '± pp',
  differenceTitle: 'Now minus A, in percentage points',
  swap: 'Swap',
  swapTitle: 'Go back to prompt A and pin this one instead',
  release: 'Unpin',
  releaseTitle: 'Stop comparing with prompt A',
  same: 'Nothing has changed yet. Edit the prompt to see the difference here.',
  distance: (totalVariation: string, divergence: string) =>
    `Total variation ${totalVariation}; KL(A ‖ now) ${divergence} nats.`,
  distanceName: 'total variation and KL',
  distanceTitle:
    'Both compare the full vocabulary. Total variation is the largest difference in probability on any set of tokens. KL is the average number of nats lost when the current answer predicts tokens drawn from A.',
  caption: 'The most likely next tokens of both prompts, and the difference',
  wordsCaption: 'The most likely next words of both prompts, and the difference',
  wordsHint: 'Words after both prompts. Each probability is a lower bound.',
  notListed: 'not among the most likely words',
  wrote: 'The model’s own continuation, always the most likely token:',
  ladder: (answer: string) => `A: “${answer}”`,
  pending: 'Reading both prompts…',
  needsModel: 'Load the model to compare both prompts.',
  sent: (model: string, bits: number) =>
    `A’s numbers came with the link, by ${model} with ${bits}-bit activations. Load the model to check them.`,
  otherModel: (model: string, bits: number) =>
    `A’s numbers came with the link from another model (${model}, ${bits}-bit activations), so they are not compared with these. Load the model to ask it both prompts.`,
  askedAnew: (model: string) =>
    `A’s numbers in the link came from another model (${model}). The model here has answered A anew.`,
  told: 'The most likely tokens of both prompts. Load the model to compare the full vocabulary.',
};
