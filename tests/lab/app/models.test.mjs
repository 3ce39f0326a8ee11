// The models that the lab holds: which answers, which stay open, which have to go, and what a load that fails costs.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultModel, ShotglassError } from 'shotglass';
import { modelNamed } from 'shotglass/models';
import { labModule } from '../module.mjs';

const { planOf } = await labModule('app/catalogue.ts');
const { Models, budgetOf, usualBudgetBytes } = await labModule('app/models.ts');

/** Models with a loader that gives what `made` has for a source, or rejects with it; `asked` gathers the sources. */
function modelsWith(made, budgetBytes = 1000) {
  const asked = [];
  const load = async (source, { signal }) => {
    asked.push(source);
    const found = await made(source, signal);
    if (found instanceof Error) throw found;
    return found;
  };
  let changes = 0;
  const models = new Models(() => (changes += 1), {
    budgetBytes,
    load,
    plan: async (...of) => planOf(...of),
  });
  return { models, asked, changes: () => changes };
}

let count = 0;
function model(memoryBytes = 100, sha256 = `${++count}`.padStart(64, '0')) {
  const one = { info: { name: `made ${sha256.slice(-2)}`, sha256, memoryBytes } };
  one.isClosed = false;
  one.close = () => {
    one.isClosed = true;
  };
  return one;
}

const files = (name) => ({ kind: 'files', files: [new File(['some bytes'], `${name}.gguf`)] });
const crash = { code: 'crashed', sentence: 'It crashed.', advice: () => '' };

test('a new model answers once it is there; the one before stays open, and both can be gone back to', async () => {
  const made = [model(), model()];
  let release;
  const held = new Promise((resolve) => {
    release = resolve;
  });
  const queue = [...made];
  const { models, changes } = modelsWith(async () => {
    if (queue.length === 1) await held;
    return queue.shift();
  });
  await models.load(files('one'));
  assert.equal(models.model, made[0]);
  assert.equal(models.file, 'one.gguf');
  const loading = models.load(files('two'));
  assert.equal(models.loading.name, 'two.gguf');
  assert.equal(models.model, made[0], 'the first answers meanwhile');
  release();
  await loading;
  assert.equal(models.model, made[1]);
  assert.equal(models.loading, null);
  assert.deepEqual(
    models.open.map(({ file }) => file),
    ['one.gguf', 'two.gguf'],
  );
  assert.ok(!made[0].isClosed);

  const before = changes();
  models.activate(models.open[0]);
  assert.equal(models.model, made[0]);
  assert.ok(changes() > before);
  models.close(models.active);
  assert.ok(made[0].isClosed);
  assert.equal(models.model, made[1], 'the one that answered before answers again');
  models.close(models.active);
  assert.deepEqual([models.active, models.open], [null, []]);
});

test('what was not used for longest goes first when all do not fit, and it is said', async () => {
  const made = { a: model(400), b: model(400), c: model(500), d: model(5000) };
  const { models } = modelsWith(({ name }) => made[name[0]], 1000);
  const load = (name) => models.load(files(name));
  await load('a');
  await load('b');
  assert.equal(models.closed, null, 'both fit');
  models.activate(models.open[0]);
  await load('c');
  assert.deepEqual(
    models.open.map(({ model }) => model),
    [made.a, made.c],
    'b was not used for longest',
  );
  assert.ok(made.b.isClosed);
  const { name } = made.b.info;
  assert.deepEqual(models.closed, { names: [name], neededBytes: 1300, budgetBytes: 1000 });
  // A file that is too large by itself runs alone.
  await load('d');
  assert.equal(models.model, made.d);
  assert.equal(models.open.length, 1);
  assert.equal(models.closed.names.length, 2);
  models.dismiss();
  assert.equal(models.closed, null);
});

test('a file that does not load costs nothing, and can be tried again', async () => {
  const [good, later] = [model(), model()];
  const answers = [good, new ShotglassError('not-gguf', 'This is a page.'), later];
  const { models, asked } = modelsWith(() => answers.shift());
  await models.load(files('good'));
  await models.load(files('page'));
  assert.equal(models.problem.code, 'not-gguf');
  assert.equal(models.model, good);
  await models.retry();
  assert.equal(models.problem, null);
  assert.equal(models.model, later);
  assert.deepEqual(
    asked.map(({ name }) => name),
    ['good.gguf', 'page.gguf', 'page.gguf'],
  );
});

