/** Which learning rate suits the present task. */
import type { Model } from 'shotglass';
import { findLearningRate, type Rates } from 'shotglass/transfer';
import type { Asked, TransferSettings } from '../app/transfer.ts';
import { planOf } from './plan.ts';

/** A short training with each rate: the losses after it are compared. */
export async function* tryRates(
  model: Model,
  settings: TransferSettings,
  asked: Asked,
  { signal, report }: { signal: AbortSignal; report: (done: number, total: number) => void },
): AsyncGenerator<Rates, void, undefined> {
  const { task, labels } = planOf({ ...settings, way: 'finetune' }, asked);
  const { method, weightDecay, seed, rank, dropout, layers } = settings;
  const all = findLearningRate(model, task, task.demonstrations, {
    ...{ labels, method, weightDecay, seed, signal },
    ...(method === 'lora' && { rank, dropout }),
    layers: layers === null ? undefined : Math.min(layers, model.info.layers),
  });
  for await (const { done, total, result } of all) {
    report(done, total);
    yield result;
  }
}
