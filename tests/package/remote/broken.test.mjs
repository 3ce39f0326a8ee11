// Servers that are slow, broken or hostile: each ends in an error with a sentence, and nothing hangs.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { Model } from 'shotglass';
import { connect, failure, key, send, waitFor } from './turncoat.mjs';

test('text that is not JSON, a web page, an array and an empty answer are errors', async (t) => {
  const { model, state } = await connect(t);
  for (const [text, message] of [
    ['<!doctype html><title>Sign in</title>', /a web page/],
    ['{"choices": [', /not JSON/],
    ['', /not JSON/],
    ['[]', /is not an object/],
    ['null', /is not an object/],
    ['NaN', /not JSON/],
  ]) {
    state.instead = (_, response) => send(response, 200, text);
    assert.match(await failure(() => model.predict([1, 2])), message);
  }
});

test('an answer of a gigabyte is not read', async (t) => {
  const { model, state } = await connect(t, {}, { timeoutMs: 60_000 });
  let sent = 0;
  let isClosed = false;
  state.instead = async (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const closed = once(response, 'close').then(() => {
      isClosed = true;
    });
    const part = Buffer.alloc(2 ** 20, ' ');
    while (!isClosed && sent < 1024) {
      sent += 1;
      if (!response.write(part)) await Promise.race([once(response, 'drain'), closed]);
    }
    return true;
  };
  const message = await model.predict([1, 2]).catch((error) => error.message);
  assert.match(message, /more than 128 MB/);
  assert.ok(sent < 200, `${sent} MB were read`);
  assert.ok(await waitFor(() => isClosed));
});

test('an error that is very long, has escape sequences, or repeats the key', async (t) => {
  const { model, state } = await connect(t);
  state.instead = (_, response) =>
    send(response, 400, { error: { message: `\u001b[2J\u202eBearer ${key} ${'x'.repeat(1e6)}` } });
  const message = await failure(() => model.predict([1, 2]));
  assert.ok(message.length < 500);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these must not be there.
  assert.doesNotMatch(message, /[\u0000-\u001f\u202e]/);
});

test('a redirect is not followed, and the key goes nowhere else', async (t) => {
  const seen = [];
  const other = createServer((request, response) => {
    seen.push(request.headers);
    response.end('{}');
  });
  await new Promise((resolve) => other.listen(0, '127.0.0.1', resolve));
  t.after(() => other.close());
  const { model, state } = await connect(t);
  for (const status of [301, 302, 303, 307, 308]) {
    state.instead = (_, response) =>
      send(response, status, '', {
        location: `http://127.0.0.1:${other.address().port}/v1/models`,
      });
    assert.match(await failure(() => model.predict([1, 2])), /redirects to another address/);
  }
  assert.deepEqual(seen, []);
});

test('a busy server is asked again, after as long as it says', async (t) => {
  const { model, state, requests } = await connect(t);
  for (const status of [429, 500, 503]) {
    let failures = 2;
    state.instead = (_, response) => failures-- > 0 && send(response, status, '{}');
    requests.length = 0;
    await model.predict([1, 2], { topK: 0 });
    assert.equal(requests.length, 3);
  }
  let failures = 1;
  state.instead = (_, response) =>
    failures-- > 0 && send(response, 429, '{}', { 'retry-after': '1' });
  const start = performance.now();
  await model.predict([1, 2], { topK: 0 });
  assert.ok(performance.now() - start > 950);
  state.instead = (_, response) => send(response, 503, { error: { message: 'The model loads.' } });
  assert.match(
    await failure(() => model.predict([1, 2])),
    /no answer after 4 attempts: the server answered 503 \(The model loads\.\)/,
  );
  state.instead = (_, response) => send(response, 429, '{}', { 'retry-after': '3600' });
  assert.match(await failure(() => model.predict([1, 2])), /429/);
});

test('a connection that breaks is tried again; a refusal is not', async (t) => {
  const { model, state, requests } = await connect(t);
  let failures = 2;
  state.instead = (_, response) => {
    if (failures-- <= 0) return false;
    response.writeHead(200, { 'content-type': 'application/json' });
    response.write('{"choices"');
    setTimeout(() => response.destroy(), 10);
    return true;
  };
  requests.length = 0;
  await model.predict([1, 2], { topK: 0 });
  assert.equal(requests.length, 3);
  state.instead = (_, response) => send(response, 400, { detail: 'Nope.' });
  requests.length = 0;
  assert.match(
    await failure(() => model.predict([1, 2])),
    /refused: the server answered 400 \(Nope\.\)/,
  );
  assert.equal(requests.length, 1);
  state.instead = (_, response) =>
    send(response, 400, { error: { message: "This model's maximum context length is 2 tokens." } });
  await failure(() => model.predict([1, 2]), 'prompt-too-long');
});

test('a server that says nothing, or one byte a second, is given up', async (t) => {
  const { model, state } = await connect(t, {}, { timeoutMs: 300 });
  state.instead = () => true;
  assert.match(await failure(() => model.predict([1, 2])), /no answer within 0\.3 s/);
  state.instead = (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' });
    const drip = setInterval(() => response.write(' '), 50);
    response.on('close', () => clearInterval(drip));
    return true;
  };
  assert.match(await failure(() => model.predict([1, 2])), /no answer within 0\.3 s/);
});

