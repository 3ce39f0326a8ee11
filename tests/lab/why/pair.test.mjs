// The pinned prompt and the present one on the same rows: whether they can be compared, what is asked, and what is said.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fakeModel } from '../../package/experiments/fake.mjs';
import { labModule } from '../module.mjs';

const { experimentOf, shownExperiment } = await labModule('why/experiments.ts');
const { firstChoices, keyOf, questionOf } = await labModule('why/question.ts');
const { costOf, costOfPair } = await labModule('why/evaluate/evaluation.ts');
const { missingFor } = await labModule('why/missing.ts');
const { chartOf } = await labModule('why/card.ts');
const { methodsOf } = await labModule('why/methods.ts');
const { methodsColumns, methodsLine } = await labModule('figure/methods.ts');
const { csv } = await labModule('figure/csv.ts');
const { svg } = await labModule('figure/svg/whole.ts');
const { defaultSettings } = await labModule('app/settings.ts');
const { openPreset, reduce } = await labModule('app/state.ts');
const { presetById } = await labModule('presets/index.ts');
const { compareEvaluations } = await import('shotglass/experiments');

const compare = experimentOf('compare');
const card = await compare.fetchCard();
const sentiment = openPreset(presetById('sentiment'));
const edited = (...actions) => actions.reduce(reduce, sentiment).draft;
const a = sentiment.draft;
const now = edited({ type: 'instruction', text: 'Positive or Negative?' });
const choices = { ...firstChoices, shots: [0, 2], draws: { seeds: 2, orders: 1 } };
const asked = (draft, held, change = {}) =>
  questionOf(draft, null, defaultSettings, { ...choices, ...change }, held);
const obstacle = (...of) => asked(...of).pinned.obstacle;
const ready = { isText: false, hasModel: true };

test('two prompts are compared only while one is pinned', () => {
  assert.equal(shownExperiment('compare', true), compare);
  assert.equal(shownExperiment('compare', false).id, 'evaluate');
  assert.equal(asked(now, null).pinned, null);
  assert.equal(missingFor(compare, asked(now, a), ready), null);
});

test('an own task is asked the rows of the pinned preset it came from', () => {
  const { rows, shots } = asked(now, a).pinned;
  assert.equal(rows, presetById('sentiment').rows);
  assert.deepEqual(shots, [0, 2]);
  assert.deepEqual(asked(now, a).rows, [], 'alone it has none');
  const brought = [{ input: 'mine', output: 'Positive' }];
  assert.equal(asked(now, a, { rows: brought }).pinned.rows, brought);
});

test('what is held out is held out of both', () => {
  const { pinned, train } = asked(now, a, { holdOut: 2 });
  assert.equal(pinned.rows.length, 2);
  const inputs = pinned.rows.map(({ input }) => input);
  for (const side of [pinned.train, train]) {
    assert.equal(side.length, a.task.demonstrations.length - 2);
    assert.ok(side.every(({ input }) => !inputs.includes(input)));
  }
});

test('there are as many shots as both have demonstrations for', () => {
  const short = {
    ...now,
    task: { ...now.task, demonstrations: now.task.demonstrations.slice(0, 3) },
  };
  const change = { shots: [0, 2, 4, 8] };
  assert.deepEqual(asked(now, short, change).pinned.shots, [0, 2]);
  assert.deepEqual(asked(short, now, change).pinned.shots, [0, 2]);
});

test('what cannot be asked the same rows is said, with what to do', () => {
  const said = (...of) => missingFor(compare, asked(...of), ready);
  assert.deepEqual(obstacle(now, { ...a, text: 'free' }), { kind: 'text' });
  assert.match(said(now, { ...a, text: 'free' }), /^A is free text.*pin it again\.$/);
  const plural = openPreset(presetById('plural')).draft;
  assert.deepEqual(obstacle(now, plural), { kind: 'free', which: 'a' });
  assert.deepEqual(obstacle(plural, now), { kind: 'free', which: 'now' });
  const topics = openPreset(presetById('topics')).draft;
  assert.match(said(now, topics), /^The labels differ \(A: World, .*; now: Negative, Positive\)/);
  const capital = openPreset(presetById('capital')).draft;
  assert.equal(obstacle(plural, capital).kind, 'rows');
  assert.match(said(plural, capital), /different test rows\. Paste rows/);
  assert.equal(obstacle(plural, capital, { rows: [{ input: 'x', output: 'y' }] }), null);
  const sameAsA = edited({ type: 'shots', shots: 1 }, { type: 'query', text: 'Other.' });
  assert.deepEqual(obstacle(sameAsA, a), { kind: 'same' });
  assert.match(said(sameAsA, a), /would be evaluated alike/);
  // The same labels in another order are the same.
  const turned = { ...now, task: { ...now.task, labels: [...now.task.labels].reverse() } };
  assert.equal(obstacle(turned, a), null);
});

