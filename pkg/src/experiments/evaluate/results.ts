/** Evaluations as files, from which every figure can be recomputed. */

import { type CsvOptions, formatCsv } from '../../format/csv.js';
import type { Label } from '../../scoring/classify.js';
import type { Forms } from '../../types.js';
import type { Cell, CurvePoint, EvaluatedRow, Evaluation } from './types.js';

/**
 * An evaluation as JSON Lines: one line for each row of each cell, in the style of the per-sample logs of
 * lm-evaluation-harness (`--log_samples`). Every line ends in `\n`.
 *
 * Keys with the same names and meanings as in lm-evaluation-harness:
 *
 * | key | is |
 * |---|---|
 * | `doc_id` | index of the row |
 * | `doc` | the row: `{input, output}` |
 * | `target` | index of the gold label, as for `multiple_choice`; for free text, the gold output |
 * | `arguments` | the requests: `[context, continuation]` for each label word; for free text, one `[context, {until, max_gen_toks, do_sample}]` |
 * | `resps` | for each request, a list with its one answer: `[logprob, is_greedy]`, the logprob in nats, or the text |
 * | `filtered_resps` | the same answers without the list |
 * | `filter` | `'none'` |
 * | `metrics` | the names of the metrics: `acc`, or `exact_match` |
 * | `acc`, `exact_match` | 1 if the prediction is correct, else 0 |
 *
 * `is_greedy` is null, because it is not computed whether a continuation is the greedy one. The hashes
 * (`doc_hash`, `prompt_hash`, `target_hash`) are omitted. `arguments` is a list, as in the memory of the
 * harness; the files that the harness writes have an object instead, and all answers as strings.
 *
 * Additional keys:
 *
 * | key | is |
 * |---|---|
 * | `shots`, `seed`, `order` | those of the cell |
 * | `demonstrations` | indices into the training split, in the order of the prompt |
 * | `mean_accuracy` | of all complete cells with these shots; it and the next two are null while there is none |
 * | `sd_over_seeds` | {@link CurvePoint.sd}, the sample standard deviation over seeds; null for one seed |
 * | `interval_over_rows` | {@link CurvePoint.interval}, the 95 % Wilson interval: `[low, high]` |
 * | `is_complete` | whether the cell has all its rows |
 * | `gold`, `predicted` | names of the labels, or the texts |
 * | `rule` | the normalization under which logprobs are compared |
 * | `comparison`, `direction` | what scores are compared with, and whether labels were scored after inputs (`'direct'`) or inputs after labels (`'channel'`) |
 * | `labels` | names of the labels, in the order of `target` and `posterior` |
 * | `argument_labels` | index of the label of each request |
 * | `forms` | for each request: `logprob`, `perToken`, `perCharacter`, `perByte`, in nats |
 * | `references` | the same after the reference; null if there is none |
 * | `scores` | for each label, the score that is compared, in nats |
 * | `posterior` | for each label, the softmax of `scores` |
 * | `mass` | label-space mass |
 * | `finish` | for free text: why the answer ended |
 * | `gold_continuation`, `gold_logprob`, `gold_tokens`, `gold_bytes` | for free text: what was scored, its logprob in nats, and its lengths |
 */
export function toJsonl(evaluation: Evaluation): string {
  const pointAt = points(evaluation);
  return eachRow(evaluation, (cell, row) => {
    const { index, input, output, gold, predicted, correct } = row;
    const metric = row.classification ? 'acc' : 'exact_match';
    const line = {
      doc_id: index,
      doc: { input, output },
      ...requests(evaluation, row),
      filter: 'none',
      metrics: [metric],
      [metric]: Number(correct),
      shots: cell.shots,
      seed: cell.seed,
      order: cell.order,
      demonstrations: cell.demonstrations,
      is_complete: cell.isComplete,
      ...summary(pointAt(cell)),
      gold,
      predicted,
      ...ours(evaluation, row),
    };
    return `${JSON.stringify(line)}\n`;
  }).join('');
}

/**
 * An evaluation as CSV, as {@link formatCsv} writes it: a header, then one line for each row of each
 * cell. Logprobs are in nats, and `correct` is 1 or 0. A text that a spreadsheet would interpret as a
 * formula gets an apostrophe in front, unless `exact` is set.
 *
 * `mean_accuracy`, `sd_over_seeds`, `interval_low` and `interval_high` are those of all complete cells
 * with the row's number of shots: the standard deviation over seeds (empty for one seed), and the 95 %
 * Wilson interval over rows.
 *
 * With labels there is a column `logprob:<word>` for each label word, and `score:<label>` and
 * `p:<label>` (the posterior) for each label. For free text there are `finish`, and the logprob, tokens
 * and bytes of the gold output.
 *
 * @throws {@link ShotglassError} `invalid-option`.
 */
