// The official OpenAI client asks `shotglass serve`, and every number is that of the same model in this process.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import OpenAI from 'openai';
import { Model } from 'shotglass';
import { renderChat } from 'shotglass/jinja';
import { modelFile, mustExist } from '../../../support/files.mjs';
import { id, startApi, stop } from './server.mjs';

mustExist(modelFile, 'cargo xtask model');

const prompt = 'Q: walk\nA: walked\n\nQ: jump\nA:';
const messages = [{ role: 'user', content: 'Say hello in one word.' }];
let server;
let client;
let model;
let ids;
before(async () => {
  server = await startApi();
  client = new OpenAI({ baseURL: `${server.origin}/v1`, apiKey: 'any', maxRetries: 0 });
  model = await Model.load(modelFile, { activationBits: 16 });
  ids = (await model.tokenize(prompt)).map(({ id }) => id);
});
after(async () => {
  model?.close();
  const { code, stderr } = await stop(server);
  assert.equal(code, 0);
  assert.ok(!stderr.includes('secret'), stderr);
});

const complete = (body) => client.completions.create({ model: id, temperature: 0, ...body });
const converse = (body) =>
  client.chat.completions.create({ model: id, messages, temperature: 0, ...body });
const plain = async (path, body) => {
  const response = await fetch(server.origin + path, {
    method: body ? 'POST' : 'GET',
    body: body && JSON.stringify(body),
  });
  assert.equal(response.status, 200);
  return response.json();
};

/** What `top_logprobs` says of these candidates and of the token itself. */
const top = (candidates, token) =>
  Object.fromEntries([...candidates, token].map(({ text, logprob }) => [text, logprob]));

test('models', async () => {
  const all = await client.models.list();
  assert.deepEqual(
    all.data.map((one) => [one.id, one.object, one.max_model_len]),
    [[id, 'model', 8192]],
  );
  assert.equal((await client.models.retrieve(id)).id, id);
  await assert.rejects(client.models.retrieve('gpt-4'), OpenAI.NotFoundError);
});

test('a completion has the tokens and numbers of the model', async () => {
  const { object, choices, usage, ...head } = await complete({
    prompt,
    max_tokens: 3,
    logprobs: 4,
  });
  const own = await model.complete(prompt, { maxTokens: 3, candidates: 4 });
  assert.deepEqual([object, head.model], ['text_completion', id]);
  const [{ index, text, logprobs, finish_reason: finish }] = choices;
  assert.deepEqual([choices.length, index, text, finish], [1, 0, own.text, 'length']);
  assert.deepEqual(
    logprobs.tokens,
    own.tokens.map(({ text }) => text),
  );
  assert.deepEqual(
    logprobs.token_logprobs,
    own.tokens.map(({ logprob }) => logprob),
  );
  assert.deepEqual(
    logprobs.top_logprobs,
    own.tokens.map((token) => top(token.candidates, token)),
  );
  assert.deepEqual(logprobs.text_offset, [0, 7, 8]);
  assert.deepEqual(
    [usage.prompt_tokens, usage.completion_tokens, usage.total_tokens],
    [ids.length, 3, ids.length + 3],
  );
  const again = await complete({ prompt, max_tokens: 1 });
  assert.equal(again.choices[0].logprobs, null);
  assert.equal(again.usage.prompt_tokens_details.cached_tokens, ids.length);
});

