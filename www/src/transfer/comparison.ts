/** All ways to use the same examples, measured on the same held-out rows. */
import type { Model } from 'shotglass';
import { compare, type WayComparison } from 'shotglass/transfer';
import type { Asked, TransferSettings } from '../app/transfer.ts';
import { heldOutRows, planOf } from './plan.ts';

/** Ways that train take the settings of the form; the others have none. */
export async function* compareWays(
  model: Model,
  settings: TransferSettings,
  asked: Asked,
  { signal, report }: { signal: AbortSignal; report: (done: number, total: number) => void },
): AsyncGenerator<WayComparison, void, undefined> {
  const { task, labels } = planOf({ ...settings, way: 'finetune' }, asked);
  const { steps, learningRate, method, layers, rank, weightDecay, dropout, seed } = settings;
  const shared = {
    ...{ steps, weightDecay },
    layers: layers === null ? undefined : Math.min(layers, model.info.layers),
  };
  const lora = { rank, dropout, ...(method === 'lora' && { learningRate }) };
  const rows = heldOutRows(
    asked,
    new Set(asked.task.demonstrations.map(({ input }) => input.trim())),
  );
  const all = compare(model.withAdapter(null), asked.task, rows, {
    ...{ shots: [task.demonstrations.length], seeds: [seed], labels, signal },
    training: { ...shared, lora, distilled: lora, ia3: method === 'ia3' ? { learningRate } : {} },
  });
  for await (const { done, total, result } of all) {
    report(done, total);
    yield result;
  }
}
