import type { CallOptions, Token } from '../../types.js';

/** Options of {@link patch}. */
export interface PatchOptions extends CallOptions {
  /**
   * The continuation whose probability is measured, with the space before it, such as `' Positive'`. It is
   * measured by its first token.
   */
  answer: string;
  /**
   * Layers to patch, from 0, the embedding, to `info.layers`; see {@link States}. Default: as many as the
   * budget allows.
   */
  layers?: readonly number[] | undefined;
  /**
   * The tokens of the prompt `into` to patch. Default: all that have a counterpart, from the first one that
   * differs, each alone or with its neighbors, as the budget allows.
   */
  columns?: readonly PatchColumn[] | undefined;
  /**
   * How much may be computed, in tokens that pass all layers, 1 or more; {@link planPatch} says what a
   * smaller budget leaves out. Default 2,000, which the default model takes some 13 seconds for.
   */
  budget?: number | undefined;
}

/** Neighboring tokens of the prompt `into` that are patched together. */
export interface PatchColumn {
  /** Index of the first token, from 0. */
  position: number;
  /** Number of tokens, 1 or more. */
  width: number;
}

/** The same at one layer. */
export interface PatchPlace extends PatchColumn {
  /** From 0, the embedding, to the last; see {@link States}. */
  layer: number;
}

/** What is known of two prompts before any of them is patched. */
export interface PatchSize {
  /** `info.layers` of the model. */
  layers: number;
  /** The ids of the tokens of the prompt from which states are taken. */
  from: readonly number[];
  /** Those of the prompt into which they are put. */
  into: readonly number[];
}

/** The grid of {@link patch}, and the order in which it runs. */
export interface PlannedPatch {
  /**
   * Index of the first token at which the prompts differ. Before it all states are equal, so a patch there
   * has no effect.
   */
  firstDifference: number;
  /**
   * The token `t` of `into` is matched with the token `t + offset` of `from`, since tokens are matched from
   * the end. 0 if the prompts have the same number of tokens.
   */
  offset: number;
  /** In ascending order. */
  layers: number[];
  /** In ascending order. */
  columns: PatchColumn[];
  /**
   * What is patched, in this order: an overview in wide columns at a few layers, unless the grid is as small
   * as that; then the whole grid, where layers with wide gaps between them come first.
   */
  places: PatchPlace[];
  /** What it costs, in tokens that pass all layers. */
  cost: number;
}

/** What one patch does. */
export interface PatchedCell extends PatchPlace {
  /** `ln P(answer)` in the patched run, in nats. */
  logprob: number;
  /**
   * `(ln P(patched) − ln P(into)) / (ln P(from) − ln P(into))`: 0 if the patch changes nothing, 1 if it makes
   * the answer as probable as it is after `from`. It may lie outside of 0 … 1. Null if the answer is equally
   * probable after both prompts.
   */
  share: number | null;
}

/** One of the two runs, without a patch. */
export interface PatchRun {
  tokens: Token[];
  /** `ln P(answer)`, in nats. */
  logprob: number;
}

/** Where in a model the difference between two prompts is carried. */
export interface PatchResult {
  /** The first token of the answer, which is what is measured. */
  token: Token;
  /** The run from which states are taken. */
  from: PatchRun;
  /** The run into which they are put. */
  into: PatchRun;
  plan: PlannedPatch;
  /**
   * What is known so far, in the order of `plan.places`. A cell of the overview is left out as soon as all
   * cells of the grid that it covers are known.
   */
  cells: PatchedCell[];
}
