import { formatCount } from '../../numerals.ts';

export const exact = {
  exact: 'Exact prompt',
  stripLabel: 'Tokens of the prompt',
  stripHint: 'Point at a token to see its id and bytes.',
  stripPlain: 'Loaded, the model shows how it splits this into tokens.',
  tokenDetail: (place: number, id: number, bytes: string, length: number) =>
    `token ${formatCount(place)}: id ${id}, ${length === 1 ? 'byte' : 'bytes'} ${bytes}`,
  tokenCount: (tokens: number, contextLength: number) =>
    `${formatCount(tokens)} of ${formatCount(contextLength)} tokens`,
  characterCount: (characters: number) => `${formatCount(characters)} characters`,
  legend: 'Colours',
  copy: 'Copy',
  copied: 'Copied',
  roles: {
    instruction: 'instruction',
    input: 'input',
    output: 'output',
    template: 'template',
    query: 'query',
    appended: 'appended',
  },
  appendedLabel: 'Appended to the prompt',
  unappend: 'Take back the last',
  clearAppended: 'Clear',
};
