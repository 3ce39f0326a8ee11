// What experiments found, in the browser's storage: whole, bounded, and of one version and one tab.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { IDBFactory, IDBKeyRange } from 'fake-indexeddb';
import { labModule } from '../module.mjs';

globalThis.IDBKeyRange = IDBKeyRange;
const { bounds, openRuns } = await labModule('share/kept-runs.ts');

const calls = (from, count) => Array.from({ length: count }, (_, i) => ({ asked: from + i }));
const newShelf = (factory = new IDBFactory(), version = '1.0') => openRuns(factory, version);
const at = (done, total = 10, finished = false) => ({ done, total, finished });

/** Changes what is there behind the shelf's back. */
async function tamper(factory, change) {
  const database = await asked(factory.open('shotglass.runs'));
  const all = database.transaction(['heads', 'pieces'], 'readwrite');
  change(all.objectStore('heads'), all.objectStore('pieces'));
  await new Promise((resolve) => {
    all.oncomplete = resolve;
  });
  database.close();
}
const asked = (request) =>
  new Promise((resolve) => {
    request.onsuccess = () => resolve(request.result);
  });

test('a run is kept piece by piece, and goes on where it was left', async () => {
  const factory = new IDBFactory();
  const shelf = newShelf(factory);
  assert.equal(await shelf.read('a'), null);
  const first = await shelf.record('a', false);
  assert.deepEqual(first.known, []);
  assert.equal(await first.add(calls(0, 3), at(2)), true);
  assert.equal(await first.add(calls(3, 2), at(4)), true);
  assert.deepEqual(await shelf.read('a'), { calls: calls(0, 5), ...at(4) });

  const second = await newShelf(factory).record('a', true);
  assert.deepEqual(second.known, calls(0, 5));
  assert.equal(await second.add(calls(5, 1), at(5, 10, true)), true);
  assert.deepEqual(await shelf.read('a'), { calls: calls(0, 6), ...at(5, 10, true) });
});

test('a run that begins anew takes the place of the one before', async () => {
  const shelf = newShelf();
  const old = await shelf.record('a', false);
  await old.add(calls(0, 3), at(3));
  const other = await shelf.record('a', false);
  assert.deepEqual(await shelf.read('a'), { calls: [], ...at(0, 0) });
  assert.equal(await old.add(calls(3, 1), at(4)), false, 'as another tab would');
  assert.equal(await other.add(calls(0, 1), at(1)), true);
  assert.deepEqual((await shelf.read('a')).calls, calls(0, 1));
});

test('of two that go on with one run, the later one is kept, and nothing is mixed', async () => {
  const factory = new IDBFactory();
  const begun = await newShelf(factory).record('a', false);
  await begun.add(calls(0, 2), at(2));
  const [one, two] = [newShelf(factory), newShelf(factory)];
  const first = await one.record('a', true);
  const second = await two.record('a', true);
  assert.equal(await first.add(calls(10, 1), at(3)), false);
  assert.equal(await second.add(calls(2, 1), at(3)), true);
  assert.deepEqual((await one.read('a')).calls, calls(0, 3));
});

test('what does not hold together is dropped, whole, and said once', async () => {
  for (const change of [
    (_, pieces) => pieces.delete(['a', 0]),
    (_, pieces) => pieces.delete(['a', 3]),
    (_, pieces) => pieces.put({ key: 'a', from: 3, calls: 'nothing' }),
    (_, pieces) => pieces.put({ key: 'a', from: 5, calls: [{}] }),
  ]) {
    const factory = new IDBFactory();
    const shelf = newShelf(factory);
    const recorder = await shelf.record('a', false);
    await recorder.add(calls(0, 3), at(3));
    await recorder.add(calls(3, 2), at(5));
    await tamper(factory, change);
    assert.equal(await shelf.read('a'), 'damaged');
    assert.equal(await shelf.read('a'), null);
  }
});

test('a run of another version is dropped', async () => {
  const factory = new IDBFactory();
  const recorder = await newShelf(factory, '1.0').record('a', false);
  await recorder.add(calls(0, 1), at(1));
  const next = newShelf(factory, '1.1');
  assert.equal(await next.read('a'), 'older');
  assert.equal(await next.read('a'), null);
  await (await newShelf(factory, '1.0').record('a', false)).add(calls(0, 1), at(1));
  const { known, dropped, add } = await next.record('a', true);
  assert.deepEqual([known, dropped], [[], 'older'], 'it begins anew');
  assert.equal(await add(calls(0, 1), at(1)), true);
});

test('it is bounded: the oldest runs go, and a run that is too long is no longer kept', async () => {
  const before = { ...bounds };
  Object.assign(bounds, { runs: 3, calls: 20, callsOfOne: 12 });
  try {
    const shelf = newShelf();
    const keep = async (key, count) => {
      const recorder = await shelf.record(key, false);
      const isKept = await recorder.add(calls(0, count), at(count));
      // Of two in one millisecond none is the older.
      await new Promise((resolve) => setTimeout(resolve, 3));
      return isKept;
    };
    for (const key of ['a', 'b', 'c', 'd']) assert.equal(await keep(key, 2), true);
    assert.equal(await shelf.read('a'), null, 'more than three runs');
    assert.ok(await shelf.read('b'));
    assert.equal(await keep('long', 13), false);
    assert.equal(await keep('e', 12), true);
    assert.equal(await keep('f', 12), true);
    await keep('g', 1);
    assert.equal(await shelf.read('e'), null, 'more than twenty calls');
    assert.ok(await shelf.read('f'));
  } finally {
    Object.assign(bounds, before);
  }
});

test('choices are kept by task, the newest of them, and all can be forgotten', async () => {
  const { tasks } = bounds;
  bounds.tasks = 2;
  try {
    const shelf = newShelf();
    for (const task of ['a', 'b', 'c']) {
      await shelf.writeChoices(task, { shots: [1] });
      await new Promise((resolve) => setTimeout(resolve, 3));
    }
    assert.equal(await shelf.readChoices('a'), undefined);
    assert.deepEqual(await shelf.readChoices('c'), { shots: [1] });
    const recorder = await shelf.record('run', false);
    await recorder.add(calls(0, 1), at(1));
    await shelf.clear();
    assert.equal(await shelf.readChoices('c'), undefined);
    assert.equal(await shelf.read('run'), null);
  } finally {
    bounds.tasks = tasks;
  }
});
