/** All that the section *Transfer* runs. It is fetched with what draws it, when that comes into view. */

export { compareWays } from './comparison.ts';
export { jsonLines, stemOf } from './files.ts';
export { examplesOf, obstacleOf, planOf } from './plan.ts';
export { tryRates } from './rates.ts';
export { recorded } from './recorded.ts';
export { askThreeWays } from './three-ways.ts';
export { grown, runTransfer } from './training.ts';
