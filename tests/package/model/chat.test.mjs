// A conversation, written with the template of the default model's file. In Node.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Model } from 'shotglass';
import { renderChat } from 'shotglass/jinja';
import { modelFile, mustExist } from '../../support/files.mjs';
import { loadFake } from '../fake.mjs';

mustExist(modelFile, 'cargo xtask model');

const messages = [
  { role: 'system', content: 'You answer in one word.' },
  { role: 'user', content: 'Name a color.' },
];

test('an answer is the template of the file and its continuation', async (t) => {
  const model = await Model.load(modelFile);
  t.after(() => model.close());
  const { chatTemplate } = model.info;
  const text = renderChat(chatTemplate, messages, {
    addGenerationPrompt: true,
    bosToken: '<|im_start|>',
    eosToken: '<|im_end|>',
  });
  const options = { maxTokens: 5, candidates: 2 };
  assert.deepEqual(await model.chat(messages, options), await model.complete(text, options));
  const wrong = { code: 'invalid-option', message: /messages/ };
  for (const messages of ['hi', undefined, [{ role: 'user' }]]) {
    await assert.rejects(model.chat(messages), wrong);
  }
  await assert.rejects(model.chat(messages, { max_tokens: 3 }), /Did you mean maxTokens/);
  await assert.rejects(model.chat(messages, { signal: AbortSignal.abort() }), { code: 'aborted' });
});

test('a file without a template is named as the cause', async (t) => {
  const model = await loadFake(t);
  await assert.rejects(model.chat(messages), {
    code: 'invalid-option',
    message: /has no chat template/,
  });
});
