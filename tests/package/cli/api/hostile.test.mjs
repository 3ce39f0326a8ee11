// What `shotglass serve` answers to requests that are wrong, too large, too many, or left alone: an error in OpenAI's
// shape where there is somebody to tell, and then the next request.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, before, test } from 'node:test';
import { modelFile, mustExist } from '../../../support/files.mjs';
import { id, post, startApi, stop } from './server.mjs';

mustExist(modelFile, 'cargo xtask model');

let server;
let port;
before(async () => {
  server = await startApi(['--queue', '8']);
  port = server.port;
});
after(async () => assert.equal((await stop(server)).code, 0));

const path = '/v1/completions';
const chat = '/v1/chat/completions';
const fine = { prompt: 'Q: cat\nA:', max_tokens: 1, temperature: 0 };

/** The next request after whatever there was. */
async function isAnswered() {
  const { status, json } = await post(port, path, fine);
  assert.equal(status, 200);
  assert.equal(json.choices[0].text, ' The');
}

async function refused(answer, status, expected = {}) {
  const { json, text, ...got } = await answer;
  assert.equal(got.status, status, text);
  assert.deepEqual(Object.keys(json), ['error']);
  assert.deepEqual(Object.keys(json.error).sort(), ['code', 'message', 'param', 'type']);
  const { message, ...others } = expected;
  for (const [name, value] of Object.entries(others)) assert.equal(json.error[name], value, text);
  if (message) assert.match(json.error.message, message);
  return got;
}

test('fields of the wrong type or size are named', async () => {
  const ids = /an array of token ids, integers from 0 to 49151/;
  const cases = [
    [{ prompt: undefined }, 'prompt'],
    [{ prompt: 7 }, 'prompt'],
    [{ prompt: {} }, 'prompt'],
    [{ prompt: [] }, 'prompt'],
    [{ prompt: '' }, 'prompt', /The prompt is empty/],
    [{ prompt: [[]] }, 'prompt', /The prompt is empty/],
    [{ prompt: ['a', 7] }, 'prompt[1]', ids],
    [{ prompt: [1, -1] }, 'prompt', ids],
    [{ prompt: [1, 49_152] }, 'prompt', ids],
    [{ prompt: [[1], [1.5]] }, 'prompt[1]', ids],
    [{ prompt: Array(2049).fill('a') }, 'prompt'],
    [{ prompt: 'a\ud800' }, 'prompt', /unpaired surrogate at offset 1/],
    [{ prompt: 'a '.repeat(9000) }, 'prompt', /8,?192/],
    [{ max_tokens: -1 }, 'max_tokens', /an integer of at least 0/],
    [{ max_tokens: 1.5 }, 'max_tokens'],
    [{ max_tokens: '5' }, 'max_tokens'],
    [{ max_tokens: 1e300 }, 'max_tokens'],
    [{ logprobs: true }, 'logprobs', /an integer from -1 to 49152/],
    [{ logprobs: 49_153 }, 'logprobs'],
    // What would take gigabytes: of one answer, of a prompt, and of many together.
    [{ logprobs: -1, max_tokens: 8192 }, 'logprobs', /more than 2097152/],
    [{ prompt: 'a '.repeat(200), prompt_logprobs: -1 }, 'logprobs', /more than 2097152/],
    [{ prompt: Array(60).fill([1, 2]), echo: true, logprobs: -1, max_tokens: 0 }, 'logprobs'],
    [{ logprob_token_ids: Array(2000).fill(1), max_tokens: 8000 }, 'logprobs'],
    [{ prompt: Array(100).fill('a'), n: 21 }, 'n', /from 1 to 20/],
    [{ prompt_logprobs: -2 }, 'prompt_logprobs'],
    [{ prompt_logprobs: 1, stream: true }, 'prompt_logprobs', /absent/],
    [{ logprob_token_ids: [49_152] }, 'logprob_token_ids', ids],
    [{ n: 0 }, 'n'],
    [{ n: 1e9 }, 'n', /an integer from 1 to 2048/],
    [{ best_of: 4 }, 'best_of'],
    [{ temperature: -1 }, 'temperature', /a number from 0 to 2/],
    [{ temperature: 'hot' }, 'temperature'],
    [{ top_p: 0 }, 'top_p', /above 0/],
    [{ top_p: 2 }, 'top_p'],
    [{ seed: 2 ** 60 }, 'seed'],
    [{ stop: '' }, 'stop'],
    [{ stop: ['a', 7] }, 'stop'],
    [{ stop: Array(17).fill('a') }, 'stop', /at most 16/],
    [{ stop: 'a'.repeat(1001) }, 'stop'],
    [{ stream: 'yes' }, 'stream', /true or false/],
    [{ echo: 1 }, 'echo'],
    [{ logit_bias: [1] }, 'logit_bias'],
    [{ logit_bias: { x: 1 } }, 'logit_bias (its keys)'],
    [{ logit_bias: { 5: 101 } }, '5', /a number from -100 to 100/],
    [{ frequency_penalty: 0.5 }, 'frequency_penalty', /this server supports nothing else/],
    [{ suffix: 'end' }, 'suffix'],
    [{ model: 7 }, 'model', /no model 7, only SmolLM2/],
  ];
  for (const [fields, param, message] of cases) {
    const status = fields.model ? 404 : 400;
    await refused(post(port, path, { ...fine, ...fields }), status, { param, message });
  }
  await isAnswered();
});

