import type { Evaluation } from 'shotglass/experiments';
import type { EvaluationFigure } from './figure.ts';

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

export function cautionsOf({ evaluation, leftOut }: EvaluationFigure): Caution[] {
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

/** The numbers of shots that are offered: 0, 1, 2, 4, 8, and so on, up to all there are. */
export function offeredShots(pool: number): number[] {
  const offered = [0];
  for (let k = 1; k <= pool && k <= 32; k *= 2) offered.push(k);
  return offered;
}
