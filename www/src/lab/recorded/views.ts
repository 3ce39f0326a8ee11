import type { Classification, LabelReading } from 'shotglass';
import type { Draw, DrawnStep } from '../../answer/text/generation.ts';
import type { Tree } from '../../answer/tree/tree.ts';
import { defaultSettings } from '../../app/settings.ts';
import { bytesOfToken } from '../../recorded/index.ts';
import type { RecordedShots } from '../../recorded/types.ts';
import type { NextWords, QueryResult } from './queries.ts';

/** What is recorded of the labels, in the form of a live reading by the rule `sum`. Scores of words are not recorded. */
export function classificationOf({
  classification,
}: Pick<QueryResult, 'classification'>): Classification | null {
  if (!classification) return null;
  const { mass } = classification;
  const labels = classification.labels.map(({ label, p }): LabelReading => {
    const logprob = Math.log(p * mass);
    return { label, scores: [], logprob, score: logprob, p };
  });
  const best = Math.max(...labels.map(({ p }) => p));
  return { labels, predicted: labels.findIndex(({ p }) => p === best), mass };
}

/** The recorded words, as if they had just been looked for. What spells them is not recorded. */
export function treeOf({ of, words, rest }: NextWords): Tree {
  const found = words.map(({ text, p }) => ({ text, p, atMost: p, complete: true, spellings: [] }));
  const root = { token: null, text: '', p: 1, ends: 0, rest: 1, children: [] };
  const search = {
    words: found,
    rest,
    open: 0,
    bestOpen: 0,
    predictions: 0,
    done: true,
    tree: root,
  };
  return { prompt: of, branches: new Map([['', search]]), isRecorded: true };
}

/** The recorded text, as if it had just been drawn: always the most probable token. */
export function drawOf({ text }: RecordedShots, of: string): Draw {
  const steps = text.map((token): DrawnStep => {
    const { id, text, logprob } = token;
    const bytes = bytesOfToken(token);
    return {
      id,
      text,
      bytes,
      p: Math.exp(logprob),
      logprob,
      rank: 1,
      textDelta: text,
      finish: null,
    };
  });
  return { of, sampling: { ...defaultSettings.sampling, temperature: 0 }, steps };
}
