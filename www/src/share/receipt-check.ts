/** Whether what a model says now is what a receipt, or the result in a link, says that it said. */
import type { Classification, RecordedResult, ResultFigure } from 'shotglass';
import { compareResults } from 'shotglass';
import type { Work } from '../app/job.ts';
import type { LabModel } from '../app/lab-model.ts';
import type { Asked } from '../app/prompt.ts';
import { sha256Of } from '../util/fingerprint.ts';
import { labelsOf, type Receipt } from './receipt.ts';
import type { Sent } from './sent.ts';

/** How far two runs of one model may be apart, in p; the entropy gathers the differences of the whole vocabulary. */
export const tolerance = 1e-4;

/** How far earlier numbers are from those here. */
export interface Comparison {
  agrees: boolean;
  /** The p that differs most. */
  largest: ResultFigure | null;
  /** Set where the p agree and the entropy does not. */
  entropy: ResultFigure | null;
}

export interface ReceiptCheck extends Omit<Comparison, 'agrees'> {
  matches: boolean;
  samePrompt: boolean;
  sameModel: boolean;
  sameBits: boolean;
  /** The model that was asked here. */
  sha256: string;
  activationBits: number;
}

/** What is to be said of the result in a link. */
export type SentCheck = Comparison | 'other model';

/** What the model says here of a prompt. */
interface Fresh {
  /** Of every token, natural logarithm. */
  logprobs: Float32Array;
  entropy: number;
  classification: Pick<Classification, 'labels' | 'mass'> | null;
}

/** The same, and of which prompt and model. */
export interface Measured extends Fresh {
  sha256: string;
  activationBits: number;
  promptSha256: string;
}

/** One whose entropy is known, as that of every model in a page is. */
type WholeReceipt = Receipt & { entropy: number };

export function checkReceipt(receipt: WholeReceipt, measured: Measured): ReceiptCheck {
  const { agrees, largest, entropy } = compared(recordedResult(receipt), measured);
  const samePrompt = receipt.promptSha256 === measured.promptSha256;
  const sameModel = receipt.model.sha256 === measured.sha256;
  return {
    matches: samePrompt && sameModel && agrees,
    samePrompt,
    sameModel,
    sameBits: receipt.model.activationBits === measured.activationBits,
    sha256: measured.sha256,
    activationBits: measured.activationBits,
    largest,
    entropy,
  };
}

/** Earlier numbers against those here. */
export function compared(recorded: RecordedResult, fresh: Fresh): Comparison {
  const all = compareResults(recorded, freshResult(recorded, fresh), { tolerance });
  const [largest = null] = all
    .filter(({ what }) => what !== 'entropy')
    .sort((one, other) => other.difference - one.difference);
  const entropy = all.find(({ what }) => what === 'entropy') ?? null;
  return {
    agrees: !all.some(({ differs }) => differs),
    largest,
    entropy: entropy?.differs && !largest?.differs ? entropy : null,
  };
}

/** A receipt in the form of a snapshot's result. */
function recordedResult({ top, rest, entropy, classification }: WholeReceipt): RecordedResult {
  return {
    candidates: top.map(({ id, text, p }) => ({ id, text, logprob: Math.log(p) })),
    rest: { ...rest, count: rest.count ?? 0 },
    entropy,
    classification: classification && {
      ...classification,
      labels: classification.labels.map(({ name, p }) => ({ label: name, p })),
    },
  };
}

/** What the model says here of the tokens and labels that were named then. */
function freshResult(
  { candidates: named, rest }: RecordedResult,
  { logprobs, entropy, classification }: Fresh,
): RecordedResult {
  const candidates = named.flatMap(({ id, text }) => {
    const logprob = logprobs[id];
    return logprob === undefined ? [] : [{ id, text, logprob }];
  });
  const known = new Map(candidates.map(({ id, logprob }) => [id, Math.exp(logprob)]));
  const p = 1 - [...known.values()].reduce((sum, one) => sum + one, 0);
  return {
    candidates,
    rest: { ...rest, p: Math.max(0, p) },
    entropy,
    classification: classification && { rule: 'sum', ...classification },
  };
}

type Asks = Pick<LabModel, 'logprobs' | 'predict' | 'score' | 'info'>;

/** Asks the model again. */
export function verify(
  model: Asks,
  prompt: string,
  asked: Asked,
  receipt: Receipt,
): Work<ReceiptCheck> {
  return async function* ({ signal }) {
    const { entropy } = receipt;
    if (entropy === null) return;
    const promptSha256 = await sha256Of(prompt);
    const fresh = await freshOf(model, prompt, asked, receipt.classification, signal);
    const { sha256, activationBits } = model.info;
    if (!fresh) return;
    yield checkReceipt({ ...receipt, entropy }, { ...fresh, sha256, activationBits, promptSha256 });
  };
}

/**
 * The same of a result that came with a link; another model has nothing to say of it, and a server does not tell enough
 * to check one.
 */
export function verifySent(
  model: Asks,
  prompt: string,
  asked: Asked,
  { prediction, classification, model: { sha256 } }: Sent & { prediction: object },
): Work<SentCheck> {
  return async function* ({ signal }) {
    if (model.info.sha256 !== sha256) {
      yield 'other model';
      return;
    }
    if (prediction.entropy === null) return;
    const plain = classification && ({ rule: 'sum', comparison: 'nothing' } as const);
    const fresh = await freshOf(model, prompt, asked, plain, signal);
    if (!fresh) return;
    const { entropy, rest } = prediction;
    const recorded = { ...prediction, entropy, rest: { ...rest, count: rest.count ?? 0 } };
    yield compared({ ...recorded, classification }, fresh);
  };
}

/** Null where a server does not tell the entropy. */
async function freshOf(
  model: Asks,
  prompt: string,
  asked: Asked,
  labels: Parameters<typeof labelsOf>[3] | null,
  signal: AbortSignal,
): Promise<Fresh | null> {
  const { entropy } = await model.predict(prompt, { topK: 1, signal });
  if (entropy === null) return null;
  const logprobs = await model.logprobs(prompt, { signal });
  const classification = labels && (await labelsOf(model, prompt, asked, labels, signal));
  return { logprobs, entropy, classification };
}
