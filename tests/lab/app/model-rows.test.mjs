// What the list of models says of each: whether it is open, on the device or away, what it takes, and how fast it would be.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultModel } from 'shotglass';
import { models as catalogue, estimate, modelNamed } from 'shotglass/models';
import { labModule } from '../module.mjs';

const { catalogueRows, connectionRows, keptFiles, keptRows, openRows } =
  await labModule('app/model-rows.ts');

const opened = (id, sha256 = 'f'.repeat(64)) => ({
  id,
  file: `${id}.gguf`,
  name: id,
  model: { info: { sha256 } },
  memoryBytes: 123,
});
const onDevice = (id, { complete = true, bytes = modelNamed(id).bytes } = {}) => ({
  url: modelNamed(id).url,
  sha256: modelNamed(id).sha256,
  bytes,
  complete,
  keptAt: '2026-01-01T00:00:00.000Z',
});

const nothingOpen = { open: [], active: null, loading: null, budgetBytes: 1e10 };
const nothingKnown = { kept: new Map(), measured: new Map(), rate: null };

/** The row of each id. */
const rowsOf = (models, known = {}) =>
  new Map(
    catalogueRows({ models: { ...nothingOpen, ...models }, ...nothingKnown, ...known }).map(
      (row) => [row.entry.id, row],
    ),
  );

test('each model of the catalogue has a row, with what it takes and the base model to prefer', () => {
  const rows = rowsOf();
  assert.deepEqual(
    [...rows.keys()],
    catalogue.map(({ id }) => id),
  );
  for (const [id, { state, bytesLeft, memoryBytes, pace }] of rows) {
    const entry = modelNamed(id);
    assert.deepEqual([state, bytesLeft, pace], ['to download', entry.bytes, null], id);
    assert.equal(memoryBytes, estimate(entry).memoryBytes);
  }
  assert.equal(rows.get('smollm2-360m-instruct').base.id, 'smollm2-360m');
  assert.equal(rows.get('smollm2-360m').base, null);
});

test('one that is open, loading, kept, begun or too large says so', async () => {
  const [active, other] = [opened('gpt2'), opened('pythia-14m')];
  const cached = [
    onDevice('smollm2-135m'),
    onDevice('gemma-3-270m', { complete: false, bytes: 100_000_000 }),
  ];
  const kept = await keptFiles(cached);
  const models = { open: [other, active], active, loading: { id: 'pythia-70m' }, budgetBytes: 5e8 };
  const rows = rowsOf(models, { kept });
  const states = (...ids) => ids.map((id) => rows.get(id).state);
  assert.deepEqual(states('gpt2', 'pythia-14m', 'pythia-70m'), ['active', 'open', 'loading']);
  assert.deepEqual(states('smollm2-135m', 'gemma-3-270m'), ['kept', 'begun']);
  assert.equal(rows.get('smollm2-135m').bytesLeft, 0);
  assert.equal(rows.get('gemma-3-270m').bytesLeft, modelNamed('gemma-3-270m').bytes - 100_000_000);
  assert.deepEqual(states('qwen3-0.6b', 'pythia-160m'), ['too large', 'to download']);
  assert.equal(rows.get('gpt2').memoryBytes, 123, 'of an open model the memory is known');
});

test('a file that is a model of the catalogue is known by its hash', () => {
  const { sha256 } = modelNamed('gpt2');
  const file = opened(null, sha256);
  const rows = rowsOf({ open: [file], active: file });
  assert.equal(rows.get('gpt2').state, 'active');
  // Of many models the hash is not known: that is no hash that they share.
  assert.equal(rows.get('pythia-14m').state, 'to download');
});

test('the pace is that of the model itself, else that of the one that ran last, else that of the device', () => {
  const rate = { low: 100, high: 500 };
  const guess = rowsOf({}, { rate });
  assert.deepEqual(guess.get(defaultModel.id).pace, rate);
  assert.equal(guess.get(defaultModel.id).isMeasured, false);

  const measured = new Map([
    ['gpt2', 200],
    ['smollm2-135m', 300],
  ]);
  const rows = rowsOf({}, { rate, measured });
  assert.deepEqual(rows.get('gpt2').pace, { low: 200, high: 200 });
  assert.equal(rows.get('gpt2').isMeasured, true);
  const last = { model: 'smollm2-135m', low: 300, high: 300 };
  const entry = modelNamed('smollm2-360m');
  assert.deepEqual(rows.get(entry.id).pace, estimate(entry, { pace: last }).pace);
  assert.equal(rows.get(entry.id).isMeasured, false);
});

test('what is on the device has its name, and whether it runs; what runs, whether it is kept', async () => {
  const known = onDevice('gpt2');
  const foreign = {
    ...known,
    url: 'https://example.org/some/other.gguf',
    sha256: 'e'.repeat(64),
    bytes: 7,
  };
  const part = {
    ...foreign,
    url: 'https://example.org/part.gguf',
    sha256: 'f'.repeat(64),
    complete: false,
  };
  const cached = [known, foreign, part];
  const [kept, gone] = [opened('gpt2', known.sha256), opened('pythia-14m')];
  const models = { open: [kept, gone], active: gone };
  assert.deepEqual(
    openRows(models, cached).map(({ open, isActive, isKept }) => [open.id, isActive, isKept]),
    [
      ['gpt2', false, true],
      ['pythia-14m', true, false],
    ],
    'a part is not what is kept',
  );
  const rows = keptRows(models, cached, await keptFiles(cached));
  assert.deepEqual(
    rows.map(({ name, id, bytesTotal, open }) => [name, id, bytesTotal, open]),
    [
      [modelNamed('gpt2').name, 'gpt2', known.bytes, kept],
      ['other.gguf', null, 7, null],
      ['part.gguf', null, null, gone],
    ],
  );
});

test('what runs on a server is a connection, and not in memory', () => {
  const here = opened('gpt2');
  const there = { ...opened(null), name: 'far', memoryBytes: 0 };
  there.model.info.server = 'http://far.test/v1';
  const models = { open: [there, here], active: there };
  assert.deepEqual(openRows(models, []), [{ open: here, isActive: false, isKept: false }]);
  assert.deepEqual(connectionRows(models), [{ open: there, isActive: true }]);
});
