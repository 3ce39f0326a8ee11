import { ShotglassError } from '../errors.js';
import { models } from './catalogue.js';
import type { CatalogueModel, Quantization } from './entry.js';

/** Tokens of a prompt per second on some device, as a range. */
export interface Pace {
  low: number;
  high: number;
}

/** A pace on this device, and the model of the catalogue that it is of. */
export interface MeasuredPace extends Pace {
  /** The id of that model. */
  model: string;
}

/** What a model takes. */
export interface Estimate {
  /** Bytes to download, if none of the file is cached. */
  downloadBytes: number;
  /**
   * Bytes of memory for the weights, as the engine packs them. Prompts take more: the engine caches recent ones in as
   * much memory as the file has bytes, and the present one besides.
   */
  memoryBytes: number;
  /** Tokens of a prompt per second to expect here; null without a measured pace. */
  pace: Pace | null;
}

/**
 * Bytes of weights in the engine's memory for each byte of the file, as `kernels/pack.rs` lays them out. A file of Q4_K_M
 * has both Q4_K, 1.33 times the size, and Q6_K, 1.31 times; one with a table in Q8_0 takes less.
 */
const memoryPerByte: Readonly<Record<Quantization, number>> = {
  Q4_1: 1.2,
  Q4_K_M: 1.33,
  Q8_0: 1.06,
};

/** Two significant digits: an estimate has no more. */
const DIGITS = 2;

/**
 * How far the pace of another model may be from that of the measured one, by layer weights: with random Q4_0 weights in
 * the shapes of Llama 3.2, 3B ran at 1.0 to 1.5 times what 1B had led to expect (README, "Memory and time by model
 * size"). Below 1B, and between quantizations, nothing was measured, so the range is wider than that.
 */
const spread = { low: 0.6, high: 1.6 };

/**
 * What a model of the catalogue takes: bytes, memory and, given a pace that was measured on this device with some model
 * of the catalogue, the pace to expect. A token of a prompt costs a multiplication for each weight in the layers, so
 * the pace is taken to be inversely proportional to `layerParameters`.
 *
 * @param model An entry of the catalogue.
 * @param options `pace`: what was measured, if anything was.
 * @throws {@link ShotglassError} `invalid-option` if the measured pace is of no model of the catalogue.
 */
export function estimate(
  { id, bytes, quantization, layerParameters }: CatalogueModel,
  { pace: measured = null }: { pace?: MeasuredPace | null } = {},
): Estimate {
  const memoryBytes = Math.round(bytes * memoryPerByte[quantization]);
  return { downloadBytes: bytes, memoryBytes, pace: measured && paceOf(measured) };

  function paceOf({ model, low, high }: MeasuredPace): Pace {
    if (model === id) return { low, high };
    const known = models.find((entry) => entry.id === model);
    if (!known) {
      throw new ShotglassError('invalid-option', `pace.model: there is no model '${model}'.`);
    }
    const ratio = known.layerParameters / layerParameters;
    return { low: rounded(low * ratio * spread.low), high: rounded(high * ratio * spread.high) };
  }
}

function rounded(value: number): number {
  return Number(value.toPrecision(DIGITS));
}
