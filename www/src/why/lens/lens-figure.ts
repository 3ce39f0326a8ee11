/** The layers of the model, at the last token of the prompt. */
export interface LensFigure {
  experiment: 'lens';
  /** The answer that is looked at. */
  about: string;
  isFree: boolean;
  /** Whether it was recorded, and not run on this page. */
  isRecorded?: boolean;
  /** In ascending order of the number of demonstrations. */
  panels: readonly LensPanel[];
  /** The present prompt at more tokens; null until it has been read. */
  grid: LensGrid | null;
}

export interface LensPanel {
  k: number;
  /** From layer 0, the embedding, to the last. Empty where the prompt is too long. */
  layers: readonly { top: Uint8Array; p: number }[];
  answers: readonly LensAnswer[];
}

export interface LensAnswer {
  name: string;
  /** By layer. */
  ps: readonly number[];
  ranks: readonly number[];
  /** From which layer on it is ahead of the other answers; null where it is not in the end. */
  aheadFrom: number | null;
  /** From which layer on it is ahead of all tokens. */
  topFrom: number | null;
}

/** The most probable token after each of some layers, for what follows each of some tokens. */
export interface LensGrid {
  /** All tokens of the prompt. Empty where it was recorded. */
  strip: readonly Uint8Array[];
  /** Index of the token of the last column. */
  end: number;
  /** In ascending order. */
  layers: readonly number[];
  columns: readonly {
    token: Uint8Array;
    /** By layer. */
    tops: readonly { bytes: Uint8Array; p: number }[];
    /** Index of the first of these layers from which on the top token is that of the last. */
    stableFrom: number;
  }[];
}

/** The answer that the figure is about. */
export function lookedAt({ answers }: LensPanel, about: string): LensAnswer | undefined {
  return answers.find(({ name }) => name === about);
}
