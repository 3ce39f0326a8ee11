/** Adapters, and how they are trained. */

/** A matrix of a layer that LoRA can change: one of attention, or one of the feed-forward network. */
export type AdapterTarget = 'q' | 'k' | 'v' | 'o' | 'gate' | 'up' | 'down';

/** An adapter that changes nothing yet, for the layers from … to. */
export type FreshAdapter =
  | {
      kind: 'lora';
      rank: number;
      alpha: number;
      targets: number[];
      from: number;
      to: number;
      seed: number;
    }
  | { kind: 'ia3'; from: number; to: number };

/** What is learned: a whole text, or an answer after a prompt. With a teacher, it is what the model says after that. */
export type PlannedExample =
  | { kind: 'text'; text: string }
  | { kind: 'neutral'; text: string }
  | { kind: 'answer'; prompt: string; answer: string; others: string[]; teacher: string | null };

/** How a run trains; see the options of {@link Model.train}. */
export interface TrainSettings {
  steps: number;
  batch: number;
  learningRate: number;
  warmUp: number;
  weightDecay: number;
  clip: number;
  dropout: number;
  unlikelihood: number;
  lengthNormalized: number;
  temperature: number;
  seed: number;
}

/** Everything that a training does, with all defaults. */
export interface TrainingPlan {
  /** What is trained. */
  adapter: FreshAdapter;
  /** What is learned. */
  examples: PlannedExample[];
  /** What only the loss is measured of. */
  validation: PlannedExample[];
  /** The text on which forgetting is measured; null for none. */
  neutral: string | null;
  /** How it is trained. */
  settings: TrainSettings;
}

/** What the engine says of a step that has ended. */
export type EndedStep = Pick<TrainingStep, 'step' | 'loss' | 'gradientNorm' | 'learningRate'>;

/** A step of a training that has ended. */
export interface TrainingStep {
  /** Its number, from 1. */
  step: number;
  /** The loss of its examples, in nats a token, with the adapter as it was before the step. */
  loss: number;
  /** The loss of the validation examples after the step; null if it was not measured. */
  validationLoss: number | null;
  /**
   * KL(base ‖ tuned) after the step, a mean over the tokens of the neutral text, in nats; null if it was not
   * measured.
   */
  forgetting: number | null;
  /** The norm of all gradients together, before they were clipped. */
  gradientNorm: number;
  /** The learning rate of the step. */
  learningRate: number;
  /** Time since the step before, measurements included. */
  durationMs: number;
}

/** Facts about an adapter. */
export interface AdapterInfo {
  /** The name in its file; `''` if it has none. */
  name: string;
  /** LoRA, or (IA)³. */
  kind: 'lora' | 'ia3';
  /** LoRA's rank, the highest if they differ; 0 for (IA)³. */
  rank: number;
  /** LoRA's α, in the form in which the factor of its maps is α divided by the rank. If it is 0, the factor is 1. */
  alpha: number;
  /** The matrices that LoRA changes in any layer. */
  targets: AdapterTarget[];
  /** How many numbers it has. */
  parameters: number;
}
