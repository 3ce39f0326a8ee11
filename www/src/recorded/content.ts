import type { Preset } from 'shotglass/presets';

/**
 * All of a preset that a record depends on, as one text: the same content gives the same text, in whatever order it
 * stands in the source. A record carries the SHA-256 of it.
 */
export function contentText({ task, queries, answer, shots, rows, mended }: Preset): string {
  return JSON.stringify(sorted({ task, queries, answer, shots, rows, mended }));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}
