import type { PresetRecord } from 'shotglass/records';
import { chunk } from '../util/chunk.ts';

const folder = '../../../pkg/dist/records';

/** Fetches the record of each preset but the first: a file of its own, for most readers look at few of them. */
const files = import.meta.glob<PresetRecord>(
  ['../../../pkg/dist/records/*.json', '!../../../pkg/dist/records/plural.json'],
  { import: 'default' },
);
const chunks = new Map(Object.entries(files).map(([path, load]) => [path, chunk(load)]));

/**
 * The record of one of them; undefined where there is none.
 *
 * @throws {@link NotFetched}
 */
export function otherRecord(id: string): Promise<PresetRecord> | undefined {
  return chunks.get(`${folder}/${id}.json`)?.();
}
