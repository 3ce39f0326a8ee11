import assert from 'node:assert/strict';
import { test } from 'node:test';
import { influence, lime, planLime } from 'shotglass/experiments';
import { ridge } from '../../../pkg/dist/math/ridge.js';
import { fakeModel, near, resultOf, sentiment, stepsOf, withDemonstrations } from './fake.mjs';

const masksOf = (count) =>
  Array.from({ length: 2 ** count }, (_, m) =>
    Array.from({ length: count }, (_, j) => (m >> j) & 1),
  );
const kernel = (mask) => {
  const shown = mask.reduce((a, b) => a + b, 0);
  return Math.exp(-((1 - Math.sqrt(shown / mask.length)) ** 2) / 0.25 ** 2);
};

test('the regression is that of scikit-learn', () => {
  // Ridge(alpha).fit(rows, targets, sample_weight) of scikit-learn 1.9.1: intercept_, coef_ and score.
  const rows = masksOf(4);
  const targets = [
    0.841471, -1.156802, 0.256987, -1.344021, 0.020167, -1.087903, -0.650123, -1.208851, -0.532352,
    -0.529094, -1.204038, -0.670917, -1.443538, -0.454887, -2.031775, -0.698212,
  ];
  const masks = { rows, targets, weights: rows.map(kernel) };
  const numbers = {
    rows: [
      [0.5, -1.25, 3],
      [2, 0.75, -0.5],
      [-1.5, 1, 0.25],
      [3.25, -2, 1],
      [0, 0, 4],
      [1, 1, 1],
      [-2, 0.5, -3],
    ],
    targets: [1, -0.5, 2.25, 0, 3.5, -1, 0.125],
    weights: [1, 0.5, 2, 0.25, 1.5, 0, 3],
  };
  for (const [given, alpha, intercept, coefficients, r2] of [
    [
      masks,
      0.01,
      -1.2825517481346618,
      [0.669111704654404, -0.27789845341428365, -0.15190409852165598, 0.15516965533949642],
      0.49226473206083643,
    ],
    [
      masks,
      1,
      -1.115489086875857,
      [0.36292531946367657, -0.1720861439915322, -0.10090588935131696, 0.07257480358758998],
      0.39423134478211985,
    ],
    [
      numbers,
      0.7,
      0.7945020780565748,
      [-0.4327407640122225, 0.5310803125124473, 0.5957166652251384],
      0.9275264596341746,
    ],
  ]) {
    const fit = ridge(given.rows, given.targets, given.weights, alpha);
    near(fit.intercept, intercept, 1e-9);
    near(fit.r2, r2, 1e-9);
    fit.coefficients.forEach((coefficient, j) => {
      near(coefficient, coefficients[j], 1e-9);
    });
  }
});

test('the regression in closed form', () => {
  // One column: β = Σ w x̃ ỹ / (Σ w x̃² + α), by hand: x̄ = 1.5, ȳ = 2.5; Σ w x̃ ỹ = 3, Σ w x̃² = 3.
  const one = ridge([[0], [2]], [1, 3], [1, 3], 0.5);
  near(one.coefficients[0], 3 / 3.5);
  near(one.intercept, 2.5 - 1.5 * (3 / 3.5));
  // Two equal columns share what one of them would have, and a constant one has nothing.
  const shared = ridge(
    [
      [0, 0, 1],
      [2, 2, 1],
    ],
    [1, 3],
    [1, 3],
    1,
  );
  near(shared.coefficients[0], 3 / 7);
  near(shared.coefficients[1], 3 / 7);
  near(shared.coefficients[2], 0);
  // No column, and nothing to explain.
  assert.deepEqual(ridge([[], []], [2, 2], [1, 1], 1), { intercept: 2, coefficients: [], r2: 1 });
});

test('what is linear is found as it is', async () => {
  const effects = [1.5, -0.75, 0.25];
  const model = fakeModel((context, word) => {
    const shown = sentiment.demonstrations.map(({ input }) => (context.includes(input) ? 1 : 0));
    const sum = shown.reduce((all, z, j) => all + z * effects[j], -6);
    return word === ' Positive' ? sum : -20;
  });
  const { label, all, none, intercept, r2, influences } = await resultOf(
    lime(model, sentiment, { alpha: 1e-9, gold: 'Positive' }),
  );
  assert.equal(label, 'Positive');
  near(all.logprob, -5);
  near(none.logprob, -6);
  near(intercept, -6, 1e-6);
  near(r2, 1, 1e-9);
  influences.forEach(({ demonstration, coefficient, shapley, leaveOneOut }, j) => {
    assert.equal(demonstration, j);
    for (const value of [coefficient, shapley.nats, leaveOneOut.nats])
      near(value, effects[j], 1e-6);
  });
});

