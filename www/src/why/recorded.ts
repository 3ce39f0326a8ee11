/** Figures of the default model that were recorded, so that they are there before a download. */
import type { Figure } from './figure.ts';

/** A figure as JSON, with the key of the question that it is of. */
export interface FigureRecord {
  key: string;
  figure: unknown;
}

/** Significant digits of all numbers: more than are drawn or shown. */
const digits = 5;

export function recordOf(key: string, figure: Figure): FigureRecord {
  const rounded = (_: string, value: unknown) => {
    if (value instanceof Float32Array) return [...value];
    return typeof value === 'number' ? Number(value.toPrecision(digits)) : value;
  };
  return { key, figure: JSON.parse(JSON.stringify(figure, rounded)) };
}

/** The figure of a record; null where it is of another question. */
export function recordedFigure<Found extends Figure>(
  { key, figure }: FigureRecord,
  asked: string,
): Found | null {
  return key === asked ? { ...(figure as Found), isRecorded: true } : null;
}