export function toCsv(evaluation: Evaluation, options: CsvOptions = {}): string {
  const common =
    'row,shots,seed,order,demonstrations,is_complete,mean_accuracy,sd_over_seeds,interval_low,interval_high,input,output,prompt,gold,predicted,correct';
  const pointAt = points(evaluation);
  const labels = evaluation.labels;
  const header = [
    ...common.split(','),
    ...(labels
      ? [
          'mass',
          ...words(labels).map((word) => `logprob:${word}`),
          ...labels.map(({ name }) => `score:${name}`),
          ...labels.map(({ name }) => `p:${name}`),
        ]
      : ['finish', 'gold_logprob', 'gold_tokens', 'gold_bytes']),
  ];
  const lines = eachRow(evaluation, (cell, row) => [
    row.index,
    cell.shots,
    cell.seed,
    cell.order,
    cell.demonstrations.join(' '),
    Number(cell.isComplete),
    ...summaryColumns(pointAt(cell)),
    row.input,
    row.output,
    row.prompt,
    row.gold,
    row.predicted,
    Number(row.correct),
    ...columns(row),
  ]);
  return formatCsv([header, ...lines], options);
}

function eachRow<Line>(
  { cells }: Evaluation,
  line: (cell: Cell, row: EvaluatedRow) => Line,
): Line[] {
  return cells.flatMap((cell) => cell.rows.map((row) => line(cell, row)));
}

type PointAt = (cell: Cell) => CurvePoint | undefined;

function points({ curve }: Evaluation): PointAt {
  const byShots = new Map(curve.map((point) => [point.shots, point]));
  return ({ shots }) => byShots.get(shots);
}

function summary(point: CurvePoint | undefined): object {
  return {
    mean_accuracy: point?.mean ?? null,
    sd_over_seeds: point?.sd ?? null,
    interval_over_rows: point ? [point.interval.low, point.interval.high] : null,
  };
}

function summaryColumns(point: CurvePoint | undefined): (string | number)[] {
  if (!point) return ['', '', '', ''];
  const { mean, sd, interval } = point;
  return [mean, sd ?? '', interval.low, interval.high];
}

/** What the model was asked, and said, in the keys of the harness. */
function requests({ labels, generation }: Evaluation, row: EvaluatedRow): object {
  const { classification, gold, predicted, prompt, contexts } = row;
  if (!classification) {
    const how = { until: generation?.stop, max_gen_toks: generation?.maxTokens, do_sample: false };
    return {
      target: gold,
      arguments: [[prompt, how]],
      resps: [[predicted]],
      filtered_resps: [predicted],
    };
  }
  const scores = classification.labels.flatMap((reading) => reading.scores);
  const answers = scores.map(({ logprob }) => [logprob, null]);
  return {
    target: labels?.findIndex(({ name }) => name === gold),
    arguments: scores.map(({ continuation }, i) => [contexts?.[i] ?? prompt, continuation]),
    resps: answers.map((answer) => [answer]),
    filtered_resps: answers,
  };
}

/** What the harness has no keys for. */
function ours(
  { rule, comparison, direction }: Evaluation,
  { classification, answer }: EvaluatedRow,
): object {
  if (answer) {
    return {
      finish: answer.finish,
      gold_continuation: answer.gold.continuation,
      gold_logprob: answer.gold.logprob,
      gold_tokens: answer.gold.tokens.length,
      gold_bytes: answer.goldBytes,
    };
  }
  if (!classification) return {};
  const { labels, mass } = classification;
  const scores = labels.flatMap((reading) => reading.scores);
  return {
    rule,
    comparison,
    direction,
    labels: labels.map(({ label }) => label),
    argument_labels: labels.flatMap((reading, i) => reading.scores.map(() => i)),
    forms: scores.map(formsOf),
    references: scores.every(({ reference }) => reference)
      ? scores.flatMap(({ reference }) => (reference ? formsOf(reference) : []))
      : null,
    scores: labels.map(({ score }) => score),
    posterior: labels.map(({ p }) => p),
    mass,
  };
}

function formsOf({ logprob, perToken, perCharacter, perByte }: Forms): Forms {
  return { logprob, perToken, perCharacter, perByte };
}

function words(labels: readonly Label[]): string[] {
  return labels.flatMap((label) => label.words);
}

/** The columns of a row that depend on the kind of task. */
function columns({ classification, answer }: EvaluatedRow): (string | number)[] {
  if (classification) {
    const { labels, mass } = classification;
    const scores = labels.flatMap((reading) => reading.scores);
    return [
      mass,
      ...scores.map(({ logprob }) => logprob),
      ...labels.map(({ score }) => score),
      ...labels.map(({ p }) => p),
    ];
  }
  if (!answer) return [];
  const { gold, goldBytes, finish } = answer;
  return [finish ?? '', gold.logprob, gold.tokens.length, goldBytes];
}
