/** What a model said to a prompt, written down so that another reader's page can say it again and compare. */
import type { Classification, Model, Normalization } from 'shotglass';
import { classify, normalizations, taskLabels } from 'shotglass';
import { referenceOf } from 'shotglass/experiments';
import type { LabPrediction } from '../app/lab-model.ts';
import type { Asked } from '../app/prompt.ts';
import { type ComparisonName, comparisons, type Sampling } from '../app/settings.ts';
import {
  field,
  fields,
  integer,
  list,
  type ModelIdentity,
  modelIdentity,
  number,
  oneOf,
  sha256,
  text,
  tokenId,
  told,
} from './packed/check.ts';
import { comparisonNames, unpackSampling } from './packed/settings.ts';

/** Which model, and how it was run. */
export interface RecordedModel {
  name: string;
  /** Of the file that it was loaded from; null where that is not known. */
  file: string | null;
  sha256: string;
  /** 0 on a server, which does not tell. */
  activationBits: number;
  /** The address of the server that ran it, without a key; absent where a page did. */
  server?: string;
}

export interface RecordedToken {
  id: number;
  text: string;
  /** To six significant digits, as every p here. */
  p: number;
}

export interface RecordedLabels {
  rule: Normalization;
  comparison: ComparisonName;
  labels: { name: string; p: number }[];
  mass: number;
}

/** A record of a prediction: softmax over the full vocabulary at temperature 1. */
export interface Receipt {
  /** Version of the package. */
  shotglass: string;
  model: RecordedModel;
  /** SHA-256 of the prompt's UTF-8. */
  promptSha256: string;
  /** The most probable next tokens, best first. */
  top: RecordedToken[];
  /** The count is null where a server does not tell it. */
  rest: { count: number | null; p: number };
  /** In nats; null where a server does not tell it. */
  entropy: number | null;
  classification: RecordedLabels | null;
  /** How text was drawn; it touches none of the numbers above. */
  sampling: Sampling;
}

/** How many tokens a receipt names. */
export const recordedTokens = 20;

const sixDigits = (value: number): number => Number(value.toPrecision(6));

export function receiptOf(
  facts: Pick<Receipt, 'shotglass' | 'model' | 'promptSha256' | 'sampling'>,
  { candidates, rest, entropy }: LabPrediction,
  classification: { of: Classification; rule: Normalization; comparison: ComparisonName } | null,
): Receipt {
  return {
    ...facts,
    top: candidates.map(({ id, text, p }) => ({ id, text, p: sixDigits(p) })),
    rest: { count: rest.count, p: sixDigits(rest.p) },
    entropy: entropy && sixDigits(entropy),
    classification: classification && {
      rule: classification.rule,
      comparison: classification.comparison,
      labels: classification.of.labels.map(({ label, p }) => ({ name: label, p: sixDigits(p) })),
      mass: sixDigits(classification.of.mass),
    },
  };
}

/** A receipt from JSON. */
export function unpackReceipt(value: unknown): Receipt {
  const packed = fields(value, 'receipt');
  const model = fields(field(packed, 'model'), 'receipt.model');
  const file = field(model, 'file');
  const rest = fields(field(packed, 'rest'), 'receipt.rest');
  const labels = field(packed, 'classification');
  const name = text(field(model, 'name'), 'receipt.model.name', 400);
  const of = modelIdentity(
    name,
    [field(model, 'sha256'), field(model, 'activationBits'), field(model, 'server')],
    ['receipt.model.sha256', 'receipt.model.activationBits', 'receipt.model.server'],
  );
  return {
    shotglass: text(field(packed, 'shotglass'), 'receipt.shotglass', 40),
    model: {
      name,
      file: file === null ? null : text(file, 'receipt.model.file', 400),
      ...of,
    },
    promptSha256: sha256(field(packed, 'promptSha256'), 'receipt.promptSha256'),
    top: list(field(packed, 'top'), 'receipt.top', (token, at) => unpackToken(token, at, of), 100),
    rest: {
      count: told(of, field(rest, 'count'), (count) =>
        integer(count, 'receipt.rest.count', 0, 1e8),
      ),
      p: number(field(rest, 'p'), 'receipt.rest.p', 0, 1),
    },
    entropy: told(of, field(packed, 'entropy'), (nats) => number(nats, 'receipt.entropy', 0, 100)),
    classification: labels === null ? null : unpackLabels(labels),
    sampling: unpackSampling(field(packed, 'sampling')),
  };
}

function unpackToken(value: unknown, where: string, of: ModelIdentity): RecordedToken {
  const packed = fields(value, where);
  return {
    id: tokenId(of, field(packed, 'id'), `${where}.id`),
    text: text(field(packed, 'text'), `${where}.text`, 1000),
    p: number(field(packed, 'p'), `${where}.p`, 0, 1),
  };
}

function unpackLabels(value: unknown): RecordedLabels {
  const where = 'receipt.classification';
  const packed = fields(value, where);
  return {
    rule: oneOf(field(packed, 'rule'), `${where}.rule`, normalizations),
    comparison: oneOf(field(packed, 'comparison'), `${where}.comparison`, comparisonNames),
    labels: list(field(packed, 'labels'), `${where}.labels`, (item, at) => {
      const label = fields(item, at);
      return {
        name: text(field(label, 'name'), `${at}.name`),
        p: number(field(label, 'p'), `${at}.p`, 0, 1),
      };
    }),
    mass: number(field(packed, 'mass'), `${where}.mass`, 0, 1 + 1e-6),
  };
}

/** The labels of a prompt under a rule and a comparison; null where there are fewer than two. */
export async function labelsOf(
  model: Pick<Model, 'score'>,
  prompt: string,
  { task, shots }: Asked,
  { rule, comparison }: { rule: Normalization; comparison: ComparisonName },
  signal?: AbortSignal,
): Promise<Classification | null> {
  const labels = taskLabels(task);
  if (labels.length < 2) return null;
  const reference = referenceOf(comparisons[comparison], task, { shots });
  return classify(model, prompt, labels, { rule, reference, signal });
}
