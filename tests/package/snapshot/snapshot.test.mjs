// Snapshots: taken from the real model, checked when read, compared, and written as HTML.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, test } from 'node:test';
import {
  classify,
  compareResults,
  compareSnapshots,
  defaultModel,
  Model,
  parseSnapshot,
  renderPrompt,
  ShotglassError,
  snapshotHtml,
  takeSnapshot,
  taskLabels,
  version,
} from 'shotglass';
import { formatProbability } from 'shotglass/format';
import { presets } from 'shotglass/presets';
import { modelFile, mustExist } from '../../support/files.mjs';

mustExist(modelFile, 'cargo xtask model');

const taskOf = (id) => presets.find((preset) => preset.id === id).task;
const plural = { ...taskOf('plural'), demonstrations: taskOf('plural').demonstrations.slice(0, 3) };
const sentiment = taskOf('sentiment');
const copy = (value) => structuredClone(value);

let model;
let taken;
before(async () => {
  model = await Model.load(modelFile, { sha256: defaultModel.sha256, activationBits: 16 });
  taken = await takeSnapshot(model, plural, { topK: 5 });
});
after(() => model?.close());

test('the version is that of the package', () => {
  const file = new URL('../../../pkg/package.json', import.meta.url);
  assert.equal(version, JSON.parse(readFileSync(file, 'utf8')).version);
});

test('a snapshot has what the model says after each number of shots', async () => {
  assert.deepEqual(
    taken.results.map(({ shots }) => shots),
    [0, 1, 2, 3],
  );
  assert.equal(taken.model.sha256, defaultModel.sha256);
  assert.equal(taken.model.activationBits, 16);
  for (const { shots, candidates, rest, tokens, classification } of taken.results) {
    const live = await model.predict(renderPrompt(plural, { shots }), { topK: 5 });
    assert.equal(tokens, live.tokens);
    assert.equal(classification, null);
    assert.deepEqual(
      candidates.map(({ id, text }) => [id, text]),
      live.candidates.map(({ id, text }) => [id, text]),
    );
    for (const [i, { logprob }] of candidates.entries()) {
      const shown = formatProbability(live.candidates[i].p);
      assert.equal(formatProbability(Math.exp(logprob)), shown, 'shown like the live number');
    }
    assert.equal(rest.count, live.rest.count);
    assert.equal(formatProbability(rest.p), formatProbability(live.rest.p));
  }
  const [, , two] = taken.results;
  assert.equal(two.text.map(({ text }) => text).join(''), ' horses', 'up to the new line');
});

test('labels are recorded with their mass', async () => {
  const { results } = await takeSnapshot(model, sentiment, { shots: 2 });
  const prompt = renderPrompt(sentiment, { shots: 2 });
  const live = await classify(model, prompt, taskLabels(sentiment));
  const [{ classification }] = results;
  assert.equal(formatProbability(classification.mass), formatProbability(live.mass));
  assert.deepEqual(
    classification.labels.map(({ label, p }) => [label, formatProbability(p)]),
    live.labels.map(({ label, p }) => [label, formatProbability(p)]),
  );
});

test('shots that the task has not are refused, and an abort stops', async () => {
  const code = (expected) => (error) => error instanceof ShotglassError && error.code === expected;
  for (const shots of [4, -1, 1.5, [], [1, 1]]) {
    await assert.rejects(
      takeSnapshot(model, plural, { shots }),
      code('invalid-option'),
      `${shots}`,
    );
  }
  const controller = new AbortController();
  const onProgress = ({ done }) => done === 2 && controller.abort();
  const stopped = takeSnapshot(model, plural, { signal: controller.signal, onProgress });
  await assert.rejects(stopped, code('aborted'));
});

test('a snapshot survives being written and read', () => {
  assert.deepEqual(parseSnapshot(JSON.parse(JSON.stringify(taken))), taken);
});

