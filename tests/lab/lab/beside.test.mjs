// What follows an answer: by itself on a model in the tab, and when it is asked for on a server.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { startByteServer } from '../../package/remote/byte-server.mjs';
import { labModule } from '../module.mjs';

const { Beside } = await labModule('lab/beside.ts');
const { step, walk } = await labModule('lab/schedule.ts');
const { Job } = await labModule('app/job.ts');
const { connectServer } = await labModule('app/server/connect-server.ts');
const { climb, climbCalls } = await labModule('answer/ladder/ladder-run.ts');
const { presetById } = await labModule('presets/index.ts');
const { draftOf } = await labModule('app/state.ts');

globalThis.location ??= { protocol: 'http:', origin: 'http://lab.test' };

/** A step that writes its name down when it runs. */
function stepNamed(name, when, ran, calls) {
  const job = new Job(() => {});
  const work = async function* () {
    ran.push(name);
    yield name;
  };
  return step(when, job, () => ({ key: name, of: name, work, calls }));
}

const server = () => ({
  runsByItself: false,
  waits(calls) {
    return this.runsByItself ? null : `ask ${calls}`;
  },
});

test('an experiment waits for a server until it may run by itself, and for no model in the tab', async () => {
  const steps = (ran) => [
    stepNamed('labels', 'at once', ran),
    stepNamed('ladder', 'experiment', ran),
    stepNamed('check', 'idle', ran),
  ];
  const walked = async (model) => {
    const ran = [];
    await walk(steps(ran), model, () => true);
    return ran;
  };
  assert.deepEqual(await walked({}), ['labels', 'ladder', 'check']);
  assert.deepEqual(await walked(server()), ['labels', 'check']);
  const allowed = { ...server(), runsByItself: true };
  assert.deepEqual(await walked(allowed), ['labels', 'ladder', 'check']);
});

test('a place says what waits there, and runs it once', async () => {
  const ran = [];
  const beside = new Beside({
    ladder: [stepNamed('ladder', 'experiment', ran, 9)],
    exact: [stepNamed('surprisal', 'experiment', ran, 1), stepNamed('ghost', 'experiment', ran, 1)],
    fixes: [stepNamed('known', 'experiment', ran, 2), stepNamed('effects', 'experiment', ran)],
  });
  const nothing = { ladder: null, exact: null, fixes: null };
  assert.deepEqual(beside.waits(null), nothing);
  assert.deepEqual(beside.waits({}), nothing, 'a model in the tab asks nobody');
  const model = server();
  assert.deepEqual(beside.waits(model), { ladder: 'ask 9', exact: 'ask 2', fixes: 'ask null' });
  beside.run('exact', model);
  assert.equal(beside.waits(model).exact, null, 'it is under way');
  await new Promise((resolve) => setTimeout(resolve, 10));
  beside.run('exact', model);
  await new Promise((resolve) => setTimeout(resolve, 10));
  assert.deepEqual(ran, ['surprisal', 'ghost']);
  model.runsByItself = true;
  assert.deepEqual(beside.waits(model), nothing);
});

test('what has failed can be asked for again', async () => {
  const job = new Job(() => {});
  let fails = true;
  const work = async function* () {
    if (fails) throw new Error('refused');
    yield 1;
  };
  const one = step('experiment', job, () => ({ key: 'a', of: 'a', work }));
  await one.run(server());
  assert.notEqual(one.left(server()), null);
  fails = false;
  await one.run(server());
  assert.equal(one.left(server()), null);
});

const asks = ({ requests }) => requests.filter(({ path }) => path === '/v1/completions').length;

/** How many requests a whole climb takes. */
async function climbed(t, preset, options) {
  const there = await startByteServer(t);
  const address = { url: there.origin, model: '', apiKey: '' };
  const model = await connectServer(address, new AbortController().signal);
  t.after(() => model.close());
  const draft = draftOf(presetById(preset));
  const before = asks(there);
  const { signal } = new AbortController();
  let last = null;
  for await (const rungs of climb(model, draft, options)({ signal, before: null, report() {} }))
    last = rungs;
  assert.equal(last.rungs.length, draft.task.demonstrations.length + 1);
  assert.ok(last.rungs.every((rung) => !('problem' in rung)));
  return { asked: asks(there) - before, said: climbCalls(draft, options), model };
}

for (const [preset, options] of [
  ['sentiment', { comparison: 'nothing' }],
  ['sentiment', { comparison: 'contentFree' }],
  ['plural', { comparison: 'nothing', solution: 'cats' }],
  ['plural', { comparison: 'nothing' }],
]) {
  test(`the ladder of ${preset} takes as many requests as it says: ${JSON.stringify(options)}`, async (t) => {
    const { asked, said, model } = await climbed(t, preset, options);
    assert.equal(asked, said);
    assert.equal(model.waits(said), `Ask the server: ${said} requests`);
    assert.equal(model.waits(1), 'Ask the server: 1 request');
    assert.equal(model.waits(null), 'Ask the server');
    model.runsByItself = true;
    assert.equal(model.waits(said), null);
  });
}

test('no number is given where one call may take many requests', async (t) => {
  const there = await startByteServer(t, { prompts: null });
  const address = { url: there.origin, model: '', apiKey: '' };
  const model = await connectServer(address, new AbortController().signal);
  t.after(() => model.close());
  assert.equal(model.waits(9), 'Ask the server');
  const draft = draftOf(presetById('sentiment'));
  const long = { ...draft, query: 'x'.repeat(60_000) };
  assert.equal(climbCalls(long, { comparison: 'nothing' }), undefined);
});

test('the prompts of a ladder go out side by side as a connection allows, and stop with the first that fails', async (t) => {
  let [inFlight, most, left] = [0, 0, Number.POSITIVE_INFINITY];
  const there = await startByteServer(t, {
    instead: async ({ path }, response) => {
      if (path !== '/v1/completions') return false;
      most = Math.max(most, ++inFlight);
      await new Promise((resolve) => setTimeout(resolve, 40));
      inFlight -= 1;
      if (left-- > 0) return false;
      response.writeHead(400).end('{"error":{"message":"out of credits"}}');
      return true;
    },
  });
  const address = { url: there.origin, model: '', apiKey: '' };
  const model = await connectServer(address, new AbortController().signal);
  t.after(() => model.close());
  const draft = draftOf(presetById('sentiment'));
  const { signal } = new AbortController();
  const climbs = async (asked) => {
    most = 0;
    const ks = [];
    const all = climb(asked, draft, { comparison: 'nothing' });
    for await (const { rungs } of all({ signal, before: null, report() {} }))
      ks.push(rungs.map(({ k }) => k));
    assert.deepEqual(
      ks,
      Array.from({ length: 12 }, (_, at) => [...Array(at).keys()]),
    );
    return most;
  };
  assert.equal(await climbs(model), model.concurrency);
  const inTab = { info: {}, score: (...of) => model.score(...of) };
  assert.equal(await climbs(inTab), 1, 'a model in the tab answers one after the other');

  left = 3;
  const before = asks(there);
  await assert.rejects(climbs(model), /out of credits/);
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.ok(asks(there) - before < 11, `${asks(there) - before}`);
});