test('so are those of the other endpoints', async () => {
  const messages = [{ role: 'user', content: 'hi' }];
  for (const [where, body, param] of [
    [chat, {}, 'messages'],
    [chat, { messages: 'hi' }, 'messages'],
    [chat, { messages: [{ content: 'hi' }] }, 'messages[0].role'],
    [chat, { messages: [{ role: 'user' }] }, 'messages[0].content'],
    [
      chat,
      { messages: [{ role: 'user', content: [{ type: 'image_url' }] }] },
      'messages[0].content[0]',
    ],
    [chat, { messages, top_logprobs: 2 }, 'logprobs'],
    [chat, { messages, logprobs: 5 }, 'logprobs'],
    [chat, { messages, tools: [{}] }, 'tools'],
    [chat, { messages, response_format: { type: 'json_object' } }, 'type'],
    ['/v1/embeddings', {}, 'input'],
    ['/v1/embeddings', { input: 'a', dimensions: 5 }, 'dimensions'],
    ['/v1/embeddings', { input: 'a', encoding_format: 'int8' }, 'encoding_format'],
    ['/v1/embeddings', { input: 'a', layer: 31 }, 'layer'],
    ['/tokenize', {}, 'prompt'],
    ['/detokenize', { tokens: ['a'] }, 'tokens'],
  ]) {
    await refused(post(port, where, body), 400, { param });
  }
  await isAnswered();
});

test('unknown fields and null are ignored, and negative seeds are seeds', async () => {
  const odd = { ...fine, user: 'x', store: true, constructor: 1, stop: null, logit_bias: null };
  const { status, json } = await post(port, path, { ...odd, seed: -1, stream: null, n: null });
  assert.deepEqual([status, json.choices.length], [200, 1]);
  const own = await post(port, path, '{"__proto__":{"prompt":"x"},"prompt":"a","max_tokens":0}');
  assert.equal(own.json.choices[0].text, '');
  await refused(post(port, path, '{"__proto__":{"prompt":"x"}}'), 400, { param: 'prompt' });
});

test('bodies that are no JSON, no UTF-8, no object or too long', async () => {
  for (const [body, message] of [
    ['', /not valid JSON/],
    ['{"prompt":', /not valid JSON/],
    ['[]', /must be a JSON object/],
    ['null', /must be a JSON object/],
    [Buffer.from([0x7b, 0xff, 0x7d]), /not valid UTF-8/],
    ['['.repeat(1e6), /JSON/],
  ]) {
    await refused(post(port, path, body), 400, { param: null, message });
  }
  const long = { prompt: 'a'.repeat(10_000_000) };
  await refused(post(port, path, long), 413, { code: 'body_too_large' });
  await isAnswered();
});

