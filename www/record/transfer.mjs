// A training on a preset as it opens, for the section Transfer.
import { moduleOf } from '../module.mjs';
import { questionOfPreset } from './cards.mjs';

const { askedOfQuestion } = await moduleOf('src/lab/transfer/asked.ts');
const { firstTransferSettings } = await moduleOf('src/app/transfer.ts');
const { factsOfModel } = await moduleOf('src/app/source.ts');
const { compareWays } = await moduleOf('src/transfer/comparison.ts');
const { planOf } = await moduleOf('src/transfer/plan.ts');
const { grown, runTransfer } = await moduleOf('src/transfer/training.ts');

/** All ways to use the examples of a preset as it opens, on its own rows. */
export async function comparisonRecordOf(model, preset) {
  const asked = askedOfQuestion(questionOfPreset(preset), false);
  const hooks = { signal: new AbortController().signal, report: () => {} };
  let result;
  for await (const found of compareWays(model, firstTransferSettings, asked, hooks)) result = found;
  const timeless = (one) => ({ ...one, prepareMs: 0 });
  const readings = result.readings.map((one) => ({
    ...timeless(one),
    runs: one.runs.map(timeless),
  }));
  return {
    preset: preset.id,
    model: factsOfModel(model.info).name,
    result: { ...result, readings },
  };
}

/** How long it took is a matter of the machine, and so it is not recorded. */
export async function transferRecordOf(model, preset) {
  const asked = askedOfQuestion(questionOfPreset(preset), false);
  const settings = firstTransferSettings;
  const plan = planOf(settings, asked);
  let run = {
    ...{ id: `recorded-${preset.id}`, task: preset.id, preset: preset.id, asked, settings },
    ...{ model: factsOfModel(model.info), layers: model.info.layers },
    examples: plan.task.demonstrations.length,
    ...{ shots: [], moments: [], parameters: null, state: 'done', began: 0 },
    ...{ sha256: null, repeats: null },
  };
  const hooks = { signal: new AbortController().signal, beforePart: () => {} };
  for await (const event of runTransfer(model, plan, hooks)) run = grown(run, event);
  return { ...run, moments: run.moments.map((moment) => ({ ...moment, elapsedMs: 0 })) };
}
