// A connection to the server of bytes that turns against its client, and what is asked of every error.
import assert from 'node:assert/strict';
import { Model } from 'shotglass';
import { retryPolicy } from '../../../pkg/dist/util/retry.js';
import { startByteServer } from './byte-server.mjs';

Object.assign(retryPolicy, {
  attempts: 3,
  firstDelayMs: 5,
  longestDelayMs: 20,
  longestRetryAfterMs: 2000,
});

export const key = 'sk-secret-of-the-test';

/** Connects honestly; what the server does from then on is up to `state`. */
export async function connect(t, options = {}, more = {}) {
  const state = { tamper: null, instead: null };
  const server = await startByteServer(t, {
    ...options,
    tamper: (path, answer, body) => (state.tamper ? state.tamper(path, answer, body) : answer),
    instead: async (request, response) => (await state.instead?.(request, response)) ?? false,
  });
  const model = await Model.connect(server.origin, { apiKey: key, timeoutMs: 2000, ...more });
  t.after(() => model.close());
  return { ...server, state, model };
}

/** The error of a call, which must come soon, have the code, and repeat no key. */
export async function failure(call, code = 'request-failed') {
  const start = performance.now();
  const error = await call().then(
    (answer) => assert.fail(`it answered ${JSON.stringify(answer)}`),
    (error) => error,
  );
  assert.equal(error.code, code, String(error));
  assert.ok(performance.now() - start < 4000);
  assert.ok(!String(error.message + (error.cause ?? '')).includes(key), error.message);
  return error.message;
}

export const send = (response, status, text, headers = {}) => {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(typeof text === 'string' ? text : JSON.stringify(text));
  return true;
};

/** Whether something comes true within two seconds. */
export async function waitFor(check) {
  for (let i = 0; i < 100 && !check(); i++) await new Promise((resolve) => setTimeout(resolve, 20));
  return check();
}
