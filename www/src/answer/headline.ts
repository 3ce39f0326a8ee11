import type { Classification } from 'shotglass';
import type { LabPrediction } from '../app/lab-model.ts';
import { spoken, textOfBytes } from '../ui/visible.ts';
import type { Tree } from './tree/tree.ts';

/** The answer in short: what the model says next, and how probable that is. */
export interface Headline {
  /** A word, a label, or the text of a token; without the white space around it. */
  text: string;
  /** 0 to 1. Of a label: in all text, not among the labels. */
  p: number;
  kind: 'word' | 'label' | 'token';
}

/**
 * A label where the task has labels, else the most probable word, else, while the search for it is young, the most probable
 * token: of what is known of the prompt as it stands. Null where nothing is.
 */
export function headlineOf(
  classification: Classification | null,
  tree: Tree | null,
  prediction: Pick<LabPrediction, 'candidates'> | null,
): Headline | null {
  const label = classification?.labels[classification.predicted];
  if (classification && label) {
    // A record has no scores; its posteriors are those of the plain sum, so their share of the mass is the same.
    const scored = label.scores.reduce((sum, { logprob }) => sum + Math.exp(logprob), 0);
    const p = label.scores.length > 0 ? scored : label.p * classification.mass;
    return { text: label.label, p, kind: 'label' };
  }
  const found = tree?.branches.get('');
  const word = found?.words.find(({ text }) => text.trim() !== '');
  // A young search has found only words of one token: a beginning that is more probable may be a better one.
  if (word && found && (found.done || word.p >= found.bestOpen))
    return { text: word.text.trim(), p: word.p, kind: 'word' };
  const token = prediction?.candidates[0];
  if (!token) return null;
  const text = textOfBytes(token.bytes);
  const bare = text?.trim();
  return { text: bare ? bare : spoken(token.text), p: token.p, kind: 'token' };
}
