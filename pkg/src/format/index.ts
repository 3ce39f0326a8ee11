/**
 * `shotglass/format`: formats numbers, tokens and tables, so that a quantity looks the same in a page, in a terminal and
 * in a file.
 *
 * @packageDocumentation
 */
export { type CsvOptions, formatCsv } from './csv.js';
export {
  formatBytes,
  formatChoices,
  formatCount,
  formatEntropy,
  formatExactProbability,
  formatLogprob,
  formatProbability,
  type OneIn,
} from './numbers.js';
export {
  hexOfBytes,
  type Piece,
  pieces,
  textOfBytes,
  tokenLabel,
  tokenPieces,
  tokenStretches,
  undrawn,
} from './visible.js';