test('each field that is wrong is named', () => {
  const cases = [
    [(s) => delete s.version, /^snapshot\.version must be 1/],
    [
      (s) => Object.assign(s, { version: 2 }),
      /has version 2, but this version of shotglass reads version 1/,
    ],
    [(s) => Object.assign(s, { shotglass: 1 }), /^snapshot\.shotglass must be a string/],
    [(s) => Object.assign(s.model, { sha256: 'B1' }), /^snapshot\.model\.sha256 must be 64/],
    [(s) => delete s.model.activationBits, /^snapshot\.model\.activationBits/],
    [(s) => delete s.task.template.inputSuffix, /^snapshot\.task\.template\.inputSuffix/],
    [
      (s) => Object.assign(s.task.demonstrations[1], { output: null }),
      /demonstrations\[1\]\.output/,
    ],
    [(s) => s.results.splice(0), /^snapshot\.results must be a non-empty array/],
    [(s) => s.results.reverse(), /^snapshot\.results\[1\]\.shots must be more than 3/],
    [
      (s) => Object.assign(s.results[3], { shots: 9 }),
      /^snapshot\.results\[3\]\.shots must be at most 3/,
    ],
    [
      (s) => Object.assign(s.results[0].rest, { p: 1.2 }),
      /^snapshot\.results\[0\]\.rest\.p must be/,
    ],
    [
      (s) => Object.assign(s.results[0].candidates[0], { logprob: 0.1 }),
      /candidates\[0\]\.logprob/,
    ],
    [(s) => Object.assign(s.results[0].candidates[0], { bytes: 'e' }), /candidates\[0\]\.bytes/],
    [
      (s) => Object.assign(s.results[0], { classification: {} }),
      /classification\.rule must be one of/,
    ],
    [(s) => delete s.results[0].classification, /^snapshot\.results\[0\]\.classification/],
  ];
  for (const [spoil, message] of cases) {
    const spoilt = copy(taken);
    spoil(spoilt);
    assert.throws(() => parseSnapshot(spoilt), { code: 'invalid-option', message });
  }
  for (const json of [null, [], 'x', 3]) {
    assert.throws(() => parseSnapshot(json), { message: 'snapshot must be an object.' });
  }
});

// 100,000 demonstrations blocked a page for 13 s, 200,000 candidates for 22 s until its stack overflowed.
test('a snapshot that no page can show is refused, and its limit is named', async () => {
  const [first] = taken.results;
  const filled = (length, one) => Array.from({ length }, () => one);
  const pair = { input: 'a', output: 'b' };
  const labels = filled(1001, { label: 'a', p: 0 });
  const cases = [
    [
      (s) => Object.assign(s.task, { demonstrations: filled(100_000, pair) }),
      /^snapshot\.task\.demonstrations must be at most 1000 entries; it has 100000\.$/,
    ],
    [
      (s) => Object.assign(s.task, { labels: filled(1001, 'a') }),
      /^snapshot\.task\.labels must be at/,
    ],
    [
      (s) => Object.assign(s.results[0], { candidates: filled(200_000, first.candidates[0]) }),
      /^snapshot\.results\[0\]\.candidates must be at most 1000 entries/,
    ],
    [
      (s) => Object.assign(s.results[0], { text: filled(1001, first.candidates[0]) }),
      /^snapshot\.results\[0\]\.text must be at most 1000 entries/,
    ],
    [
      (s) => Object.assign(s.results[0], { classification: { rule: 'sum', labels, mass: 0 } }),
      /^snapshot\.results\[0\]\.classification\.labels must be at most 1000 entries/,
    ],
    [
      (s) => Object.assign(s, { results: filled(1002, first) }),
      /^snapshot\.results must be at most 1001/,
    ],
    [
      (s) => Object.assign(s.task, { query: 'x'.repeat(1_000_001) }),
      /^snapshot\.task must be at most 1000000 characters; it has 10000\d\d\.$/,
    ],
    // Each demonstration has it, so that the prompt would be longer than a string can be.
    [
      (s) => Object.assign(s.task.template, { inputPrefix: 'x'.repeat(3e8) }),
      /^snapshot\.task must be/,
    ],
    [
      (s) => Object.assign(s.results[0].candidates[0], { text: 'x'.repeat(1_000_001) }),
      /^snapshot\.results must be at most 1000000 characters/,
    ],
  ];
  for (const [spoil, message] of cases) {
    const spoilt = copy(taken);
    spoil(spoilt);
    assert.throws(() => parseSnapshot(spoilt), { code: 'invalid-option', message });
  }

  // What is as large as it may be is read, and what could not be read is not taken.
  const large = copy(taken);
  large.task.demonstrations = filled(1000, pair);
  large.results[0].candidates = filled(1000, first.candidates[0]);
  assert.deepEqual(parseSnapshot(large), large);
  const refused = { code: 'invalid-option' };
  await assert.rejects(takeSnapshot(model, plural, { topK: 1001 }), refused);
  const many = { ...plural, demonstrations: filled(1001, pair) };
  await assert.rejects(takeSnapshot(model, many, { shots: 0 }), refused);
});