test('an echo says how probable the prompt is, as lm-evaluation-harness asks for it', async () => {
  // `gguf` sends this, and adds up all but the last, which is the one generated token.
  const asked = { prompt, logprobs: 10, max_tokens: 1, echo: true };
  const entries = await model.surprisal(prompt, { topK: 10 });
  const [next] = (await model.complete(prompt, { maxTokens: 1, candidates: 10 })).tokens;
  const check = ({ text, logprobs }) => {
    assert.equal(text, prompt + next.text);
    assert.deepEqual(
      logprobs.token_logprobs,
      [...entries, next].map(({ logprob }) => logprob),
    );
    const known = entries.slice(1).map(({ token, logprob, candidates }) => {
      return top(candidates, { ...token, logprob });
    });
    assert.deepEqual(logprobs.top_logprobs, [null, ...known, top(next.candidates, next)]);
    // Where each token is found in the text.
    for (const [i, offset] of logprobs.text_offset.entries()) {
      assert.ok([...text].slice(offset).join('').startsWith(logprobs.tokens[i]));
    }
  };
  check((await complete(asked)).choices[0]);
  // `local-completions` sends lists of ids.
  const two = await complete({ ...asked, prompt: [ids, ids.slice(0, -1)], seed: 1234 });
  check(two.choices[0]);
  assert.deepEqual(
    two.choices.map(({ index }) => index),
    [0, 1],
  );
  const { logprobs } = two.choices[1];
  assert.deepEqual(
    logprobs.token_logprobs.slice(0, -1),
    entries.slice(0, -1).map(({ logprob }) => logprob),
  );
  check((await complete({ ...asked, prompt: ids })).choices[0]);
  // Nothing generated.
  const alone = await complete({ ...asked, max_tokens: 0, logprobs: 0 });
  assert.deepEqual(
    alone.choices[0].logprobs.token_logprobs,
    entries.map(({ logprob }) => logprob),
  );
  assert.deepEqual(
    alone.choices[0].logprobs.top_logprobs[3],
    top([], {
      ...entries[3].token,
      logprob: entries[3].logprob,
    }),
  );
  assert.deepEqual([alone.choices[0].text, alone.usage.completion_tokens], [prompt, 0]);
  const nothing = await complete({ prompt, max_tokens: 0 });
  assert.deepEqual([nothing.choices[0].text, nothing.usage.prompt_tokens], ['', ids.length]);
});

// Characters, not UTF-16 code units, and half a character by its bytes.
test('offsets count characters, and parts of one are written as bytes', async () => {
  const text = 'é🦊 fox';
  const tokens = await model.tokenize(text);
  const { choices } = await complete({ prompt: text, echo: true, logprobs: 0, max_tokens: 0 });
  const { tokens: names, text_offset: offsets } = choices[0].logprobs;
  assert.equal(names.length, tokens.length);
  assert.equal(offsets.at(-1), 2);
  const fox = names.slice(1, -1);
  assert.ok(fox.length > 1);
  const bytes = fox.map((name) => name.replace(/^bytes:/, '').replaceAll('\\x', '')).join('');
  assert.equal(Buffer.from(bytes, 'hex').toString(), '🦊');
});

test('the whole vocabulary, named ids, and ids in place of texts', async () => {
  const all = await model.logprobs(prompt);
  const asIds = { max_tokens: 1, return_tokens_as_token_ids: true };
  for (const logprobs of [-1, 49_152]) {
    const { choices } = await complete({ prompt, logprobs, ...asIds });
    const [whole] = choices[0].logprobs.top_logprobs;
    assert.equal(Object.keys(whole).length, all.length);
    for (const [i, logprob] of all.entries()) assert.equal(whole[`token_id:${i}`], logprob);
  }
  const named = await complete({ prompt, logprobs: 0, logprob_token_ids: [5, 378], ...asIds });
  const [first] = (await model.complete(prompt, { maxTokens: 1 })).tokens;
  const { tokens, top_logprobs: listed } = named.choices[0].logprobs;
  assert.deepEqual(tokens, [`token_id:${first.id}`]);
  const keys = [5, 378, first.id].map((id) => [`token_id:${id}`, all[id]]);
  assert.deepEqual(listed, [Object.fromEntries(keys)]);
});

