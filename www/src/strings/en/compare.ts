export const compare = {
  hold: 'Hold',
  holdTitle: 'Keep this prompt and its distribution as A, to set others beside it',
  held: (shots: string, query: string) => `${shots}, “${query}”`,
  a: 'A',
  aTitle: 'The prompt that is held',
  now: 'now',
  nowTitle: 'The prompt as it stands',
  difference: '± pp',
  differenceTitle: 'Now less A, in percentage points',
  swap: 'Swap',
  swapTitle: 'Go back to prompt A, and hold this one',
  release: 'Release',
  releaseTitle: 'Let go of prompt A',
  same: 'Nothing has changed yet. Edit the prompt, and the difference shows here.',
  distance: (totalVariation: string, divergence: string) =>
    `Total variation ${totalVariation}; KL(A ‖ now) ${divergence} nats.`,
  distanceTitle:
    'Over the full vocabulary. Total variation: the most that the two differ on any set of tokens. KL: the nats lost on average when what A draws is predicted from now.',
  caption: 'The most probable next tokens of both prompts, and the difference',
  pending: 'Reading both prompts…',
};