test('what is recorded still holds, and what moved is named', () => {
  assert.deepEqual(compareSnapshots(taken, copy(taken)), []);

  const moved = copy(taken);
  const token = moved.results[2].candidates[0];
  token.logprob = Math.log(Math.exp(token.logprob) - 2e-4);
  const [difference, ...others] = compareSnapshots(taken, moved);
  assert.deepEqual(others, []);
  const { what, shots, name, recorded, fresh, message } = difference;
  assert.deepEqual([what, shots, name], ['token', 2, '␣horses']);
  assert.ok(Math.abs(recorded - fresh - 2e-4) < 1e-9);
  assert.match(message, /^After 2 shots, the token ␣horses was .+ and is .+\.$/);
  assert.deepEqual(compareSnapshots(taken, moved, { tolerance: 3e-4 }), []);
});

test('every number of a result is set beside the new one, the entropy with more room', () => {
  const [, recorded] = taken.results;
  const { length } = recorded.candidates;
  const fresh = { ...copy(recorded), entropy: recorded.entropy + 9e-4 };
  const figures = compareResults(recorded, fresh);
  assert.deepEqual(
    figures.map(({ what }) => what),
    [...Array(length).fill('token'), 'rest', 'entropy'],
  );
  assert.ok(figures.every(({ differs }) => !differs));
  assert.ok(compareResults(recorded, fresh, { tolerance: 8e-5 }).at(-1).differs);

  // A list that is shorter has another rest, and a token that is not in it has no number.
  fresh.candidates.shift();
  const [first, ...others] = compareResults(recorded, fresh);
  assert.deepEqual(
    [first.fresh, first.difference, first.differs],
    [null, Number.POSITIVE_INFINITY, true],
  );
  assert.ok(!others.some(({ what }) => what === 'rest'));
  assert.throws(() => compareResults(recorded, fresh, { tolerance: -1 }), {
    code: 'invalid-option',
  });
});

test('tokens that are as good as equal may change places, others may not vanish', () => {
  const swapped = copy(taken);
  const [a, b] = swapped.results[1].candidates.splice(3, 2);
  swapped.results[1].candidates.push(b, a);
  assert.deepEqual(compareSnapshots(taken, swapped), []);

  const gone = copy(taken);
  gone.results[1].candidates[0].id = 7;
  const [{ what, fresh }] = compareSnapshots(taken, gone);
  assert.deepEqual([what, fresh], ['token', null]);
});

test('another model, task or text is one difference that says so', () => {
  const change = (edit) => {
    const other = copy(taken);
    edit(other);
    return compareSnapshots(taken, other);
  };
  const model = change((s) => Object.assign(s.model, { sha256: 'a'.repeat(64) }));
  assert.equal(model.length, 1);
  assert.match(model[0].message, /another model: .+b179c952….+aaaaaaaa…/);
  const bits = change((s) => Object.assign(s.model, { activationBits: 8 }));
  assert.match(bits[0].message, /16-bit activations, not with 8-bit/);
  const task = change((s) => Object.assign(s.task, { query: 'mule' }));
  assert.deepEqual(
    task.map(({ what }) => what),
    ['task'],
  );
  const text = change((s) => Object.assign(s.results[3].text[0], { id: 1, text: ' foals' }));
  assert.match(text[0].message, /the text was “␣horses” and is “␣foals”/);
  const fewer = change((s) => s.results.pop());
  assert.deepEqual(
    fewer.map(({ what, shots }) => [what, shots]),
    [['shots', 3]],
  );
});

