import { formatCount } from '../../util/numerals.ts';

export const generate = {
  generate: 'Generate',
  generateLede: 'Sample a continuation.',
  stop: 'Stop',
  nextSeed: 'Next seed',
  nextSeedGreedy: 'Greedy: every seed gives the same text.',
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
  stopAtNewline: 'Stop at a line break',
  samplingHint:
    'These settings affect generated text only. Changed settings appear as a thin line on the token bars.',
  draws: 'Generated texts',
  drawName: (seed: number, temperature: string) => `seed ${seed}, temperature ${temperature}`,
  drawGreedy: 'greedy',
  appendText: 'Add this text',
  generatedLabel: 'Generated tokens',
  generatedHint: 'Point at a token to see its probability.',
  generatedDetail: (p: string, rank: number | null) =>
    `${p} at temperature 1${rank === null ? '' : `, rank ${formatCount(rank)}`}`,
  generatedOld: 'Generated from an earlier prompt.',
  finished: {
    stop: 'Stopped at a line break.',
    length: 'Stopped at the token limit.',
    end: 'The model ended its answer.',
  },
  stoppedByYou: 'Stopped.',
};
