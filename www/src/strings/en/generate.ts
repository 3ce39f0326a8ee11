import { formatCount } from '../../numerals.ts';

export const generate = {
  generate: 'Generate',
  generateLede: 'Draw one token after another.',
  stop: 'Stop',
  sampling: 'Sampling',
  temperature: 'Temperature',
  greedy: 'greedy',
  topK: 'Top-k',
  topP: 'Top-p',
  minP: 'Min-p',
  off: 'off',
  seed: 'Seed',
  newSeed: 'New seed',
  maxTokens: 'Max tokens',
  stopAtNewline: 'Stop at a new line',
  samplingHint: 'Sampling shapes only this text, never the probabilities above.',
  generatedLabel: 'Generated tokens',
  generatedHint: 'Point at a token to see how likely it was.',
  generatedDetail: (p: string, rank: number) => `${p} at temperature 1, rank ${formatCount(rank)}`,
  generatedOld: 'From an earlier prompt.',
  finished: {
    stop: 'Stopped at the new line.',
    length: 'Stopped at the limit of tokens.',
    end: 'The model ended its answer.',
  },
  stoppedByYou: 'Stopped.',
};
