/** Whether what a model says now is what a receipt says that it said. */
import type { Classification, Model, Prediction, RecordedResult, ResultFigure } from 'shotglass';
import { compareResults } from 'shotglass';
import type { Work } from '../app/job.ts';
import type { Asked } from '../app/prompt.ts';
import { sha256Of } from './packed/fingerprint.ts';
import { labelsOf, type Receipt } from './receipt.ts';

/** How far two runs of one model may be apart, in p; the entropy gathers the differences of the whole vocabulary. */
export const tolerance = 1e-4;

export interface ReceiptCheck {
  matches: boolean;
  samePrompt: boolean;
  sameModel: boolean;
  sameBits: boolean;
  /** The model that was asked here. */
  sha256: string;
  activationBits: number;
  /** The p that differs most. */
  largest: ResultFigure | null;
  /** Set where the p agree and the entropy does not. */
  entropy: ResultFigure | null;
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
  const all = compareResults(recordedResult(receipt), freshResult(receipt, measured), {
    tolerance,
  });
  const [largest = null] = all
    .filter(({ what }) => what !== 'entropy')
    .sort((one, other) => other.difference - one.difference);
  const entropy = all.find(({ what }) => what === 'entropy') ?? null;
  const samePrompt = receipt.promptSha256 === measured.promptSha256;
  const sameModel = receipt.model.sha256 === measured.sha256;
  return {
    matches: samePrompt && sameModel && !all.some(({ differs }) => differs),
    samePrompt,
    sameModel,
    sameBits: receipt.model.activationBits === measured.activationBits,
    sha256: measured.sha256,
    activationBits: measured.activationBits,
    largest,
    entropy: entropy?.differs && !largest?.differs ? entropy : null,
  };
}

/** A receipt in the form of a snapshot's result. */
function recordedResult({ top, rest, entropy, classification }: Receipt): RecordedResult {
  return {
    candidates: top.map(({ id, text, p }) => ({ id, text, logprob: Math.log(p) })),
    rest,
    entropy,
    classification: classification && {
      ...classification,
      labels: classification.labels.map(({ name, p }) => ({ label: name, p })),
    },
  };
}

/** What the model says here of the tokens and labels that the receipt names. */
function freshResult(
  { top, rest }: Receipt,
  { logprobs, entropy, classification }: Measured,
): RecordedResult {
  const candidates = top.flatMap(({ id, text }) => {
    const logprob = logprobs[id];
    return logprob === undefined ? [] : [{ id, text, logprob }];
  });
  const named = new Map(candidates.map(({ id, logprob }) => [id, Math.exp(logprob)]));
  const p = 1 - [...named.values()].reduce((sum, one) => sum + one, 0);
  return {
    candidates,
    rest: { ...rest, p: Math.max(0, p) },
    entropy,
    classification: classification && { rule: 'sum', ...classification },
  };
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