test('an abort ends whatever is going on within 100 ms', async (t) => {
  const { model, state } = await connect(t, {}, { concurrency: 1 });
  const situations = {
    silence: () => true,
    'a slow answer': (_, response) => {
      response.writeHead(200);
      response.write('{');
      return true;
    },
    'a wait': (_, response) => send(response, 429, '{}', { 'retry-after': '2' }),
  };
  for (const [name, instead] of Object.entries(situations)) {
    state.instead = instead;
    const controller = new AbortController();
    const calls = [1, 2, 3].map(() => model.predict([1, 2], { signal: controller.signal }));
    await new Promise((resolve) => setTimeout(resolve, 60));
    const start = performance.now();
    controller.abort('enough');
    for (const call of calls) await assert.rejects(call, { code: 'aborted', cause: 'enough' });
    assert.ok(performance.now() - start < 100, `${name}: ${performance.now() - start} ms`);
  }
  state.instead = null;
  await model.predict([1, 2], { topK: 0 });
  await assert.rejects(model.predict([1, 2], { signal: AbortSignal.abort('before') }), {
    code: 'aborted',
  });
});

test('close ends what is under way and what comes later', async (t) => {
  const { model, state } = await connect(t);
  state.instead = () => true;
  const call = model.predict([1, 2]);
  await new Promise((resolve) => setTimeout(resolve, 50));
  model.close();
  await assert.rejects(call, { code: 'closed' });
  await assert.rejects(model.predict([1, 2]), { code: 'closed' });
});

test('a stream that breaks, stops short, or is no stream', async (t) => {
  const { model, state, requests } = await connect(t, {}, { timeoutMs: 500 });
  const event = (choices) => `data: ${JSON.stringify({ choices })}\n\n`;
  const part = (extra = {}) => ({
    index: 0,
    text: 'x',
    logprobs: {
      tokens: ['token_id:120'],
      token_logprobs: [-1],
      top_logprobs: [{ 'token_id:120': -1 }],
    },
    finish_reason: null,
    ...extra,
  });
  const streams = [
    [event([part()]), /stream ended without a reason/],
    ['data: {"choices"\n\n', /not JSON/],
    ['data: [DONE]\n\n', /stream ended without a reason/],
    [event([part({ logprobs: null, finish_reason: 'stop' })]), /it has no tokens/],
    [event([part({ text: 7 })]), /text of a choice is not a string/],
    ['data: {"error": {"message": "Out of memory."}}\n\n', /Out of memory/],
  ];
  for (const [text, message] of streams) {
    state.instead = ({ path }, response) =>
      path === '/v1/completions' &&
      send(response, 200, text, { 'content-type': 'text/event-stream' });
    assert.match(await failure(() => model.complete([1, 2])), message);
  }
  state.instead = ({ path }, response) => {
    if (path !== '/v1/completions') return false;
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(event([part()]));
    return true;
  };
  assert.match(await failure(() => model.complete([1, 2])), /no answer within 0\.5 s/);
  // Whoever leaves the loop leaves the server.
  let isClosed = false;
  state.instead = ({ path }, response) => {
    if (path !== '/v1/completions') return false;
    response.on('close', () => {
      isClosed = true;
    });
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(event([part()]) + event([part()]));
    return true;
  };
  for await (const _ of model.generate([1, 2])) break;
  assert.ok(await waitFor(() => isClosed));
  // A server that does not stream answers with one object.
  state.instead = ({ path }, response) =>
    path === '/v1/completions' &&
    send(response, 200, { choices: [part({ finish_reason: 'length' })] });
  const { text, finish } = await model.complete([1, 2]);
  assert.deepEqual([text, finish], ['x', 'length']);
  assert.ok(requests.length > 0);
});

test('what was meant to be an address, a key or a model and is none', async (t) => {
  const cases = [
    ['localhost:8000', {}, /url must be an http/],
    ['file:///etc/passwd', {}, /url must be an http/],
    [7, {}, /url must be a URL/],
    ['http://me:secret@localhost/', {}, /without a name and a password/],
    ['http://localhost', { apiKey: 'a\nb' }, /texts that an HTTP header can have/],
    ['http://localhost', { apikey: 'a' }, /Did you mean apiKey/],
    ['http://localhost', { concurrency: 0 }, /concurrency must be/],
    ['http://localhost', { headers: { 'x y': 'a' } }, /texts that an HTTP header can have/],
  ];
  for (const [url, options, message] of cases) {
    const said = await failure(() => Model.connect(url, options), 'invalid-option');
    assert.match(said, message);
    assert.doesNotMatch(said, /secret/);
  }
  const said = await failure(() => Model.connect('http://127.0.0.1:1/v1'));
  assert.match(said, /http:\/\/127\.0\.0\.1:1\/v1\/models could not be reached/);
  const page = createServer((_, response) => response.end('<html>'));
  await new Promise((resolve) => page.listen(0, '127.0.0.1', resolve));
  t.after(() => page.close());
  assert.match(
    await failure(() => Model.connect(`http://127.0.0.1:${page.address().port}`)),
    /a web page/,
  );
});

test('the key is in the headers, and nowhere in what the model shows', async (t) => {
  const { model, requests } = await connect(t, {}, { headers: { 'x-team': 'red' } });
  for (const { headers } of requests) {
    assert.equal(headers.authorization, `Bearer ${key}`);
    assert.equal(headers['x-team'], 'red');
  }
  const { inspect } = await import('node:util');
  assert.ok(!inspect(model, { depth: 9, showHidden: true }).includes(key));
  assert.ok(!JSON.stringify(model).includes(key));
});
