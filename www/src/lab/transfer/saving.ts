/** What leaves the page: an adapter as files, or all runs as lines. */
import type { Model } from 'shotglass';
import type { TransferRun } from '../../app/transfer.ts';
import { save } from '../../ui/save.ts';
import type { Parts } from './parts.ts';
import type { Runs } from './runs.ts';

export function saveLines(part: Parts, runs: Runs): void {
  save('shotglass-runs.jsonl', part.jsonLines(runs.all));
}

/** The adapter of the moment that is looked at; for PEFT the model has to write it. */
export async function saveAdapter(
  as: 'gguf' | 'peft',
  part: Parts,
  runs: Runs,
  run: TransferRun,
  model: Model | null,
): Promise<void> {
  const snapshot = runs.snapshots.upTo(run.id, runs.stepOf(run));
  if (!snapshot) return;
  if (as === 'gguf') {
    save(`${part.stemOf(run, snapshot.step)}.gguf`, new Blob([snapshot.file]));
    return;
  }
  const adapter = await model?.loadAdapter(snapshot.file);
  try {
    for (const { name, bytes } of (await adapter?.save('peft')) ?? []) {
      save(name, new Blob([bytes]));
    }
  } finally {
    await adapter?.close();
  }
}
