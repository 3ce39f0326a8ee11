/**
 * The result that a link carries beside the state: what the sender's page showed for this very prompt, in the form of a
 * record. It is a claim of the sender until the model here has been asked.
 */
import type {
  RecordedModel,
  RecordedShots,
  RecordedToken,
  RecordedWord,
  ToldPrediction,
} from '../recorded/types.ts';
import { fingerprint } from '../util/fingerprint.ts';
import {
  type Fields,
  field,
  fields,
  integer,
  list,
  type ModelIdentity,
  modelIdentity,
  number,
  text,
  tokenId,
  told,
  truth,
} from './packed/check.ts';
import { Unreadable } from './packed/unreadable.ts';

/** One number of shots of the ladder. */
export interface SentColumn {
  k: number;
  p: number | null;
  posterior: number | null;
  mass: number | null;
  /** What comes first: a word or a label, in visible characters. */
  name: string | null;
}

export interface SentLadder {
  answer: string;
  ofLabels: boolean;
  columns: readonly SentColumn[];
}

export interface Sent {
  /** Version of the package. */
  shotglass: string;
  model: Omit<RecordedModel, 'bytes'> & {
    /** The address of the server that ran it, without a key; absent where the sender's page did. */
    server?: string;
  };
  /** Fingerprint of the prompt. */
  prompt: string;
  /** Null where the sender's page knew the words alone. */
  prediction: ToldPrediction | null;
  /** The most probable next words, best first. */
  words: readonly RecordedWord[];
  /** Of the labels, by the plain sum and compared with nothing, as in a record. */
  classification: RecordedShots['classification'];
  ladder: SentLadder | null;
}

/** Longer lists are not read. */
const mostEntries = 100;
const mostLabels = 1000;
const longestText = 1000;
/** How far the sum of probabilities may be from 1: they are rounded to six digits. */
const roundings = 1e-3;

export function isAbout({ prompt }: Sent, text: string): boolean {
  return prompt === fingerprint(text);
}

const sixDigits = (value: number): number => Number(value.toPrecision(6));
const short = (value: number | null): number | null => value && sixDigits(value);

type PackedColumn = (number | string | null)[];

/** As plain JSON, with arrays for what there is many of. */
export function packSent({ shotglass, model, prompt, ...sent }: Sent): object {
  const { prediction, words, classification, ladder } = sent;
  const { name, quantization, sha256, activationBits, server } = model;
  return {
    shotglass,
    model: [name, quantization, sha256, activationBits],
    ...(server !== undefined && { server }),
    prompt,
    ...(prediction && {
      tokens: prediction.tokens,
      top: prediction.candidates.slice(0, mostEntries).map(packToken),
      rest: [prediction.rest.count, sixDigits(prediction.rest.p)],
      entropy: short(prediction.entropy),
    }),
    ...(words.length > 0 && { words: words.map(([word, p]) => [word, sixDigits(p)]) }),
    ...(classification && {
      labels: classification.labels.map(({ label, p }) => [label, sixDigits(p)]),
      mass: sixDigits(classification.mass),
    }),
    ...(ladder && {
      ladder: {
        answer: ladder.answer,
        ofLabels: ladder.ofLabels,
        columns: ladder.columns.map((column): PackedColumn => {
          const { k, p, name, posterior, mass } = column;
          const ofLabel =
            posterior === null && mass === null ? [] : [short(posterior), short(mass)];
          return [k, short(p), name, ...ofLabel];
        }),
      },
    }),
  };
}

function packToken({ id, text, bytes, logprob }: RecordedToken): (number | string)[] {
  const p = sixDigits(Math.exp(logprob));
  return bytes === undefined ? [id, text, p] : [id, text, p, bytes];
}

/** @throws {@link Unreadable} for whatever no page of ours writes. */
export function unpackSent(value: unknown): Sent {
  const packed = fields(value, 'result');
  const [name, quantization, hash, bits] = list(
    field(packed, 'model'),
    'result.model',
    (part) => part,
    4,
  );
  const model = {
    name: text(name, 'result.model[0]', 400),
    quantization: text(quantization, 'result.model[1]', 40),
    ...modelIdentity(
      `${name}`,
      [hash, bits, field(packed, 'server')],
      ['result.model[2]', 'result.model[3]', 'result.server'],
    ),
  };
  return {
    shotglass: text(field(packed, 'shotglass'), 'result.shotglass', 40),
    model,
    prompt: text(field(packed, 'prompt'), 'result.prompt', 8),
    prediction: field(packed, 'top') === undefined ? null : unpackPrediction(packed, model),
    words: unpackWords(field(packed, 'words') ?? []),
    classification: field(packed, 'labels') === undefined ? null : unpackLabels(packed),
    ladder: field(packed, 'ladder') === undefined ? null : unpackLadder(field(packed, 'ladder')),
  };
}

