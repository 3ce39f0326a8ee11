/** Runs as files that other programs read. */
import type { TransferRun } from '../app/transfer.ts';

/**
 * All runs as JSON Lines, for what draws learning curves elsewhere: of each run a line `"type": "run"` with its settings as
 * `config`, then one `"type": "step"` for each moment with all that was measured then.
 */
export function jsonLines(runs: readonly TransferRun[]): Blob {
  const lines = runs.flatMap((run) => [
    { type: 'run', run: run.id, config: configOf(run) },
    ...run.moments.map((moment) => ({ type: 'step', run: run.id, ...measuredAt(moment) })),
  ]);
  const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  return new Blob([text], { type: 'application/jsonl' });
}

function configOf({ settings, model, ...run }: TransferRun) {
  const { texts, ...numbers } = settings;
  const { task, asked, examples, shots, parameters, state, began, sha256 } = run;
  const { query, answer } = asked;
  return {
    ...{ task, ...numbers, examples, layers: settings.layers ?? run.layers, parameters },
    ...{ query, answer, p_by_shots: Object.fromEntries(shots.map(({ k, p }) => [k, p])), state },
    ...{ model: model.name, model_sha256: model.sha256, activation_bits: model.activationBits },
    ...{ adapter_sha256: sha256, began: new Date(began).toISOString() },
    ...(settings.way === 'adapt' && { texts: texts.split('\n').length }),
  };
}

function measuredAt(moment: TransferRun['moments'][number]) {
  const { step, loss, validationLoss, forgetting, p, held, elapsedMs } = moment;
  const right = held?.filter(({ isRight }) => isRight).length;
  const all = {
    ...{ step, loss, validation_loss: validationLoss, forgetting, p_answer: p },
    held_out_right: held ? Number(right) / held.length : null,
    elapsed_ms: Math.round(elapsedMs),
  };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null));
}

/** How the file of an adapter is called. */
export function stemOf({ task, settings }: TransferRun, step: number): string {
  const name = task
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '');
  return `${name || 'task'}-${settings.method}-step-${step}`;
}
