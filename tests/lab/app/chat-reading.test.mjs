// The chat template of a model's file is read in a worker, which may be slow, broken or not there at all.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { labModule } from '../module.mjs';

const { limitMs, readChatTemplate } = await labModule('app/chat-reading.ts');
const { isUnfetched } = await labModule('app/chat.ts');

/** A worker that does what is said to it; `log` has what it was told. */
function fakeReader(act) {
  const log = [];
  const worker = {
    postMessage: (message) => {
      log.push(message);
      act(worker, message);
    },
    terminate: () => log.push('ended'),
  };
  return { worker, log };
}
const ready = (worker) => setImmediate(() => worker.onmessage({ data: 'ready' }));
const form = { instructed: { before: 'a' }, bare: { before: 'b' } };

test('a template is read, and the worker goes', async () => {
  const { worker, log } = fakeReader((worker) => worker.onmessage({ data: form }));
  ready(worker);
  assert.deepEqual(await readChatTemplate('{{ x }}', () => worker), form);
  assert.deepEqual(log, ['{{ x }}', 'ended']);
});

// A loop of a hundred million turns in a model's file froze the page: it ran in it.
test('a template that does not end is ended', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { worker, log } = fakeReader(() => {});
  const read = readChatTemplate('{{ x }}', () => worker);
  // However long the worker takes to be there does not count.
  t.mock.timers.tick(limitMs * 2);
  worker.onmessage({ data: 'ready' });
  t.mock.timers.tick(limitMs - 1);
  assert.deepEqual(log, ['{{ x }}']);
  t.mock.timers.tick(1);
  const { bare, instructed } = await read;
  assert.deepEqual([bare.kind, instructed.kind], ['slow', 'slow']);
  assert.equal(Number(bare.detail) * 1000, limitMs);
  assert.deepEqual(log, ['{{ x }}', 'ended']);
});

test('a worker that could not be fetched is not told as a bad template', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const refused = await readChatTemplate('', () => {
    throw new TypeError('refused');
  });
  assert.ok(isUnfetched(refused));
  const { worker } = fakeReader(() => {});
  const failed = readChatTemplate('', () => worker);
  worker.onerror({});
  assert.ok(isUnfetched(await failed));
  const silent = readChatTemplate('', () => fakeReader(() => {}).worker);
  t.mock.timers.tick(60_000);
  assert.ok(isUnfetched(await silent), 'nor one that never comes');
});

test('a worker that breaks while it reads has refused the template', async () => {
  const { worker } = fakeReader((worker) => worker.onerror({ message: 'out of memory' }));
  ready(worker);
  const { bare } = await readChatTemplate('', () => worker);
  assert.deepEqual(bare, { kind: 'refuses', detail: 'out of memory' });
});