test('the key has all of both, and nothing of the query', () => {
  const key = (draft, held, change) => keyOf(compare, asked(draft, held, change));
  const one = key(now, a);
  assert.equal(key({ ...now, query: 'Another.' }, { ...a, query: 'Third.' }), one);
  const others = [
    key(a, now),
    key(now, edited({ type: 'instruction', text: 'Other.' })),
    key(now, edited({ type: 'template', field: 'outputPrefix', text: 'S:' })),
    key(now, edited({ type: 'remove', index: 0 })),
    key(now, a, { draws: { seeds: 1, orders: 1 } }),
    key(now, a, { calibration: 'batch' }),
  ];
  assert.equal(new Set([one, ...others]).size, 7);
  // What is found of the present prompt alone stays, whatever is pinned.
  const evaluate = experimentOf('evaluate');
  assert.equal(keyOf(evaluate, asked(a, now)), keyOf(evaluate, asked(a, null)));
});

const model = () =>
  fakeModel((context, word) => {
    const isNow = context.startsWith('Positive or Negative?');
    const length = context.length % (isNow ? 3 : 2);
    return word.trim() === 'Positive' && length === 0 ? -0.1 : -1;
  });

async function steps(question) {
  const all = [];
  const { signal } = new AbortController();
  for await (const step of card.run(model(), { ...question, signal })) all.push(step);
  return all;
}

test('A is evaluated first, then the present prompt on the same rows, and each step says how far it is', async () => {
  const question = asked(now, a);
  const all = await steps(question);
  const total = 24 * 3 * 2;
  assert.deepEqual(
    all.map(({ done, total }) => [done, total]),
    Array.from({ length: total }, (_, i) => [i + 1, total]),
  );
  const half = all[total / 2 - 1].result;
  assert.deepEqual([half.b, half.points], [null, []]);
  const { result } = all.at(-1);
  assert.deepEqual(result.points, compareEvaluations(result.a, result.b));
  assert.deepEqual(
    result.points.map(({ shots, cells, n }) => [shots, cells, n]),
    [
      [0, 1, 24],
      [2, 2, 24],
    ],
  );
  const inputs = ({ cells }) => cells.map(({ rows }) => rows.map(({ input }) => input));
  assert.deepEqual(inputs(result.a), inputs(result.b));
  const drawn = ({ cells }) => cells.map(({ seed, demonstrations }) => [seed, demonstrations]);
  assert.deepEqual(drawn(result.a), drawn(result.b), 'the same seeds draw the same');
  const cost = costOfPair(question, question.pinned);
  assert.deepEqual([cost.rows, cost.prompts], [24, 6]);
  assert.ok(cost.tokens > costOf({ ...question, rows: question.pinned.rows }).tokens);
});

test('the saved figure has both prompts, and its methods line names both', async () => {
  const question = asked(now, a);
  const { result } = (await steps(question)).at(-1);
  const info = { name: 'a model', sha256: 'ab12cd34'.repeat(8), activationBits: 16 };
  const methods = methodsOf('compare', { question, model: info });
  const line = methodsLine(methods);
  for (const text of [
    'A is “Sentiment”, template “Review: {input}',
    'now is “Your task (from Sentiment)”',
    'instruction “Positive or Negative?”',
    '24 rows evaluated',
    'seeds 0, 1',
    'k = 0, 2',
    'exact McNemar',
    'ab12cd34',
  ])
    assert.ok(line.includes(text), `${text} is not in: ${line}`);
  const columns = methodsColumns(methods);
  assert.equal(columns.instruction, 'Positive or Negative?');
  assert.equal(columns.a_instruction, '');
  const chart = chartOf(card, result, { methods, stem: 'shotglass' });
  assert.match(
    chart.notes[0],
    /^With 2 examples: \S+ correct for A, \S+ now; difference \S+ points \(95% interval \S+ to \S+\), p (=|<) \S+\. /,
  );
  const [point] = result.points;
  const table = csv(chart);
  for (const text of [point.a.mean, point.b.mean, point.p, point.interval.low])
    assert.ok(table.includes(String(text)), `${text} is not in the CSV`);
  assert.match(table.split('\r\n')[1], /^compare,0,a,/);
  assert.equal(svg(chart).match(/<polyline/g).length, 2);
});

test('rows that either prompt shows are left out', async () => {
  const [first, second] = a.task.demonstrations;
  const without = (draft, index) =>
    reduce({ ...sentiment, draft }, { type: 'remove', index }).draft;
  const own = presetById('sentiment').rows;
  const rows = [first, second, ...own];
  // One shows the first of the rows and not the second, and the other the reverse.
  const { result } = (await steps(asked(without(now, 0), without(a, 1), { rows }))).at(-1);
  assert.deepEqual(
    result.leftOut.seen.map(({ input }) => input),
    [first.input, second.input],
  );
  assert.equal(result.points[0].n, own.length);
  await assert.rejects(steps(asked(now, a, { rows: [first] })), { message: /No usable rows/ });
});
