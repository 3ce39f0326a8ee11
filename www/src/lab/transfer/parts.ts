/** What the section *Transfer* runs and is drawn with: fetched when it comes into view. */
import { chunk } from '../../util/chunk.ts';

export type Parts = typeof import('../../transfer/work.ts');

export const fetchParts: () => Promise<Parts> = chunk(async () => {
  const [work] = await Promise.all([
    import('../../transfer/work.ts'),
    import('../../transfer/lab-transfer-bench.ts'),
  ]);
  return work;
});