test('a model that crashes leaves the others, and is what is started again', async () => {
  const [one, two, again] = [model(), model(), model()];
  const answers = [one, two, again];
  const { models, asked } = modelsWith(() => answers.shift());
  await models.load(files('one'));
  await models.load(files('two'));
  models.activate(models.open[0]);
  models.crashed(crash);
  assert.ok(one.isClosed);
  assert.ok(!two.isClosed);
  assert.equal(models.active, null, 'no other model answers in its place unasked');
  assert.equal(models.open[0].model, two);
  assert.equal(models.problem, crash);
  await models.retry();
  assert.equal(asked.at(-1).name, 'one.gguf');
  assert.equal(models.model, again);

  // One that crashes in the background leaves the active one alone.
  models.crashed(crash, two);
  assert.equal(models.model, again);
  assert.deepEqual(
    models.open.map(({ model }) => model),
    [again],
  );
  models.dismiss();
});

test('a load that was cancelled, or that another one took the place of, leaves nothing', async () => {
  const [late, next] = [model(), model()];
  const answers = [late, next];
  const gates = [];
  const { models } = modelsWith(async () => {
    const found = answers.shift();
    await new Promise((resolve) => gates.push(resolve));
    return found;
  });
  const first = models.load(files('late'));
  const second = models.load(files('next'));
  for (const open of gates) open();
  await Promise.all([first, second]);
  assert.ok(late.isClosed);
  assert.equal(models.model, next);

  const third = models.load(files('never'));
  models.cancel();
  assert.equal(models.loading, null);
  gates.at(-1)();
  await third;
  assert.equal(models.model, next);
  assert.equal(models.problem, null);
});

test('a model of the catalogue has its name there, and is loaded once', async () => {
  const [entry, other] = [modelNamed('pythia-14m'), modelNamed('pythia-70m')];
  const { models, asked } = modelsWith(() => model(), 1e9);
  await models.load({ kind: 'catalogue', id: entry.id });
  await models.load({ kind: 'catalogue', id: other.id });
  const [first] = models.open;
  assert.deepEqual(
    [first.id, first.name, first.file],
    [entry.id, entry.name, 'pythia-14m.Q8_0.gguf'],
  );
  await models.load({ kind: 'catalogue', id: entry.id });
  assert.equal(models.active, first);
  assert.deepEqual(asked, [{ model: entry.id }, { model: other.id }]);
});

test('a site may serve another model in the place of the default one, but not of one of the catalogue', async (t) => {
  const { fetch } = globalThis;
  t.after(() => {
    delete globalThis.document;
    globalThis.fetch = fetch;
  });
  globalThis.document = { baseURI: 'https://lab.test/' };
  let length = 7;
  globalThis.fetch = async () => new Response(null, { headers: { 'content-length': `${length}` } });
  const served = new URL('https://lab.test/models/SmolLM2-135M-Instruct-Q4_1.gguf');
  const { models, asked } = modelsWith(() => model(), 1e9);
  const isDefault = { kind: 'catalogue', id: defaultModel.id };
  await models.load({ kind: 'default' });
  assert.equal(models.active.id, null, 'it is another one');
  await models.load(isDefault);
  models.close(models.active);
  length = defaultModel.bytes;
  await models.load(isDefault);
  assert.deepEqual(asked, [served, undefined, served]);
});

test('the same file once more takes the place of itself', async () => {
  const hash = 'ab'.repeat(32);
  const made = [model(100, hash), model(100, hash)];
  const answers = [...made];
  const { models } = modelsWith(() => answers.shift());
  await models.load(files('one'));
  await models.load(files('one'));
  assert.ok(made[0].isClosed);
  assert.deepEqual(
    models.open.map(({ model }) => model),
    [made[1]],
  );
  assert.equal(models.closed, null);
});

test('what does not fit is refused before anything is downloaded, with the numbers', async () => {
  const { id, name } = modelNamed('smollm2-1.7b-instruct');
  const { models, asked } = modelsWith(() => model(), 1e9);
  await models.load({ kind: 'catalogue', id });
  assert.deepEqual(asked, []);
  assert.deepEqual([models.loading, models.active], [null, null]);
  const { sentence } = models.problem;
  assert.ok(sentence.startsWith(`${name} was not downloaded: it needs 1.40 GB`), sentence);
  assert.match(sentence, /at most 1\.00 GB/);
  await models.load({ kind: 'catalogue', id: 'nobody' });
  assert.match(models.problem.sentence, /^Unknown model 'nobody'\./);
});

test('the budget is half of what the device reports, or a default', () => {
  assert.equal(budgetOf({ deviceMemory: 4 }), 2e9);
  assert.equal(budgetOf({ deviceMemory: 0.5 }), 0.25e9);
  assert.equal(budgetOf({}), usualBudgetBytes);
});
