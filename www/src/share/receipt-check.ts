/** Whether what a model says now is what a receipt says that it said. */
import type { Classification, Model, Prediction } from 'shotglass';
import type { Work } from '../app/job.ts';
import type { Asked } from '../app/prompt.ts';
import { sha256Of } from './fingerprint.ts';
import { labelsOf, type Receipt } from './receipt.ts';

/** How far two runs of one model may be apart, in p: builds of the engine round in different orders. */
export const tolerance = 1e-4;
/** The same for the entropy, in nats: it gathers the differences of the whole vocabulary. */
export const entropyTolerance = 1e-3;

/** One number, as it was recorded and as it is here. */
export interface Difference {
  kind: 'token' | 'rest' | 'entropy' | 'label' | 'mass';
  /** Text of the token or name of the label. */
  name: string;
  recorded: number;
  /** Null where there is nothing here to compare it with. */
  here: number | null;
}

export interface ReceiptCheck {
  matches: boolean;
  samePrompt: boolean;
  sameModel: boolean;
  sameBits: boolean;
  /** The model that was asked here. */
  sha256: string;
  activationBits: number;
  /** The p that differs most. */
  largest: Difference | null;
  /** Set where the p agree and the entropy does not. */
  entropy: Difference | null;
}

/** What the model says here. */
export interface Measured {
  sha256: string;
  activationBits: number;
  promptSha256: string;
  /** Of every token, natural logarithm. */
  logprobs: Float32Array;
  entropy: number;
  classification: Pick<Classification, 'labels' | 'mass'> | null;
}

export function checkReceipt(receipt: Receipt, measured: Measured): ReceiptCheck {
  const all = differences(receipt, measured);
  const largest = all.reduce<Difference | null>(
    (most, one) => (most === null || far(one) > far(most) ? one : most),
    null,
  );
  const entropy: Difference = {
    kind: 'entropy',
    name: '',
    recorded: receipt.entropy,
    here: measured.entropy,
  };
  const sameNumbers = largest === null || far(largest) <= tolerance;
  const sameEntropy = far(entropy) <= entropyTolerance;
  const samePrompt = receipt.promptSha256 === measured.promptSha256;
  const sameModel = receipt.model.sha256 === measured.sha256;
  return {
    matches: samePrompt && sameModel && sameNumbers && sameEntropy,
    samePrompt,
    sameModel,
    sameBits: receipt.model.activationBits === measured.activationBits,
    sha256: measured.sha256,
    activationBits: measured.activationBits,
    largest,
    entropy: sameNumbers && !sameEntropy ? entropy : null,
  };
}

/** How far apart; endlessly, where there is nothing to compare with. */
export function far({ recorded, here }: Difference): number {
  return here === null ? Number.POSITIVE_INFINITY : Math.abs(recorded - here);
}

function differences(receipt: Receipt, measured: Measured): Difference[] {
  const { logprobs, classification } = measured;
  const ids = new Set(receipt.top.map(({ id }) => id));
  const named = [...ids].reduce((sum, id) => sum + Math.exp(logprobs[id] ?? -Infinity), 0);
  const found: Difference[] = receipt.top.map(({ id, text, p }) => {
    const logprob = logprobs[id];
    return {
      kind: 'token',
      name: text,
      recorded: p,
      here: logprob === undefined ? null : Math.exp(logprob),
    };
  });
  found.push({ kind: 'rest', name: '', recorded: receipt.rest.p, here: Math.max(0, 1 - named) });
  for (const { name, p } of receipt.classification?.labels ?? []) {
    const here = classification?.labels.find(({ label }) => label === name)?.p ?? null;
    found.push({ kind: 'label', name, recorded: p, here });
  }
  if (receipt.classification) {
    const { mass } = receipt.classification;
    found.push({ kind: 'mass', name: '', recorded: mass, here: classification?.mass ?? null });
  }
  return found;
}

/** Asks the model again. */
export function verify(
  model: Pick<Model, 'logprobs' | 'predict' | 'score' | 'info'>,
  prompt: string,
  asked: Asked,
  receipt: Receipt,
): Work<ReceiptCheck> {
  return async function* ({ signal }) {
    const promptSha256 = await sha256Of(prompt);
    const { entropy }: Prediction = await model.predict(prompt, { topK: 1, signal });
    const logprobs = await model.logprobs(prompt, { signal });
    const classification = receipt.classification
      ? await labelsOf(model, prompt, asked, receipt.classification, signal)
      : null;
    const { sha256, activationBits } = model.info;
    yield checkReceipt(receipt, {
      sha256,
      activationBits,
      promptSha256,
      logprobs,
      entropy,
      classification,
    });
  };
}
