import type { Rule } from 'shotglass';

const ruleNames: Record<Rule, string> = {
  sum: 'the sum',
  perToken: 'per token',
  perCharacter: 'per character',
  perByte: 'per byte',
};

export const labels = {
  /** The label-space mass, in a sentence around its number. */
  mass: (share: string) => `These labels own ${share} of the whole distribution.`,
  caption: 'The labels: their posterior, and the probability of their words',
  label: 'Label',
  bar: 'Posterior, drawn',
  posterior: 'posterior',
  posteriorTitle: 'Softmax of the scores over these labels alone: it adds up to 100%',
  p: 'p',
  pTitle: 'Probability of the label words themselves, out of everything that could follow',
  score: 'score',
  scoreTitle: 'What the labels are compared by, in nats',
  rule: 'Rule',
  reference: 'Reference',
  /** Which ways of scoring choose which label, where they differ. */
  disagree: 'The rules disagree:',
  ruleNames,
  everyRule: 'every rule',
  against: (rule: string) => `${rule} against the reference`,
  says: (ways: string, one: boolean, label: string) => `${ways} ${one ? 'says' : 'say'} ${label}`,
  and: (ways: readonly string[]) =>
    ways.length < 2 ? ways.join('') : `${ways.slice(0, -1).join(', ')} and ${ways.at(-1)}`,
  verdicts: (all: readonly string[]) => `${all.join('; ')}.`,
  field: 'Labels',
  fieldHint: 'Separated by commas. Each is scored in full, whatever its length.',
  fieldEmpty: 'Positive, Negative',
  fromDemonstrations:
    'The task names no labels, so these are the outputs of its demonstrations. Name your own to have only those.',
  needsModel: 'Nothing is recorded of the labels after this prompt: that needs the model.',
  none: 'A choice needs two labels or more. Name those that you want to compare.',
  outputs: 'the outputs of the demonstrations',
  fromOutputs: 'Use the outputs of the demonstrations',
};
