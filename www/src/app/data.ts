import { chunk } from '../util/chunk.ts';

/** What reads tables: it brings a parser that nothing else needs. */
export const tableData = chunk(() => import('shotglass/data'));