test('a body that is endless or does not come whole', async () => {
  const socket = connect(port, '127.0.0.1');
  // The server may close while there is something on the way to it.
  socket.on('error', () => {});
  const closed = new Promise((resolve) => socket.once('close', resolve));
  socket.write(`POST ${path} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n`);
  const megabyte = `100000\r\n${'a'.repeat(0x100000)}\r\n`;
  let said = '';
  socket.on('data', (chunk) => {
    said += chunk;
  });
  for (let sent = 0; sent < 80 && !socket.destroyed; sent++) {
    await new Promise((resolve) => socket.write(megabyte, resolve));
  }
  await closed;
  // A client that goes on sending may lose the answer, but not the server its memory.
  assert.match(said, /^(HTTP\/1\.1 413 |$)/);

  const half = connect(port, '127.0.0.1');
  half.write(`POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{"prompt"`);
  await once(half, 'connect');
  half.destroy();
  await isAnswered();
});

test('what is nowhere, or asked in the wrong way', async () => {
  await refused(post(port, '/v1/nothing', {}), 404, { code: 'unknown_url' });
  await refused(post(port, '/', undefined, { method: 'GET' }), 404, { code: 'unknown_url' });
  await refused(post(port, '/v1/models/%ff', undefined, { method: 'GET' }), 404);
  await refused(post(port, path, undefined, { method: 'GET' }), 405);
  await refused(post(port, '/v1/models', {}), 405);
  await refused(post(port, path, fine, { headers: { host: 'evil.com' } }), 403, {
    code: 'unknown_host',
  });
  await isAnswered();
});

test('the error of a stream that has not begun is an answer', async () => {
  await refused(post(port, path, { ...fine, stream: true, prompt: '' }), 400, { param: 'prompt' });
});

// One call would take minutes. The next client is answered as soon as the one before it has left.
test('a client that leaves stops its computation, streamed or not', async () => {
  for (const stream of [false, true]) {
    const left = new AbortController();
    const long = { ...fine, max_tokens: 8000, logit_bias: { 0: -100, 2: -100 }, stream };
    const gone = post(port, path, long, { signal: left.signal });
    const begun = performance.now();
    setTimeout(() => left.abort(), 300);
    await assert.rejects(gone, { name: 'AbortError' });
    await isAnswered();
    assert.ok(performance.now() - begun < 8000);
  }
  await server.says(/, the client left$/m, 'stderr');
});

test('a client that never reads its stream stops nobody', async () => {
  const socket = connect(port, '127.0.0.1');
  await once(socket, 'connect');
  socket.pause();
  const body = JSON.stringify({ ...fine, max_tokens: 8, logprobs: 20_000, stream: true });
  const head = `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${body.length}\r\n\r\n`;
  socket.write(head + body);
  await new Promise((resolve) => setTimeout(resolve, 100));
  await isAnswered();
  socket.destroy();
  await isAnswered();
});

test('a body that stops coming is given up after 15 seconds', async () => {
  const begun = performance.now();
  const late = connect(port, '127.0.0.1');
  let said = '';
  late.on('data', (chunk) => {
    said += chunk;
  });
  late.write(`POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{"prompt"`);
  await once(late, 'close');
  assert.match(said, /^HTTP\/1\.1 408 .*did not arrive within 15 seconds/s);
  const seconds = (performance.now() - begun) / 1000;
  assert.ok(seconds > 14 && seconds < 25, `${seconds} s`);
  await isAnswered();
});

test('of 1,000 requests at once each is answered, and the queue has a limit', async () => {
  const all = await Promise.all(Array.from({ length: 1000 }, () => post(port, path, fine)));
  const ok = all.filter(({ status }) => status === 200);
  const full = all.filter(({ status }) => status === 429);
  assert.equal(ok.length + full.length, 1000);
  assert.ok(ok.length >= 8 && full.length > 0, `${ok.length} were answered`);
  for (const { json } of ok) assert.equal(json.choices[0].text, ' The');
  const [one] = full;
  assert.deepEqual([one.json.error.type, one.json.error.code], ['rate_limit_error', 'queue_full']);
  assert.equal(one.headers['retry-after'], '1');
  await isAnswered();
});

test('one of two servers on a port says so', async () => {
  await assert.rejects(
    startApi(['--port', String(port)]),
    new RegExp(`ended with 1: Port ${port} is not available`),
  );
  const { status } = await post(port, `/v1/models/${id}`, undefined, { method: 'GET' });
  assert.equal(status, 200);
});
