/** What the lab asks of a model, wherever that runs: in this tab or on a server. */
import type {
  AnyPrompt,
  Model,
  ModelInfo,
  Prediction,
  PredictOptions,
  RemoteModel,
  RemotePrediction,
} from 'shotglass';

/**
 * What a part of the page needs of a model. `scores`: the probability of given texts. `surprisal`: that of each token of
 * a prompt. `full`: the probability of every token. `words`: all tokens of the vocabulary by their texts. `inside`: states
 * and attention. `training`: adapters.
 */
export type Need = 'scores' | 'surprisal' | 'full' | 'words' | 'inside' | 'training';

/** What the lab knows of any model. */
export interface LabModelInfo
  extends Pick<
    ModelInfo,
    'name' | 'activationBits' | 'quantization' | 'endTokens' | 'chatTemplate'
  > {
  /** What tells it from all others: the SHA-256 of its file, or what stands for that of a model on a server. */
  sha256: string;
  /** Null where a server does not tell. */
  vocabularySize: number | null;
  contextLength: number | null;
  parameters: number | null;
  /** Of its file. */
  bytes: number | null;
  /** The address of the server that runs it, without a key; absent where this tab does. */
  server?: string;
}

/** A prediction, in which a server may leave numbers out: those are null, and never a guess. */
export type LabPrediction = RemotePrediction & Pick<Prediction, 'sampled'>;

/** The methods of a loaded model that the lab calls. */
type Methods =
  | 'score'
  | 'surprisal'
  | 'generate'
  | 'tokenize'
  | 'logprobs'
  | 'vocabulary'
  | 'attention'
  | 'lens'
  | 'states'
  | 'embed'
  | 'close';

/** Both a loaded model and one on a server. What a server does not give is an error of the method that says so. */
export interface LabModel extends Pick<Model, Methods>, Partial<Pick<Model, 'scoreConcurrency'>> {
  readonly info: Readonly<LabModelInfo>;
  predict(
    prompt: AnyPrompt,
    options: PredictOptions & { logprobs: true },
  ): Promise<LabPrediction & { logprobs: Float32Array }>;
  predict(prompt: AnyPrompt, options?: PredictOptions): Promise<LabPrediction>;
  /** What a server can do; absent for a model in this tab, which can do all. */
  readonly capabilities?: RemoteModel['capabilities'];
  /** Why a part of the page cannot have what it needs, in the language of the page. Absent where everything is given. */
  lacks?(need: Need): string | null;
  /** How many calls are answered side by side; absent where each waits for the one before. */
  readonly concurrency?: number;
  /** Whether the page may run experiments on it by itself, as on a model in this tab, where this is absent. */
  runsByItself?: boolean;
  /**
   * What a button says that asks it for experiments of so many calls at most (null: not known), in the language of the
   * page; null where the page runs them by itself. Absent for a model in this tab.
   */
  waits?(calls: number | null): string | null;
}

/** Why a model cannot give what is needed, if it cannot. */
export function lackOf(model: LabModel | null, need: Need | undefined): string | null {
  return (need && model?.lacks?.(need)) ?? null;
}

/** What a button says that asks a model for experiments, where they wait for one. */
export function waitOf(model: LabModel, calls: number | null): string | null {
  return model.waits?.(calls) ?? null;
}

/** A model that runs in this tab. */
export function isLoaded(model: LabModel): model is Model {
  return model.info.server === undefined;
}
