import type { Rule } from 'shotglass';

const ruleNames: Record<Rule, string> = {
  sum: 'the sum',
  perToken: 'per token',
  perCharacter: 'per character',
  perByte: 'per byte',
};

export const labels = {
  /** The label-space mass, in a sentence around its number. */
  mass: (share: string) => `Together these labels get ${share} of the probability.`,
  caption: 'The labels: their probability among the labels, and in all text',
  label: 'Label',
  bar: 'Among the labels (bar)',
  posterior: 'among labels',
  p: 'all text',
  score: 'score',
  columns: 'among labels, all text, score',
  columnsAbout:
    'Among labels: the probability among these labels alone (the posterior), which adds up to 100%. All text: the probability of the label’s words among all text that could follow. Score: the number that the labels are compared by, in nats.',
  rule: 'Rule',
  reference: 'Reference',
  abouts: {
    rule: 'How labels of different lengths are compared: by the total log-probability of their tokens, or by its average per token, character or byte.',
    comparison:
      'Calibration: the same prompt with an empty query shows how much the model leans to each label anyway, and that is divided out (Zhao et al. 2021).',
  },
  /** Which scoring rules choose which label, where they differ. */
  disagree: 'The scoring rules disagree:',
  ruleNames,
  everyRule: 'every rule',
  against: (rule: string) => `${rule} with calibration`,
  says: (ways: string, one: boolean, label: string) => `${ways} ${one ? 'says' : 'say'} ${label}`,
  and: (ways: readonly string[]) =>
    ways.length < 2 ? ways.join('') : `${ways.slice(0, -1).join(', ')} and ${ways.at(-1)}`,
  verdicts: (all: readonly string[]) => `${all.join('; ')}.`,
  field: 'Labels',
  fieldHint: 'Separate labels by commas. Each label is scored in full, whatever its length.',
  fieldEmpty: 'Positive, Negative',
  fromDemonstrations:
    'These labels are the outputs of the examples. Enter your own to replace them.',
  needsModel: 'Load the model to compare the labels: nothing is recorded for this prompt.',
  none: 'Enter two labels or more to compare them.',
  noRepeats:
    'The outputs of these examples do not repeat, so they are not a set of labels. Enter two labels or more to compare them.',
  takeOutputs: 'Compare the outputs as labels',
  unnamed: 'none',
  fromOutputs: 'Use the outputs of the examples',
};
