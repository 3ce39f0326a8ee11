import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attribution, planAttribution } from '../../../pkg/dist/experiments/attribution.js';
import { contextualCalibration } from '../../../pkg/dist/experiments/compare.js';
import { format, planFormat } from '../../../pkg/dist/experiments/format.js';
import { influence, planInfluence } from '../../../pkg/dist/experiments/influence.js';
import { labels, planLabels } from '../../../pkg/dist/experiments/labels.js';
import { order, planOrder } from '../../../pkg/dist/experiments/order.js';
import { planShots, shots } from '../../../pkg/dist/experiments/shots.js';
import { fakeModel, resultOf, sentiment, stepsOf, withDemonstrations } from './fake.mjs';

const templates = [
  { name: 'review', template: sentiment.template },
  { name: 'arrow', template: { ...sentiment.template, inputPrefix: '', outputPrefix: '=>' } },
];

// Each experiment, its plan, the options that it needs, and its prompts in the order of the calls.
const experiments = {
  shots: [shots, planShots, {}, (plan) => plan],
  order: [order, planOrder, {}, (plan) => plan.map(({ query }) => query)],
  labels: [labels, planLabels, {}, (plan) => plan],
  influence: [influence, planInfluence, {}, (plan) => plan],
  format: [format, planFormat, { templates }, (plan) => plan],
  attribution: [
    attribution,
    planAttribution,
    {},
    ({ whole, parts }) => [whole, ...parts.toReversed()],
  ],
};

