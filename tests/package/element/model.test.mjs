// What the elements of a page share, and what is said of it: without a page.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultModel } from 'shotglass';
import { factsOf, runStatus } from '../../../pkg/dist/element/live/run-status.js';
import { LiveSession } from '../../../pkg/dist/element/live/session.js';
import { SharedModel, sharedModel } from '../../../pkg/dist/element/live/shared-model.js';
import { readAttributes } from '../../../pkg/dist/element/state/attributes.js';
import { recordedOf } from '../../../pkg/dist/element/state/recorded.js';
import { en } from '../../../pkg/dist/element/strings/en.js';
import { zh } from '../../../pkg/dist/element/strings/zh.js';

const settle = () => new Promise((resolve) => setImmediate(resolve));

/** A model whose first loads fail, as many as are asked for. */
function shared(failures) {
  const found = { loads: 0, closed: 0 };
  const model = new SharedModel(async () => {
    if (++found.loads <= failures) throw new Error('made to fail');
    return { close: () => found.closed++ };
  });
  return { model, found };
}

test('who comes back to a failed load keeps what has failed, and does not begin again', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { model, found } = shared(1);
  const who = {};
  model.want(who);
  await settle();
  model.leave(who);
  model.comeBack(who);
  t.mock.timers.tick(60_000);
  assert.equal(model.status.kind, 'failed');
  assert.equal(found.loads, 1);
});

test('another one tries again and leaves: who has come back still has the model', async (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const { model, found } = shared(1);
  const [one, other] = [{}, {}];
  model.want(one);
  await settle();
  model.leave(one);
  model.comeBack(one);
  model.want(other);
  await settle();
  model.leave(other);
  t.mock.timers.tick(60_000);
  assert.equal(model.status.kind, 'ready');
  assert.equal(found.closed, 0);
  model.leave(one);
  t.mock.timers.tick(60_000);
  assert.deepEqual([model.status.kind, found.closed], ['idle', 1]);
});

const live = (status, rest = {}) => ({
  isWanted: true,
  isAsking: false,
  problemOf: () => null,
  status,
  ...rest,
});
const shown = (status, strings = en, rest = {}) =>
  runStatus({ live: live(status, rest), asked: null, isCached: null, bytes: 98_362_432 }, strings);

test('a model that was wanted and is closed is offered, and not said to load for ever', () => {
  assert.deepEqual(shown({ kind: 'idle' }), { kind: 'offer', aside: '98 MB, once' });
  assert.deepEqual(shown({ kind: 'loading', progress: null }), { kind: 'loading', progress: null });
});

test('an edit begins what is idle, and nothing that was declined or is on its way', () => {
  const session = new LiveSession({ changed() {}, answered() {}, failed() {} });
  assert.ok(session.canBegin);
  session.isWanted = true;
  assert.ok(session.canBegin, 'closed while it was away');
  Object.defineProperty(session, 'status', { value: { kind: 'loading', progress: null } });
  assert.ok(!session.canBegin);
  session.isWanted = false;
  assert.ok(session.canBegin, 'another element has asked for it');
  session.isDeclined = true;
  assert.ok(!session.canBegin);
});

test('a full quota says how much is missing', () => {
  const ready = (keeping) => ({ kind: 'ready', model: { info: { keeping } } });
  const short = { state: 'full', bytesMissing: 41_000_000 };
  assert.match(shown(ready(short)).note, /no space .* needs about 41 MB more\.$/);
  assert.match(shown(ready(short), zh).note, /约缺 41 MB。$/);
  assert.match(shown(ready({ state: 'full', bytesMissing: null })).note, /no space/);
  assert.match(shown(ready({ state: 'denied' })).note, /^The browser does not keep/);
  for (const state of ['kept', 'off']) assert.equal(shown(ready({ state })).note, '');
});

test('a download that starts again from the beginning says so, also in Chinese', () => {
  const progress = { phase: 'download', bytesLoaded: 2e6, bytesTotal: 98e6 };
  assert.equal(factsOf(progress, en), '2 MB of 98 MB');
  const again = { ...progress, restarts: 1 };
  assert.equal(
    factsOf(again, en),
    '2 MB of 98 MB. The download had to start again from the beginning.',
  );
  assert.equal(factsOf({ ...again, bytesLoaded: 0 }, zh), '下载不得不从头开始。');
  assert.equal(factsOf(null, en), '');
});

test('the default model by any of its names is one, and another hash is another', () => {
  const { url, sha256 } = defaultModel;
  const one = sharedModel({ id: null, url: null, sha256: null });
  for (const name of [
    { id: null, url, sha256: null },
    { id: null, url: null, sha256 },
    { id: null, url, sha256 },
  ]) {
    assert.equal(sharedModel(name), one);
  }
  assert.notEqual(sharedModel({ id: null, url: null, sha256: '0'.repeat(64) }), one);
  assert.notEqual(sharedModel({ id: null, url: 'https://example.com/a.gguf', sha256: null }), one);
});

test('a recorded text ends where a live one does: before a new line inside its last token', () => {
  const template = {
    instructionSeparator: '',
    inputPrefix: '',
    inputSuffix: '',
    outputPrefix: '',
    outputSeparator: '',
    demonstrationSeparator: '',
  };
  const task = { instruction: '', template, demonstrations: [], query: 'one' };
  const text = [' two', ' three.\n\n'].map((text, id) => ({ id, text, logprob: -1 }));
  const model = { name: 'made up', sha256: '0'.repeat(64), bytes: 1, quantization: 'Q4_1' };
  const snapshot = { model, task, results: [{ shots: 0, text }] };
  const key = { prompt: 'one', view: 'text', labels: [] };
  const found = recordedOf(key, { snapshot, page: null }, en);
  assert.deepEqual(found.reading, { view: 'text', text: ' two three.' });
});

test('a model is an id, an address, or a short address of a file on Hugging Face', () => {
  const declared = (model) => {
    const element = { getAttribute: (name) => (name === 'model' ? model : null) };
    return readAttributes(element, 'https://site.example/page/', en);
  };
  const hub = 'https://huggingface.co/someone/Some-GGUF/resolve/main/some.gguf';
  for (const [text, id, url] of [
    ['smollm2-360m', 'smollm2-360m', null],
    ['models/small/some.gguf', null, 'https://site.example/page/models/small/some.gguf'],
    ['hf:someone/Some-GGUF/some.gguf', null, hub],
  ]) {
    const { model, problems } = declared(text);
    assert.deepEqual([model.id, model.url, problems], [id, url, []]);
  }
  assert.match(declared('hf:some.gguf').problems.join(), /hf:owner\/repo\/file\.gguf/);
});