function unpackPrediction(packed: Fields, model: ModelIdentity): ToldPrediction {
  const candidates = list(
    field(packed, 'top'),
    'result.top',
    (token, at) => unpackToken(token, at, model),
    mostEntries,
  );
  const where = 'result.rest';
  const [count, p] = list(field(packed, 'rest'), where, (part) => part, 2);
  const rest = {
    count: told(model, count, (count) => integer(count, `${where}[0]`, 0, 1e8)),
    p: number(p, `${where}[1]`, 0, 1),
  };
  const ps = candidates.map(({ logprob }) => Math.exp(logprob));
  ps.forEach((p, at) => {
    if (p > (ps[at - 1] ?? 1) + 1e-9) throw new Unreadable('wrong', `result.top[${at}]`);
  });
  sumsTo1([...ps, rest.p], where);
  return {
    candidates,
    rest,
    entropy: told(model, field(packed, 'entropy'), (nats) =>
      number(nats, 'result.entropy', 0, 100),
    ),
    tokens: told(model, field(packed, 'tokens'), (count) =>
      integer(count, 'result.tokens', 0, 1e8),
    ),
  };
}

function unpackToken(value: unknown, where: string, model: ModelIdentity): RecordedToken {
  const [id, name, p, bytes] = list(value, where, (part) => part, 4);
  const token = {
    id: tokenId(model, id, `${where}[0]`),
    text: text(name, `${where}[1]`, longestText),
    logprob: Math.log(positive(p, `${where}[2]`)),
  };
  if (bytes === undefined) return token;
  if (!/^([0-9a-f]{2})+$/.test(text(bytes, `${where}[3]`, longestText)))
    throw new Unreadable('wrong', `${where}[3]`);
  return { ...token, bytes: bytes as string };
}

function unpackWords(value: unknown): RecordedWord[] {
  const words = list(value, 'result.words', unpackNamed, mostEntries);
  const sum = words.reduce((sum, [, p]) => sum + p, 0);
  if (sum > 1 + roundings) throw new Unreadable('wrong', 'result.words');
  return words;
}

/** A text and its probability. */
function unpackNamed(value: unknown, where: string): [name: string, p: number] {
  const [name, p] = list(value, where, (part) => part, 2);
  return [text(name, `${where}[0]`, longestText), number(p, `${where}[1]`, 0, 1)];
}

function unpackLabels(packed: Fields): RecordedShots['classification'] {
  const labels = list(field(packed, 'labels'), 'result.labels', unpackNamed, mostLabels);
  sumsTo1(
    labels.map(([, p]) => p),
    'result.labels',
  );
  return {
    rule: 'sum',
    labels: labels.map(([label, p]) => ({ label, p })),
    mass: number(field(packed, 'mass'), 'result.mass', 0, 1 + roundings),
  };
}

function unpackLadder(value: unknown): SentLadder {
  const where = 'result.ladder';
  const packed = fields(value, where);
  const columns = list(field(packed, 'columns'), `${where}.columns`, unpackColumn, mostEntries);
  columns.forEach(({ k }, at) => {
    if (k <= (columns[at - 1]?.k ?? -1))
      throw new Unreadable('wrong', `${where}.columns[${at}][0]`);
  });
  return {
    answer: text(field(packed, 'answer'), `${where}.answer`, longestText),
    ofLabels: truth(field(packed, 'ofLabels'), `${where}.ofLabels`),
    columns,
  };
}

function unpackColumn(value: unknown, where: string): SentColumn {
  const [k, p, name, posterior = null, mass = null] = list(value, where, (part) => part, 5);
  const share = (value: unknown, at: number) =>
    value === null ? null : number(value, `${where}[${at}]`, 0, 1 + roundings);
  return {
    k: integer(k, `${where}[0]`, 0, 10_000),
    p: share(p, 1),
    name: name === null ? null : text(name, `${where}[2]`, longestText),
    posterior: share(posterior, 3),
    mass: share(mass, 4),
  };
}

function positive(value: unknown, where: string): number {
  return number(value, where, Number.MIN_VALUE, 1);
}

function sumsTo1(ps: readonly number[], where: string): void {
  const sum = ps.reduce((sum, p) => sum + p, 0);
  if (Math.abs(sum - 1) > roundings) throw new Unreadable('wrong', where);
}
