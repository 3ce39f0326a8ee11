// A result for each continuation, on the default model in Node.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Model, ShotglassError } from 'shotglass';
import { modelFile, mustExist } from '../../support/files.mjs';

mustExist(modelFile, 'cargo xtask model');

let model;
before(async () => {
  model = await Model.load(modelFile);
});
after(() => model?.close());

test('what cannot be scored has its error, and the others the scores of a call without it', async () => {
  const continuations = ['ital', ' tain', '', ' and', 'a\ud800', ' a'.repeat(9000)];
  await assert.rejects(model.score('The cap', continuations));
  const results = await model.scoreEach('The cap', continuations);
  assert.deepEqual(
    results.map(({ continuation, error }) => [continuation, error?.code]),
    [
      ['ital', 'merged-continuation'],
      [' tain', undefined],
      ['', 'invalid-option'],
      [' and', undefined],
      ['a\ud800', 'invalid-text'],
      [continuations[5], 'prompt-too-long'],
    ],
  );
  for (const { error } of results)
    assert.ok(error === undefined || error instanceof ShotglassError);
  const alone = await model.score('The cap', [' tain', ' and']);
  assert.deepEqual([results[1], results[3]], alone);

  const reference = 'Answer:';
  const [score, failed] = await model.scoreEach('The cap', [' and', 'ital'], { reference });
  assert.deepEqual([score], await model.score('The cap', [' and'], { reference }));
  assert.equal(failed.error.code, 'merged-continuation');
});

test('if all fail, or none, there is a result for each', async () => {
  assert.deepEqual(
    (await model.scoreEach('The cap', ['ital', ''])).map(({ error }) => error.code),
    ['merged-continuation', 'invalid-option'],
  );
  assert.deepEqual(
    await model.scoreEach('The cap', [' a', ' b']),
    await model.score('The cap', [' a', ' b']),
  );
});

test('what is wrong with the context or the call rejects', async () => {
  await assert.rejects(model.scoreEach('', [' a']), { code: 'empty-prompt' });
  await assert.rejects(model.scoreEach('a\ud800', [' a']), { code: 'invalid-text' });
  for (const wrong of [[], 'a', [' a', 7], undefined]) {
    await assert.rejects(model.scoreEach('The', wrong), /continuations must be/);
  }
  await assert.rejects(model.scoreEach('The', [' a'], { refrence: '' }), /Did you mean reference/);
});
