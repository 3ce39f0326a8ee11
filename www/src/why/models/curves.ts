/** Models beside each other: what is known of each, the rows that they share, and where their lines end. */
import {
  type CurvePoint,
  compareEvaluations,
  type Evaluation,
  type PairedCell,
  type PairedPoint,
} from 'shotglass/experiments';
import type { ModelFacts } from '../../app/source.ts';

/** A model, with all that its row says. */
export interface ComparedModel extends ModelFacts {
  /** Null where a server does not tell, and so the size of its file. */
  parameters: number | null;
  bytes: number | null;
  kind: 'base' | 'instruct' | null;
  /** Number of tokens that it was trained on; null where that is not known. */
  tokensTrained: number | null;
}

/** What one model was found to do. All curves of a figure are of the same rows, demonstrations and seeds. */
export interface ModelCurve {
  model: ComparedModel;
  /** Whether it was measured here, or ships with the page. */
  origin: 'live' | 'recorded';
  /** Whether all rows have been asked. */
  isEvaluated: boolean;
  cells: readonly PairedCell[];
  curve: readonly CurvePoint[];
  /** What it says of the query after each number of shots; empty where that is not known. */
  query: readonly QueryPoint[];
  /** With every row; null of what is recorded. */
  evaluation: Evaluation | null;
}

export interface QueryPoint {
  k: number;
  /** Null where the prompt was too long. */
  p: number | null;
  /** Null in free text. */
  predicted: string | null;
}

/** The same weights with the same arithmetic have the same figures. */
export function identityOf({
  sha256,
  activationBits,
}: Pick<ModelFacts, 'sha256' | 'activationBits'>): string {
  return `${sha256}/${activationBits}`;
}

/** The smallest first; of one size the smaller file. What has no known size is the last. */
export function bySize(curves: readonly ModelCurve[]): ModelCurve[] {
  return [...curves].sort(
    ({ model: a }, { model: b }) =>
      size(a.parameters) - size(b.parameters) ||
      size(a.bytes) - size(b.bytes) ||
      (a.sha256 < b.sha256 ? -1 : 1),
  );
}

const size = (known: number | null) => known ?? Number.MAX_VALUE;

/** The smallest and the largest model that have rows in common, and how they compare with the most shots of both. */
export interface Extremes {
  small: ModelCurve;
  large: ModelCurve;
  point: PairedPoint;
}

export function extremesOf(curves: readonly ModelCurve[]): Extremes | null {
  const [small, ...others] = bySize(curves).filter(({ curve }) => curve.length > 0);
  const large = others.at(-1);
  if (!small || !large) return null;
  const points = compareEvaluations(small, large);
  const most = Math.max(...points.map(({ shots }) => shots));
  const point = points.find(({ shots }) => shots === most);
  return point ? { small, large, point } : null;
}

/**
 * Places for labels beside the ends of lines, in shares of a height. Each label is as close to its own end as possible,
 * at least `least` away from every other label, and between 0 and 1 if all of them fit there.
 */
export function labelPlaces(ends: readonly number[], least: number): number[] {
  const order = [...ends.keys()].sort((a, b) => (ends[a] ?? 0) - (ends[b] ?? 0));
  const placed = new Map<number, number>();
  let below = Number.NEGATIVE_INFINITY;
  for (const index of order) {
    below = Math.max(ends[index] ?? 0, below + least, 0);
    placed.set(index, below);
  }
  let above = Math.max(1, (order.length - 1) * least) + least;
  for (const index of order.reverse()) {
    above = Math.min(placed.get(index) ?? 0, above - least);
    placed.set(index, above);
  }
  return [...ends.keys()].map((index) => placed.get(index) ?? 0);
}