test('log-probabilities of the prompt in a field of their own', async () => {
  const { choices } = await complete({ prompt, max_tokens: 1, prompt_logprobs: 2 });
  const entries = await model.surprisal(prompt, { topK: 2 });
  assert.equal(choices[0].logprobs, null);
  const [first, ...others] = choices[0].prompt_logprobs;
  assert.equal(first, null);
  for (const [i, entry] of others.entries()) {
    const { token, logprob, rank, candidates } = entries[i + 1];
    for (const one of [...candidates, { ...token, logprob, rank }]) {
      const { id, text } = one;
      const said = { logprob: one.logprob, rank: one.rank, decoded_token: text };
      assert.deepEqual(entry[id], said);
    }
  }
});

test('several prompts and several answers come in their order', async () => {
  const body = { prompt: [prompt, 'Once upon'], n: 2, temperature: 1, seed: 7, max_tokens: 4 };
  const { choices, usage } = await complete(body);
  assert.deepEqual(
    choices.map(({ index }) => index),
    [0, 1, 2, 3],
  );
  const own = (text, seed) => model.complete(text, { maxTokens: 4, temperature: 1, seed });
  for (const [i, text] of body.prompt.entries()) {
    for (const [j, seed] of [7, 8].entries()) {
      assert.equal(choices[2 * i + j].text, (await own(text, seed)).text);
    }
  }
  assert.equal(usage.prompt_tokens, ids.length + 2);
  // Without a seed, answers differ.
  const { seed, ...free } = { ...body, n: 8, max_tokens: 8, prompt: 'Once' };
  const texts = (await complete(free)).choices.map(({ text }) => text);
  assert.ok(new Set(texts).size > 1);
});

test('sampling is that of the model: temperature, top_p, bias, stop', async () => {
  const options = { temperature: 0.8, topP: 0.9, seed: 3, maxTokens: 12 };
  const asked = { prompt, temperature: 0.8, top_p: 0.9, seed: 3, max_tokens: 12, logprobs: 0 };
  const drawn = await complete(asked);
  const own = await model.complete(prompt, options);
  assert.equal(drawn.choices[0].text, own.text);
  // Raw, whatever the temperature is.
  assert.deepEqual(
    drawn.choices[0].logprobs.token_logprobs,
    own.tokens.map(({ logprob }) => logprob),
  );
  const [first] = (await model.complete(prompt, { maxTokens: 1 })).tokens;
  const bias = { [first.id]: -100 };
  const other = await complete({ prompt, max_tokens: 1, logit_bias: bias });
  const biased = await model.complete(prompt, { maxTokens: 1, logitBias: bias });
  assert.equal(other.choices[0].text, biased.text);
  assert.notEqual(other.choices[0].text, first.text);
  for (const stop of ['\n', ['\n', 'zzz']]) {
    const [{ text, finish_reason: finish }] = (await complete({ prompt, stop })).choices;
    assert.deepEqual([text, finish], [' jumped', 'stop']);
  }
});

test('a stream says the same, part by part', async () => {
  const body = { prompt, max_tokens: 5, logprobs: 2, echo: true, n: 2 };
  const whole = await complete(body);
  const stream = await complete({ ...body, stream: true, stream_options: { include_usage: true } });
  const together = [0, 1].map((index) => ({ index, text: '', logprobs: {}, finish_reason: null }));
  let usage = null;
  let parts = 0;
  for await (const chunk of stream) {
    assert.equal(chunk.object, 'text_completion');
    usage = chunk.usage ?? usage;
    for (const { index, text, logprobs, finish_reason: finish } of chunk.choices) {
      parts += 1;
      together[index].text += text;
      together[index].finish_reason = finish;
      for (const [name, values] of Object.entries(logprobs)) {
        const before = together[index].logprobs[name] ?? [];
        together[index].logprobs[name] = [...before, ...values];
      }
    }
  }
  assert.deepEqual(together, whole.choices);
  assert.equal(parts, 2 * 6);
  assert.equal(usage.completion_tokens, 10);
});

