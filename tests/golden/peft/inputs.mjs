// What record.py begins with, in target/golden/peft, a folder for each of two models: the small one that the Rust tests
// train, and the default one.
//
//   inputs.json   the model's file and its SHA-256, the rows as tokens, the settings, and what this engine says after the
//                 query with the adapter `tuned`: { file, sha256, rows: [{ ids, from }], settings, query: { ids, logprobs } }
//   fresh/        the adapter before the first step, exported for PEFT
//   tuned/        the adapter after the last
//
//   node tests/golden/peft/inputs.mjs

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Model, renderPrompt } from 'shotglass';
import { presets } from 'shotglass/presets';
import { finetune } from 'shotglass/transfer';
import { modelFile, mustExist, peftFolder, trainedFolder } from '../../support/files.mjs';

const settings = {
  rank: 8,
  alpha: 16,
  seed: 1,
  steps: 10,
  warmUp: 2,
  learningRate: 1e-3,
  weightDecay: 0.1,
  clip: 1,
};
const { task } = presets.find(({ id }) => id === 'past-tense');
const rows = task.demonstrations.slice(0, 8);

/** A training row as tokens, and the index of the first that is learned. */
async function tokensOf(model, { input, output }) {
  const { text } = renderPrompt(task, { shots: 0, query: input });
  const { outputSeparator, demonstrationSeparator } = task.template;
  const idsOf = async (text) => (await model.tokenize(text)).map(({ id }) => id);
  const prompt = await idsOf(text);
  return {
    ids: [...prompt, ...(await idsOf(outputSeparator + output + demonstrationSeparator))],
    from: prompt.length,
  };
}

async function save(adapter, folder) {
  await mkdir(folder, { recursive: true });
  for (const { name, bytes } of await adapter.save('peft'))
    await writeFile(join(folder, name), bytes);
  await adapter.close();
}

for (const [name, file] of [
  ['tiny', join(trainedFolder, 'model.gguf')],
  ['default', modelFile],
]) {
  mustExist(file, 'cargo xtask test --only rust,model');
  const folder = join(peftFolder, name);
  const model = await Model.load(file, { activationBits: 16, threads: 1 });
  const training = finetune(model, task, rows, settings);
  await save(await training.adapter(), join(folder, 'fresh'));
  for await (const { step, loss } of training) console.log(name, step, loss);
  await save(await training.adapter(), join(folder, 'tuned'));
  await model.setAdapter(await training.adapter());
  const query = renderPrompt(task, { shots: 0 });
  const inputs = {
    file,
    sha256: model.info.sha256,
    rows: await Promise.all(rows.map((row) => tokensOf(model, row))),
    settings,
    query: {
      ids: (await model.tokenize(query)).map(({ id }) => id),
      logprobs: [...(await model.logprobs(query))],
    },
  };
  await writeFile(join(folder, 'inputs.json'), JSON.stringify(inputs));
  model.close();
}
