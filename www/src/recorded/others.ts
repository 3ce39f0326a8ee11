import type { RecordedShots } from './types.ts';

const folder = '../../../pkg/dist/records';

/** What is recorded of all presets but the first, in one piece: together they are a fifth smaller. */
const files = import.meta.glob<RecordedShots[]>(
  ['../../../pkg/dist/records/*.json', '!**/plural.json'],
  { import: 'results', eager: true },
);

/** That of one of them. */
export function resultsOf(id: string): RecordedShots[] | undefined {
  return files[`${folder}/${id}.json`];
}