test('a chat is the template of the file and its continuation', async () => {
  const text = renderChat(model.info.chatTemplate, messages, { addGenerationPrompt: true });
  const own = await model.complete(text, { maxTokens: 6, candidates: 3 });
  const body = { max_tokens: 6, logprobs: true, top_logprobs: 3 };
  const { object, choices, usage } = await converse(body);
  assert.equal(object, 'chat.completion');
  const [{ message, logprobs, finish_reason: finish }] = choices;
  assert.deepEqual([message.role, message.content], ['assistant', own.text]);
  assert.equal(finish, own.finish === 'length' ? 'length' : 'stop');
  const written = ({ text, logprob, bytes }) => ({ token: text, logprob, bytes: [...bytes] });
  assert.deepEqual(
    logprobs.content,
    own.tokens.map((token) => ({
      ...written(token),
      top_logprobs: token.candidates.map(written),
    })),
  );
  assert.equal(usage.prompt_tokens, (await model.tokenize(text)).length);

  const stream = await converse({ ...body, stream: true });
  const parts = [];
  const tokens = [];
  for await (const { choices } of stream) {
    parts.push(choices[0].delta.content);
    tokens.push(...choices[0].logprobs.content);
    if (choices[0].finish_reason) assert.equal(choices[0].finish_reason, finish);
  }
  assert.equal(parts.join(''), own.text);
  assert.deepEqual(tokens, logprobs.content);

  const split = [{ role: 'user', content: [{ type: 'text', text: messages[0].content }] }];
  const same = await converse({ max_completion_tokens: 6, messages: split });
  assert.equal(same.choices[0].message.content, own.text);
});

test('embeddings are those of the model, as numbers and as bytes', async () => {
  const input = ['a cat', 'a dog'];
  const own = await model.embed(input);
  // The client asks for base64 unless it is told otherwise.
  for (const format of [{}, { encoding_format: 'float' }]) {
    const { data, usage } = await client.embeddings.create({ model: id, input, ...format });
    assert.deepEqual(
      data.map(({ embedding }) => Float32Array.from(embedding)),
      own,
    );
    assert.equal(usage.prompt_tokens, 4);
  }
  const options = { layer: 3, pooling: 'last', encoding_format: 'float' };
  const { data } = await client.embeddings.create({ model: id, input: ids, ...options });
  const [vector] = await model.embed([ids], { layer: 3, pooling: 'last' });
  assert.deepEqual(Float32Array.from(data[0].embedding), vector);
});

test('tokens, as vLLM and lm-evaluation-harness ask for them', async () => {
  const asked = { prompt, add_special_tokens: false, return_token_strs: true };
  const {
    count,
    max_model_len: most,
    tokens,
    token_strs: strings,
  } = await plain('/tokenize', asked);
  assert.deepEqual([count, most, tokens], [ids.length, 8192, ids]);
  assert.equal(strings.join(''), prompt);
  assert.deepEqual(await plain('/detokenize', { tokens: ids }), { prompt });
  const chat = await plain('/tokenize', { messages });
  assert.equal((await converse({ max_tokens: 1 })).usage.prompt_tokens, chat.count);
  const info = await plain('/tokenizer_info');
  assert.equal(info.eos_token, '<|im_end|>');
  assert.equal(info.chat_template, model.info.chatTemplate);
});

test('the errors of the client are those of OpenAI', async () => {
  await assert.rejects(complete({ prompt: [] }), (error) => {
    assert.ok(error instanceof OpenAI.BadRequestError);
    assert.deepEqual([error.param, error.type], ['prompt', 'invalid_request_error']);
    return true;
  });
  await assert.rejects(complete({ prompt, model: 'gpt-4' }), { code: 'model_not_found' });
  await assert.rejects(complete({ prompt: Array(8193).fill(1) }), {
    code: 'context_length_exceeded',
  });
});

test('the terminal has a line for each request, without its text', async () => {
  await complete({ prompt: 'a secret', max_tokens: 2 });
  await server.says(/^POST \/v1\/completions 200, 2 \+ 2 tokens, \d+\.\d\d s$/m, 'stderr');
});
