import { evaluate } from '../../experiments/evaluate/index.js';
import type { EvaluatedModel } from '../../experiments/evaluate/plan.js';
import type { Cell } from '../../experiments/evaluate/types.js';
import type { Adapter } from '../../model/adapter.js';
import type { Training } from '../../model/training.js';
import { renderPrompt } from '../../prompt/render.js';
import type { Demonstration, Task } from '../../prompt/task.js';
import { distil } from '../distil.js';
import { finetune } from '../finetune.js';
import type { Bench, Part } from './bench.js';
import { isProbe, type PlannedRun } from './plan.js';
import { probed } from './probed.js';
import { isTrained } from './settings.js';
import type { TrainedWay, Way, WayCosts } from './types.js';

/** Measures a run, whatever its ways are. */
export function measured(bench: Bench, run: PlannedRun): AsyncGenerator<Part, void, undefined> {
  const [way] = run.ways as [Way];
  if (isProbe(way)) return probed(bench, run);
  return isTrained(way) ? tuned(bench, run, way) : prompted(bench, run, way);
}

async function* prompted(
  bench: Bench,
  run: PlannedRun,
  way: Way,
): AsyncGenerator<Part, void, undefined> {
  const shown = bench.shown(run);
  const bytes = byteLength(shown) - byteLength(bench.zeroShot);
  const costs = { numbers: 0, bytes, prepareMs: 0, forgetting: null };
  yield* answered(bench, run, { way, model: bench.model, shown, costs });
}

async function* tuned(
  bench: Bench,
  run: PlannedRun,
  way: TrainedWay,
): AsyncGenerator<Part, void, undefined> {
  const { signal } = bench;
  const start = performance.now();
  const training = await trainingOf(bench, run, way);
  let adapter: Adapter | null = null;
  try {
    let prepareMs = performance.now() - start;
    let forgetting: number | null = null;
    for await (const step of training) {
      prepareMs += step.durationMs;
      forgetting = step.forgetting;
      yield { done: step.step, runs: [] };
    }
    adapter = await training.adapter();
    const [file] = await adapter.save('gguf', { bits: 16, signal });
    const bytes = file?.bytes.length ?? 0;
    const costs = { numbers: adapter.info.parameters, bytes, prepareMs, forgetting };
    const model = bench.model.withAdapter(adapter);
    yield* answered(bench, run, { way, model, shown: bench.zeroShot, costs }, training.steps);
  } finally {
    await training.close();
    await adapter?.close();
  }
}

async function trainingOf(bench: Bench, run: PlannedRun, way: TrainedWay): Promise<Training> {
  const { labels, train } = bench.plan.evaluation;
  const { model, task } = bench;
  const { training, maxTokens } = bench.plan;
  const shown = bench.shown(run);
  const { seed } = run;
  if (way !== 'distilled') {
    return finetune(model, task, shown.demonstrations, { ...training[way], labels, seed });
  }
  const inputs = run.others.map((index) => (train[index] as Demonstration).input);
  return distil(model, shown, { ...training[way], inputs, maxTokens, seed });
}

/** A way that answers a prompt: the model, the task with all demonstrations that are shown, and what it has cost. */
interface Answering {
  way: Way;
  model: EvaluatedModel;
  shown: Task;
  costs: Omit<WayCosts, 'promptTokens'>;
}

/** The rows under test, asked by {@link evaluate}. */
async function* answered(
  bench: Bench,
  run: PlannedRun,
  { way, model, shown, costs }: Answering,
  before = 0,
): AsyncGenerator<Part, void, undefined> {
  const { rows, labels } = bench.plan.evaluation;
  const { maxTokens } = bench.plan;
  const { signal } = bench;
  const options = { shots: [shown.demonstrations.length], labels, maxTokens, signal };
  let cell: Cell | undefined;
  for await (const { done, total, result } of evaluate(model, shown, rows, options)) {
    const [tooLong] = result.notRun;
    if (tooLong) throw tooLong.error;
    if (done === total) cell = result.cells[0];
    else yield { done: before + done, runs: [] };
  }
  if (!cell) return;
  const promptTokens = await bench.promptTokens(shown);
  const correct = cell.rows.map((row) => row.correct);
  const { shots, seed, examples } = run;
  const { accuracy } = cell;
  const found = { way, shots, seed, examples, accuracy, correct, ...costs, promptTokens };
  yield { done: run.units, runs: [found] };
}

function byteLength(task: Task): number {
  return new TextEncoder().encode(renderPrompt(task, { query: '' }).text).length;
}
