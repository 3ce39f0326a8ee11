// What real servers answered (`record.mjs`), read again: the numbers are those of the engine on the same file.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { Model } from 'shotglass';
import { mustExist, tinyFolder } from '../../support/files.mjs';
import { replay } from './replay.mjs';
import { context, continuations, session } from './session.mjs';

mustExist(tinyFolder, 'cargo test --release');

const near = (a, b, bound, about) => assert.ok(Math.abs(a - b) < bound, `${about}: ${a}, ${b}`);

test('llama-server: all probabilities are had, and none of a prompt by itself', async (t) => {
  const model = await Model.connect(await replay(t, 'llama-server.json'));
  const local = await Model.load(join(tinyFolder, 'f32.gguf'), { keep: false, activationBits: 16 });
  t.after(() => {
    model.close();
    local.close();
  });
  const found = await session(model);
  assert.deepEqual(found.capabilities, {
    distribution: 'full',
    top: local.info.vocabularySize,
    promptLogprobs: false,
    namedTokens: true,
    tokenize: true,
    states: false,
  });
  assert.equal(found.info.vocabularySize, local.info.vocabularySize);
  assert.deepEqual(found.tokens, await local.tokenize(context));
  assert.equal(found.text, await local.detokenize([65, 66]));

  // Weights and activations have 32 bits in both, but for the rounding of ours to 16 bits and theirs in the cache.
  const wanted = await local.score(context, continuations);
  for (const [i, { tokens, logprob, isGreedy }] of found.scores.entries()) {
    near(logprob, wanted[i].logprob, 0.01, continuations[i]);
    assert.equal(isGreedy, wanted[i].isGreedy);
    assert.deepEqual(
      tokens.map(({ id, rank, bytes }) => [id, rank, bytes]),
      wanted[i].tokens.map(({ id, rank, bytes }) => [id, rank, bytes]),
    );
  }
  const { candidates, rest } = await local.predict(context, { topK: 5 });
  for (const [i, { id, logprob, bytes, rank }] of found.prediction.candidates.entries()) {
    assert.deepEqual([id, rank, bytes], [candidates[i].id, i + 1, candidates[i].bytes]);
    near(logprob, candidates[i].logprob, 0.01, 'a candidate');
  }
  assert.equal(found.prediction.rest.count, rest.count);
  near(found.prediction.rest.p, rest.p, 0.005, 'the rest');
  for (const [id, logprob] of (await local.logprobs(context)).entries()) {
    near(found.logprobs[id], logprob, 0.02, `token ${id}`);
  }
  const entries = await local.surprisal('a b', { topK: 2 });
  near(found.surprisal[1].logprob, entries[1].logprob, 0.01, 'a surprisal');
  assert.equal(found.surprisal[1].rank, entries[1].rank);
  const { tokens, finish } = await local.complete(context, { maxTokens: 3 });
  assert.equal(found.completion.finish, finish);
  assert.equal(found.completion.tokens.at(-1).id, tokens.at(-1).id);
});