test('up to five demonstrations all subsets are scored, with the Shapley values of influence', async () => {
  const task = withDemonstrations(5);
  const [model, other] = [fakeModel(), fakeModel()];
  const steps = await stepsOf(lime(model, task));
  assert.equal(steps.length, 32);
  const { influences, all, label } = steps.at(-1).result;
  const expected = await resultOf(influence(other, task, { method: 'shapley' }));
  assert.deepEqual([all, label], [expected.all, expected.label]);
  influences.forEach(({ shapley, leaveOneOut }, j) => {
    assert.deepEqual(
      [shapley, leaveOneOut],
      [expected.influences[j].shapley, expected.influences[j].leaveOneOut],
    );
  });
  assert.deepEqual(
    model.calls.map(({ context }) => context),
    other.calls.map(({ context }) => context),
    'the same prompts in the same order, so that a model has them cached',
  );
  // The coefficients are known as soon as there are more prompts than there are of them.
  const known = steps.map(({ result }) => result.influences[0].coefficient !== null);
  assert.equal(known.indexOf(true), 5);
  assert.ok(known.slice(5).every(Boolean));
});

test('the weight of a mask falls with the number of demonstrations left out', () => {
  const masks = planLime(sentiment);
  assert.equal(masks.length, 8);
  for (const { shown, weight } of masks) {
    near(weight, kernel([0, 1, 2].map((j) => (shown.includes(j) ? 1 : 0))));
  }
  assert.equal(masks[0].weight, 1);
  const [, second] = planLime(sentiment, { width: 1e6 });
  near(second.weight, 1, 1e-9);
});

test('of many demonstrations a seed draws distinct samples, the whole prompt among them', async () => {
  const task = withDemonstrations(9);
  const keys = (options) => planLime(task, options).map(({ shown }) => String(shown));
  const drawn = keys({ samples: 40 });
  assert.equal(drawn.length, 40);
  assert.equal(new Set(drawn).size, 40);
  assert.equal(drawn[0], '0,1,2,3,4,5,6,7,8');
  assert.deepEqual(keys({ samples: 40 }), drawn);
  assert.notDeepEqual(keys({ samples: 40, seed: 1 }), drawn);
  const sizes = new Set(planLime(task, { samples: 200 }).map(({ shown }) => shown.length));
  assert.equal(sizes.size, 10, 'every number of demonstrations occurs');
  assert.equal(keys({ samples: 1000 }).length, 512, 'there are no more');
  const { influences } = await resultOf(lime(fakeModel(), task, { samples: 20 }));
  assert.ok(
    influences.every(({ coefficient, shapley }) => coefficient !== null && shapley === null),
  );
});

test('equal demonstrations have equal effects, and without any the answer is the intercept', async () => {
  const labels = ['Positive', 'Negative'];
  const alike = {
    ...sentiment,
    labels,
    demonstrations: Array(4).fill(sentiment.demonstrations[0]),
  };
  const { influences } = await resultOf(lime(fakeModel(), alike));
  for (const { coefficient } of influences) near(coefficient, influences[0].coefficient, 1e-9);
  const without = await resultOf(lime(fakeModel(), { ...sentiment, labels }, { shots: 0 }));
  assert.deepEqual(without.influences, []);
  near(without.intercept, without.all.logprob);
});

test('what cannot be is refused', async () => {
  const refused = (options, message) =>
    assert.throws(() => planLime(sentiment, options), { code: 'invalid-option', message });
  refused({ samples: 1 }, /^samples must be an integer from 2 to 1000/);
  refused({ samples: 1001 }, /^samples/);
  refused({ seed: -1 }, /^seed/);
  refused({ width: 0 }, /^width must be a number above 0/);
  refused({ alpha: Number.NaN }, /^alpha must be a number above 0/);
  refused({ gold: 'Neutral' }, /^gold/);
  refused({ method: 'shapley' }, /^Unknown option method/);
  refused({ shots: 9 }, /shots/);
  const controller = new AbortController();
  const steps = lime(fakeModel(), sentiment, { signal: controller.signal });
  await steps.next();
  controller.abort();
  await assert.rejects(steps.next(), { code: 'aborted' });
});
