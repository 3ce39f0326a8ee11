import { probe } from '../../experiments/probe/index.js';
import type { ProbeResult } from '../../experiments/probe/types.js';
import { accuracy, sum } from '../../math/statistics.js';
import { labelIndex } from '../../scoring/classify.js';
import type { Bench, Part } from './bench.js';
import type { PlannedRun } from './plan.js';
import type { Way, WayRun } from './types.js';

/** Measures prototypes and the probe, which read the same states. */
export async function* probed(
  bench: Bench,
  run: PlannedRun,
): AsyncGenerator<Part, void, undefined> {
  const { task, signal } = bench;
  const { rows, labels } = bench.plan.evaluation;
  const train = bench.shown(run).demonstrations;
  const readingMs: number[] = [];
  const model: Parameters<typeof probe>[0] = {
    score: (...asked) => bench.model.score(...asked),
    states: async (prompt, options = {}) => {
      const { states, ms } = await bench.states(String(prompt), options);
      readingMs.push(ms);
      return states;
    },
  };
  let fittingMs = 0;
  let found: ProbeResult | undefined;
  let start = performance.now();
  const options = { train, labels: labels ?? [], shots: [], signal };
  for await (const { done, result } of probe(model, task, rows, options)) {
    if (done > train.length + rows.length) fittingMs += performance.now() - start;
    found = result;
    if (!result.best) yield { done, runs: [] };
    start = performance.now();
  }
  if (!found?.best) return;
  const prepareMs = sum(readingMs.slice(0, train.length)) + fittingMs;
  const promptTokens = await bench.promptTokens(bench.zeroShot);
  const runs = run.ways.map((way): WayRun => {
    const { shots, seed, examples } = run;
    const predicted = predictedBy(found, way);
    const correct = predicted.map((label, i) => label === rows[i]?.label);
    const numbers = numbersOf(bench, run, way);
    return {
      ...{ way, shots, seed, examples, accuracy: accuracy(correct), correct },
      ...{ numbers, bytes: 4 * numbers, prepareMs, promptTokens, forgetting: null },
    };
  });
  yield { done: run.units, runs };
}

/** The label of each row, by the layer that cross-validation has chosen. */
function predictedBy({ layers, best }: ProbeResult, way: Way): readonly number[] {
  const kind = way === 'probe' ? 'regression' : 'prototypes';
  return layers[best?.[kind] ?? 0]?.[kind].predicted ?? [];
}

/** The weights of a probe take the standardization in; the cosines of prototypes need it beside them. */
function numbersOf(bench: Bench, run: PlannedRun, way: Way): number {
  const { labels } = bench.plan.evaluation;
  const { template } = bench.task;
  const outputs = bench.shown(run).demonstrations.map(({ output }) => output);
  const present = new Set(outputs.map((output) => labelIndex(labels ?? [], output, template))).size;
  const { hiddenSize } = bench.model.info;
  return way === 'probe' ? present * (hiddenSize + 1) : (present + 2) * hiddenSize;
}
