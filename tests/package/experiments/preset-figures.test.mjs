// What a preset says of itself, and what an evaluation of it finds, are the same figure. With the real model.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { after, before, test } from 'node:test';
import { defaultModel, Model } from 'shotglass';
import { evaluate } from 'shotglass/experiments';
import { presets } from 'shotglass/presets';
import { modelFile, mustExist } from '../../support/files.mjs';

mustExist(modelFile, 'cargo xtask model');

const file = new URL('../../../www/src/measured/measured.json', import.meta.url);
const measured = JSON.parse(await readFile(file, 'utf8'));

let model;
before(async () => {
  const { sha256, activationBits } = measured.model;
  assert.equal(sha256, defaultModel.sha256);
  model = await Model.load(modelFile, { sha256, activationBits });
});
after(() => model?.close());

for (const id of ['plural', 'sentiment']) {
  test(`an evaluation of ${id} finds what the preset says of itself`, async () => {
    const { task, rows } = presets.find((preset) => preset.id === id);
    const { points } = measured.presets[id];
    const options = {
      shots: points.map(({ shots }) => shots),
      labels: task.labels ? undefined : null,
      maxTokens: 8,
    };
    let evaluation;
    for await (const { result } of evaluate(model, task, rows, options)) evaluation = result;
    assert.deepEqual(
      evaluation.cells.map(({ shots, accuracy }) => [shots, accuracy.n, accuracy.correct]),
      points.map(({ shots, n, correct }) => [shots, n, correct]),
    );
  });
}