test('as HTML it reads without a script', () => {
  const html = snapshotHtml(taken, { shots: 2 });
  assert.ok(html.startsWith('<shot-glass template="questionAnswer" shots="2" view="tokens">\n'));
  assert.equal(html.match(/<dd>/g).length, 2);
  assert.match(html, /<dt>horse<\/dt>\n {2}<\/dl>/, 'the query has no answer');
  assert.match(html, /SmolLM2-135M-Instruct Q4_1 \(sha256 b179c952…\), shotglass \d/);
  const values = [...html.matchAll(/<data value="([^"]+)">([^<]+)</g)];
  assert.equal(values.length, 6, 'five tokens and all others');
  for (const [, value, shown] of values) assert.equal(formatProbability(Number(value)), shown);
  const sum = values.reduce((total, [, value]) => total + Number(value), 0);
  assert.ok(Math.abs(sum - 1) < 1e-4, `rows and the rest are all there is: ${sum}`);
  assert.match(
    snapshotHtml(taken, { shots: 3, preset: 'plural' }),
    /^<shot-glass preset="plural" /,
  );
  assert.match(snapshotHtml(taken, { view: 'text' }), /<p class="continuation"> horses<\/p>/);
  assert.match(snapshotHtml(taken, { url: 'a b.json' }), /snapshot="a b\.json"/);
});

test('the right answer is recorded as a whole for each number of shots, and compared', async () => {
  const answered = await takeSnapshot(model, plural, { shots: [0, 2], answer: 'horses' });
  assert.equal(answered.answer, 'horses');
  const vocabulary = await model.vocabulary();
  for (const { shots, answer } of answered.results) {
    const { text } = renderPrompt(plural, { shots });
    const [{ logprob, tokens }] = await model.score(text, [' horses']);
    const after = await model.logprobs(text, { appended: tokens.map(({ id }) => id) });
    // No letter, digit or apostrophe may follow.
    const ends = after.filter((_, id) => !/^['’_\p{L}\p{M}\p{N}]/u.test(vocabulary[id].text));
    const whole = Math.exp(logprob) * ends.reduce((sum, next) => sum + Math.exp(next), 0);
    assert.equal(formatProbability(Math.exp(answer)), formatProbability(whole));
  }
  assert.deepEqual(parseSnapshot(copy(answered)), answered);
  const moved = copy(answered);
  moved.results[1].answer -= 0.1;
  const [{ what, shots, message }, ...others] = compareSnapshots(answered, moved);
  assert.deepEqual([what, shots, others], ['answer', 2, []]);
  assert.match(message, /^After 2 shots, the right answer was 92\.\d% and is 83\.\d%\.$/);
  moved.results[1].answer = 0.1;
  assert.throws(() => parseSnapshot(moved), {
    message: /results\[1\]\.answer must be a number, 0 or less/,
  });
});

test('nothing in it is taken for HTML', () => {
  const spoilt = copy(taken);
  spoilt.task.demonstrations[0] = { input: '<b>&amp;', output: '"</dl>' };
  spoilt.task.labels = ['a,b', 'c'];
  spoilt.results[3].candidates[0].text = '<script>';
  const html = snapshotHtml(spoilt);
  assert.match(html, /<dt>&lt;b&gt;&amp;amp;<\/dt><dd>&quot;&lt;\/dl&gt;<\/dd>/);
  assert.match(html, /<code>&lt;script&gt;<\/code>/);
  // A list with commas could not hold these labels.
  assert.match(html, / labels="\[&quot;a,b&quot;,&quot;c&quot;\]" /);
  spoilt.task.query = '\n<b>';
  assert.match(snapshotHtml(spoilt), / task="\{.*&lt;b&gt;.*\}" /);
});

test('a view or a number of shots that was not recorded is refused', () => {
  assert.throws(() => snapshotHtml(taken, { view: 'labels' }), {
    code: 'invalid-option',
    message: /^view/,
  });
  assert.throws(() => snapshotHtml(taken, { shots: 5 }), {
    message: /^shots must be one of 0, 1, 2, 3/,
  });
});
