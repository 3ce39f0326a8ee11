import {
  type Classification,
  type Label,
  type Normalization,
  normalizations,
  readLabels,
} from 'shotglass';

/** A way to choose among labels: a rule, with the reference that was asked for or without it. */
export interface Scorer {
  rule: Normalization;
  compared: boolean;
}

/** A label, and the scorers that choose it. */
export interface Decision {
  label: string;
  scorers: Scorer[];
}

/** Which label wins under each rule, with and without the reference, from the same scores. */
export function decisionsOf(classification: Classification): Decision[] {
  // A record has no scores to read in other ways.
  if (classification.labels.some(({ scores }) => scores.length === 0)) return [];
  const labels: Label[] = classification.labels.map(({ label, scores }) => ({
    name: label,
    words: scores.map(({ continuation }) => continuation),
  }));
  const scores = classification.labels.flatMap((reading) => reading.scores);
  const plain = scores.map((score) => ({ ...score, reference: null, adjusted: null }));
  const references = scores.some(({ reference }) => reference !== null) ? [false, true] : [false];
  const decisions: Decision[] = [];
  for (const compared of references) {
    for (const rule of normalizations) {
      const read = readLabels(labels, compared ? scores : plain, rule);
      const label = read.labels[read.predicted]?.label ?? '';
      const decision = decisions.find((one) => one.label === label);
      if (decision) decision.scorers.push({ rule, compared });
      else decisions.push({ label, scorers: [{ rule, compared }] });
    }
  }
  return decisions;
}
