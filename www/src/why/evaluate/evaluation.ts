import { renderPrompt } from 'shotglass';
import type { Cell, Evaluation } from 'shotglass/experiments';
import type { Draws, EvaluationFigure, Question } from '../figure.ts';
import type { PinnedQuestion } from './pair/pairing.ts';
import { mostRows, rowsOfPair, usable } from './rows.ts';

/** With fewer rows the interval of a middling accuracy is wider than a third. */
const few = 30;

/** What the figures of an evaluation cannot say. */
export type Caution =
  | { kind: 'tuning' }
  | { kind: 'few'; rows: number }
  | { kind: 'missing'; label: string }
  | { kind: 'seen' | 'unknown'; count: number; first: string }
  | { kind: 'surplus'; count: number }
  | { kind: 'too-long'; shots: number };

/** As much of an evaluation as its cautions are about; without labels, which of them a row has is not asked. */
interface Cautioned {
  labels: Evaluation['labels'];
  cells: readonly {
    shots: number;
    isComplete: boolean;
    rows: readonly { input: string; gold?: string }[];
  }[];
  notRun: readonly { shots: number }[];
}

export function cautionsOf({
  evaluation,
  leftOut,
}: Pick<EvaluationFigure, 'leftOut'> & { evaluation: Cautioned }): Caution[] {
  const { cells, labels, notRun } = evaluation;
  const cautions: Caution[] = [];
  for (const kind of ['seen', 'unknown'] as const) {
    const [first] = leftOut[kind];
    const count = leftOut[kind].length;
    if (first) cautions.push({ kind, count, first: kind === 'seen' ? first.input : first.output });
  }
  if (leftOut.surplus > 0) cautions.push({ kind: 'surplus', count: leftOut.surplus });
  for (const shots of new Set(notRun.map(({ shots }) => shots))) {
    cautions.push({ kind: 'too-long', shots });
  }
  const whole = cells.find(({ isComplete }) => isComplete);
  const rows = whole?.rows ?? [];
  for (const { name } of whole ? (labels ?? []) : []) {
    if (!rows.some(({ gold }) => gold === name)) cautions.push({ kind: 'missing', label: name });
  }
  if (whole && rows.length < few) cautions.push({ kind: 'few', rows: rows.length });
  if (new Set(cells.map(({ shots }) => shots)).size > 1) cautions.push({ kind: 'tuning' });
  return cautions;
}

/** How often whoever always gives the commonest output would be right; null in free text. */
export function commonestShare({ cells, labels }: Evaluation): number | null {
  const rows = cells.find(({ isComplete }) => isComplete)?.rows;
  if (!labels || !rows) return null;
  const counts = labels.map(({ name }) => rows.filter(({ gold }) => gold === name).length);
  return Math.max(...counts) / rows.length;
}

/** The accuracies to set beside the paper's: without, with one, and with the most demonstrations. */
export function zeroOneFew({ curve }: Evaluation): { shots: number; mean: number }[] {
  const at = (k: number) => curve.find(({ shots }) => shots === k);
  const most = curve.filter(({ shots }) => shots > 1).sort((a, b) => b.shots - a.shots)[0];
  return [at(0), at(1), most].flatMap((point) => point ?? []);
}

/** How many prompts are made of `k` demonstrations, for each row: none of them is there twice. */
export function promptsAt(k: number, { seeds, orders }: Draws): number {
  if (k === 0) return 1;
  let most = 1;
  for (let n = 2; n <= k && most < orders; n++) most *= n;
  return seeds * Math.min(orders, most);
}

/** What an evaluation asks of the model. */
export interface Cost {
  rows: number;
  /** Prompts for each row. */
  prompts: number;
  /** About so many tokens are run, as if all were of a prompt. */
  tokens: number;
}

/** English text has about four characters to a token. */
const charactersPerToken = 4;
/** A token that is generated takes about as long as three that are read. */
const generated = 3;

type Costly = Pick<
  Question,
  'task' | 'train' | 'rows' | 'labels' | 'isFree' | 'shots' | 'draws' | 'calibration'
>;

/** The same of the pinned prompt and the present one together. */
export function costOfPair(question: Question, pinned: PinnedQuestion): Cost {
  const { rows } = rowsOfPair(question, pinned);
  const { shots } = pinned;
  const a = costOf({ ...question, ...pinned, rows });
  const b = costOf({ ...question, rows, shots });
  return { rows: a.rows, prompts: a.prompts + b.prompts, tokens: a.tokens + b.tokens };
}

/** Rows after the first find the demonstrations in the cache; each runs its own query and what is scored behind it. */
export function costOf(question: Costly): Cost {
  const { task, train, rows, labels, isFree, shots, draws, calibration } = question;
  const tested = usable(rows, train, isFree ? null : labels).rows.slice(0, mostRows);
  const tokensOf = (text: string) => Math.ceil(text.length / charactersPerToken);
  const mean = (of: (one: { input: string; output: string }) => number, all: typeof train) =>
    all.reduce((sum, one) => sum + of(one), 0) / Math.max(1, all.length);
  const bare = { ...task, instruction: '', demonstrations: [] };
  const query = mean(({ input }) => tokensOf(renderPrompt(bare, { query: input }).text), tested);
  const answer = isFree
    ? mean(({ output }) => (1 + generated) * (1 + tokensOf(output)), tested)
    : 0;
  const demonstration = mean(
    (one) => tokensOf(renderPrompt({ ...bare, demonstrations: [one] }, { query: '' }).text),
    train,
  );
  // In the channel direction each label word has a prompt of its own.
  const each = calibration === 'channel' ? labels.flatMap(({ words }) => words).length : 1;
  let prompts = 0;
  let tokens = 0;
  for (const k of shots) {
    const own = promptsAt(k, draws);
    prompts += own;
    tokens += own * (tokensOf(task.instruction) + k * demonstration);
    tokens += own * tested.length * each * (query + answer);
  }
  return { rows: tested.length, prompts, tokens: Math.ceil(tokens) };
}

/** Whether there are several prompts with the same number of demonstrations. */
export function isSpread({ cells }: Pick<Evaluation, 'cells'>): boolean {
  return cells.some(({ seed, order }) => seed > 0 || order > 0);
}

/** One cell among all of an evaluation. */
export function cellKey({ shots, seed, order }: Pick<Cell, 'shots' | 'seed' | 'order'>): string {
  return `${shots}/${seed}/${order}`;
}
