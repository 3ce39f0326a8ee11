// Servers that name tokens by their texts and have no /tokenize, as hosts do.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Model } from 'shotglass';
import { idsOf, logprobsAfter, startByteServer } from './byte-server.mjs';

const host = { tokenizer: false, asText: true, names: false, most: 5 };

async function connect(t, options) {
  const server = await startByteServer(t, { ...host, ...options });
  const model = await Model.connect(server.origin);
  t.after(() => model.close());
  return { ...server, model };
}

const logprobOf = (context, text) => {
  const ids = idsOf(context + text);
  const from = idsOf(context).length;
  return ids.slice(from).reduce((sum, id, i) => sum + logprobsAfter(ids[from + i - 1])[id], 0);
};
const near = (a, b) => assert.ok(Math.abs(a - b) < 1e-9, `${a} and ${b}`);

// SGLang has /tokenize, and names tokens by their texts all the same.
const sglang = { tokenizer: true, strings: false, least: 1 };

for (const options of [{}, { least: 1 }, { addsBos: true }, { least: 1, addsBos: true }, sglang]) {
  test(`a host that repeats prompts ${JSON.stringify(options)} scores by that`, async (t) => {
    const { model, requests } = await connect(t, { prompts: 'echo', ...options });
    assert.deepEqual(model.capabilities, {
      distribution: 'top',
      top: 5,
      promptLogprobs: true,
      namedTokens: false,
      tokenize: true,
      states: false,
    });
    const [yes, no] = await model.score('Q: a\nA: ', ['yes', 'no'], { reference: 'N/A:' });
    near(yes.logprob, logprobOf('Q: a\nA:', ' yes'));
    near(no.reference.logprob, logprobOf('N/A:', ' no'));
    assert.deepEqual(yes.tokens.map(({ text }) => text).join(''), ' yes');
    assert.ok(yes.tokens.every(({ id }) => id < 0));
    await assert.rejects(model.score('The', []), { code: 'invalid-option' });
    const entries = await model.surprisal('abc');
    near(entries[2].logprob, logprobsAfter(98)[99]);
    assert.equal(entries[2].rank === null || entries[2].rank === 1, true);
    const { candidates, tokens, rest } = await model.predict('ab', { promptTokens: true });
    near(candidates[0].logprob, Math.max(...logprobsAfter(98)));
    assert.equal(tokens, 2);
    assert.equal(rest.count, null);
    const { text } = await model.complete('ab', { maxTokens: 2 });
    assert.equal([...text].length, 2);
    const prompts = requests.flatMap(({ body }) =>
      Array.isArray(body?.prompt) ? body.prompt : [],
    );
    assert.ok(
      prompts.slice(1).every((prompt) => typeof prompt === 'string'),
      'text is sent',
    );
  });
}

test('a host that does not repeat prompts gives bars, and says what the rest needs', async (t) => {
  const { model } = await connect(t, { prompts: null });
  assert.equal(model.capabilities.tokenize, false);
  const { candidates, tokens } = await model.predict('ab', { topK: 3 });
  near(candidates[0].logprob, Math.max(...logprobsAfter(98)));
  assert.equal(tokens, null);
  for (const call of [
    () => model.score('a', ['b']),
    () => model.surprisal('ab'),
    () => model.tokenize('ab'),
    () => model.predict('ab', { promptTokens: true }),
  ]) {
    await assert.rejects(call, { code: 'unsupported-by-server', message: /does not split texts/ });
  }
  assert.equal((await model.complete('ab', { maxTokens: 3 })).tokens.length, 3);
});

test('a host that answers unknown paths with a web page or a refusal has no tokenizer', async (t) => {
  for (const status of [200, 400, 403, 405]) {
    const instead = ({ path }, response) => {
      if (path !== '/tokenize') return false;
      response.writeHead(status, { 'content-type': 'text/html' }).end('<!doctype html>');
      return true;
    };
    const { model } = await connect(t, { prompts: 'echo', instead });
    near((await model.score('A:', [' x']))[0].logprob, logprobOf('A:', ' x'));
  }
});

test('a host without log-probabilities', async (t) => {
  const { model } = await connect(t, { prompts: null, logprobs: false });
  assert.equal(model.capabilities.distribution, 'none');
  await assert.rejects(model.predict('ab'), {
    code: 'unsupported-by-server',
    message: /predict needs more than this server gives: it tells no log-probabilities; vLLM/,
  });
});

test('texts that do not give the prompt again are no tokens of it', async (t) => {
  let isLying = false;
  const tamper = (_, answer) => {
    if (isLying) for (const { logprobs } of answer.choices) logprobs.tokens[0] = 'z';
    return answer;
  };
  const { model } = await connect(t, { prompts: 'echo', tamper });
  isLying = true;
  await assert.rejects(model.score('A:', [' x']), {
    code: 'request-failed',
    message: /do not give this text/,
  });
});

test('perplexity needs ids, and a conversation a server that has them', async (t) => {
  const { model } = await connect(t, { prompts: 'echo' });
  await assert.rejects(model.perplexity(['ab']), {
    code: 'unsupported-by-server',
    message: /names tokens by their texts only; vLLM, llama-server and `npx shotglass serve`/,
  });
  await assert.rejects(model.chat([{ role: 'user', content: 'a' }]), {
    code: 'unsupported-by-server',
    message: /has no \/v1\/chat\/completions; vLLM/,
  });
  const [yes] = await model.scoreEach('Q: a\nA:', [' yes', '']);
  near(yes.logprob, logprobOf('Q: a\nA:', ' yes'));
});

test('perplexity is that of the formula, and an answer to a conversation may tell no tokens', async (t) => {
  const chat = ({ path, body }, response) => {
    if (path !== '/v1/chat/completions') return false;
    const message = { role: 'assistant', content: `${body.messages[0].content}!` };
    const choices = [{ index: 0, message, logprobs: null, finish_reason: 'length' }];
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ choices }));
    return true;
  };
  const { model } = await connect(t, {
    tokenizer: true,
    asText: false,
    names: true,
    instead: chat,
  });
  const { nats, tokens, bytes, bitsPerByte } = await model.perplexity(['abc', 'é']);
  near(-nats, logprobOf('a', 'bc') + logprobOf('\u00e9', '') + logprobsAfter(0xc3)[0xa9]);
  assert.deepEqual([tokens, bytes], [3, 3]);
  near(bitsPerByte, nats / (3 * Math.LN2));
  assert.deepEqual(await model.chat([{ role: 'user', content: 'hi' }]), {
    text: 'hi!',
    finish: 'length',
    tokens: [],
  });
});
