/** How often several models are right on the rows of some presets, as `cargo xtask record --models` writes it. */

/** A model that was measured. */
export interface RecordedModel {
  name: string;
  /** Id of the entry of the catalogue that has its weights, in a file that may be quantized otherwise; null for none. */
  entry: string | null;
  sha256: string;
  bytes: number;
  parameters: number;
  activationBits: number;
}

/** What was measured of one model on one preset. */
export interface RecordedCurve {
  /**
   * By number of shots: for each seed, which rows were right, as hexadecimal digits with the first row as the highest
   * bit. Without shots there is one seed for all. Empty where a prompt was too long for the model.
   */
  cells: Readonly<Record<string, readonly string[]>>;
  /** What it says of the preset's own query after each number of shots; `p` is null where that did not fit. */
  query: readonly { p: number | null; predicted: string | null }[];
}

/** `models.json`. */
export interface RecordedModels {
  version: 1;
  shots: readonly number[];
  seeds: readonly number[];
  models: readonly RecordedModel[];
  presets: Readonly<
    Record<string, { content: string; curves: Readonly<Record<string, RecordedCurve>> }>
  >;
}
