import { curvePoint } from '../../experiments/evaluate/cells.js';
import { mean } from '../../math/statistics.js';
import { type WayReading, type WayRun, ways } from './types.js';

/** Runs, one way with one number of examples at a time, over their seeds. */
export function readingsOf(runs: readonly WayRun[]): WayReading[] {
  const groups = new Map<string, WayRun[]>();
  for (const run of runs) {
    const key = `${run.way} ${run.shots}`;
    groups.set(key, [...(groups.get(key) ?? []), run]);
  }
  return [...groups.values()].map(readingOf).sort(byShotsAndWay);
}

function readingOf(runs: WayRun[]): WayReading {
  const { way, shots } = runs[0] as WayRun;
  const { cells: _, ...point } = curvePoint(shots, runs);
  const forgetting = runs.flatMap((run) => run.forgetting ?? []);
  const meanOf = (cost: 'numbers' | 'bytes' | 'prepareMs' | 'promptTokens') =>
    mean(runs.map((run) => run[cost]));
  return {
    way,
    ...point,
    numbers: meanOf('numbers'),
    bytes: meanOf('bytes'),
    prepareMs: meanOf('prepareMs'),
    promptTokens: meanOf('promptTokens'),
    forgetting: forgetting.length > 0 ? mean(forgetting) : null,
    runs,
  };
}

function byShotsAndWay(a: WayReading, b: WayReading): number {
  // One example may also be a number of shots that was asked for.
  return a.shots - b.shots || ways.indexOf(a.way) - ways.indexOf(b.way);
}
