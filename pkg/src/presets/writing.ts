import type { Preset } from './preset.js';

const queries = ['candle', 'river', 'piano', 'window', 'bread', 'shadow'] as const;

export const writing: Preset = {
  id: 'writing',
  source: null,
  task: {
    instruction: '',
    template: {
      instructionSeparator: '\n\n',
      inputPrefix: 'Word: ',
      inputSuffix: '\n',
      outputPrefix: 'Line:',
      outputSeparator: ' ',
      demonstrationSeparator: '\n\n',
    },
    demonstrations: [
      { input: 'kettle', output: 'The kettle hums to itself long before it has anything to say.' },
      { input: 'umbrella', output: 'My umbrella remembers every storm and forgives none of them.' },
      { input: 'ladder', output: 'A ladder is a road that could not wait for the hill.' },
      { input: 'clock', output: 'The clock has two hands and has never held anything.' },
      { input: 'snow', output: 'Snow is the sky practising how to whisper.' },
      { input: 'key', output: 'A key is a small argument that the door always loses.' },
      { input: 'bicycle', output: 'The bicycle leans on the wall like someone with good news.' },
      { input: 'mirror', output: 'The mirror agrees with everybody and believes no one.' },
    ],
    query: queries[0],
  },
  queries,
  answer: null,
  shots: 2,
  rows: [],
  mended: null,
};