for (const [name, [run, plan, needed, promptsOf]] of Object.entries(experiments)) {
  test(`${name}: scores what its plan says`, async () => {
    for (const comparison of [undefined, { text: '' }, contextualCalibration]) {
      const options = { ...needed, comparison, query: 'so so' };
      const model = fakeModel();
      await resultOf(run(model, sentiment, options));
      const planned = promptsOf(plan(sentiment, options)).map((each) => ({
        context: each.prompt.text,
        continuations: each.labels.flatMap(({ words }) => words),
        references: [each.reference ?? []].flat().map((one) => one.text ?? one),
      }));
      assert.deepEqual(model.calls, planned);
      // All ask the query but for the prompt without it, the second of an attribution.
      const asking = name === 'attribution' ? planned.toSpliced(1, 1) : planned;
      for (const { context } of asking) assert.match(context, /so so\n(Sentiment:|=>)$/);
      const lengths = new Set(planned.map(({ references }) => references.length));
      assert.deepEqual(
        [...lengths],
        [comparison === undefined ? 0 : comparison === contextualCalibration ? 3 : 1],
      );
    }
  });

  test(`${name}: counts its steps, and a step does not change`, async () => {
    const steps = [];
    const seen = [];
    for await (const step of run(fakeModel(), sentiment, needed)) {
      steps.push(step);
      seen.push(structuredClone(step));
    }
    assert.ok(steps.length > 1);
    assert.deepEqual(
      steps.map(({ done, total }) => [done, total]),
      steps.map((_, i) => [i + 1, steps.length]),
    );
    assert.deepEqual(steps, seen);
    assert.notDeepEqual(steps.at(-1).result, steps.at(-2).result);
  });

  test(`${name}: an abort keeps the steps that came before it`, async () => {
    const all = await stepsOf(run(fakeModel(), sentiment, needed));
    for (let kept = 1; kept < all.length; kept++) {
      const controller = new AbortController();
      const steps = [];
      const abortedRun = async () => {
        const options = { ...needed, signal: controller.signal };
        for await (const step of run(fakeModel(), sentiment, options)) {
          steps.push(step);
          if (steps.length === kept) controller.abort('enough');
        }
      };
      await assert.rejects(abortedRun, { code: 'aborted', cause: 'enough' });
      assert.deepEqual(steps, all.slice(0, kept));
    }
    const model = fakeModel();
    const late = run(model, sentiment, { ...needed, signal: AbortSignal.abort() });
    await assert.rejects(late.next(), { code: 'aborted' });
    assert.equal(model.calls.length, 0);
  });

  test(`${name}: the rule and the comparison reach the posterior`, async () => {
    const numbers = async (options) =>
      JSON.stringify(await resultOf(run(fakeModel(), sentiment, { ...needed, ...options })));
    const plain = await numbers({});
    assert.equal(await numbers({ rule: 'sum', comparison: null }), plain);
    assert.notEqual(await numbers({ rule: 'perToken' }), plain);
    assert.notEqual(await numbers({ comparison: contextualCalibration }), plain);
    await assert.rejects(numbers({ rule: 'mean' }), { code: 'invalid-option', message: /^rule/ });
  });

  test(`${name}: a query is what is asked, a task's own where none is given`, async () => {
    const { query, ...without } = sentiment;
    const result = await resultOf(run(fakeModel(), sentiment, needed));
    assert.deepEqual(await resultOf(run(fakeModel(), without, { ...needed, query })), result);
    assert.notDeepEqual(await resultOf(run(fakeModel(), without, needed)), result);
  });

  test(`${name}: bad input is named, by the plan and from the loop`, async () => {
    const refused = async (task, options, message) => {
      const error = { code: 'invalid-option', message };
      assert.throws(() => plan(task, { ...needed, ...options }), error);
      const model = fakeModel();
      await assert.rejects(run(model, task, { ...needed, ...options }).next(), error);
      assert.equal(model.calls.length, 0);
    };
    const word = (name) => ({ name, words: [` ${name}`] });
    await refused(undefined, {}, /^task must have/);
    await refused({ ...sentiment, demonstrations: null }, {}, /^task must have/);
    const template = { ...sentiment.template, outputSeparator: undefined };
    const zero = { shots: name === 'shots' ? [0] : 0 };
    await refused({ ...sentiment, template }, zero, /outputSeparator must be a string/);
    await refused(sentiment, { query: 7 }, /query must be a string/);
    await refused(sentiment, { labels: [] }, /^labels must be .*at least two/);
    await refused(sentiment, { labels: [word('Positive')] }, /^labels must be .*at least two/);
    await refused(sentiment, { labels: 'Positive' }, /^labels/);
    await refused(
      sentiment,
      { labels: [word('Positive'), { name: 'Negative', words: [] }] },
      /^lab/,
    );
    await refused(sentiment, { labels: [null, word('Negative')] }, /^labels/);
    await refused({ ...sentiment, demonstrations: [] }, {}, /^labels must be .*at least two/);
    if (name !== 'shots') await refused(sentiment, { shots: 4 }, /^shots .* 0 to 3/);
    if (['order', 'influence', 'attribution'].includes(name)) {
      await refused(sentiment, { gold: 'Neutral' }, /^gold must be one of 'Positive', 'Negative'/);
    }
    // What needs the words is refused when they are to be scored.
    const twice = [word('Positive'), word('Positive'), word('Negative')];
    const model = fakeModel();
    await assert.rejects(resultOf(run(model, sentiment, { ...needed, labels: twice })), {
      code: 'invalid-option',
      message: /" Positive" occurs twice/,
    });
    assert.equal(model.calls.length, 0);
  });
}

test('identical seeds have identical results, and other seeds others', async () => {
  const task = withDemonstrations(6);
  for (const run of [order, labels]) {
    const of = (seed) => resultOf(run(fakeModel(), task, { seed }));
    assert.deepEqual(await of(3), await of(3));
    assert.notDeepEqual(await of(3), await of(5));
  }
});

test('fewer shots are shown as if there were no more demonstrations', async () => {
  const fewer = { ...sentiment, demonstrations: sentiment.demonstrations.slice(0, 2) };
  for (const [name, [run, , needed]] of Object.entries(experiments)) {
    if (name === 'shots') continue;
    const [a, b] = [fakeModel(), fakeModel()];
    const shown = await resultOf(run(a, sentiment, { ...needed, shots: 2 }));
    assert.deepEqual(shown, await resultOf(run(b, fewer, needed)), name);
    assert.deepEqual(a.calls, b.calls, name);
  }
});
