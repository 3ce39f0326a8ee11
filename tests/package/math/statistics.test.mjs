import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  accuracy,
  bitsPerByte,
  brier,
  confusionMatrix,
  entropy,
  exactMatch,
  expectedCalibrationError,
  f1,
  macroF1,
  mcnemar,
  mean,
  normalizeAnswer,
  pairedInterval,
  perplexity,
  reliability,
  sum,
  wilson,
} from '../../../pkg/dist/math/statistics.js';

const near = (actual, expected, message) =>
  assert.ok(Math.abs(actual - expected) < 1e-9, `${message ?? ''} ${actual} ≠ ${expected}`);
const invalid = (call, message) => assert.throws(call, { code: 'invalid-option', message });

test('the Wilson interval, by hand', () => {
  // 8 of 10. z² = 3.841458881…; p = 0.8:
  // middle = (0.8 + 3.841459/20) / (1 + 0.3841459) = 0.9920729 / 1.3841459 = 0.716740
  // half   = 1.959964 · √(0.016 + 0.0384146/4) / 1.3841459 = 1.959964 · 0.160011 / 1.3841459 = 0.226576
  const { low, high } = wilson(8, 10);
  assert.equal(low.toFixed(4), '0.4902');
  assert.equal(high.toFixed(4), '0.9433');
  // Of none right the upper bound is z² / (n + z²), and the lower one 0; of all it is the mirror image.
  const z2 = 1.959964 ** 2;
  assert.equal(wilson(0, 10).low, 0);
  near(wilson(0, 10).high, z2 / (10 + z2));
  near(wilson(10, 10).low, 10 / (10 + z2));
  assert.equal(wilson(10, 10).high, 1);
});

test('the bounds of the Wilson interval are the shares that are z standard errors away', () => {
  for (let n = 1; n <= 40; n++) {
    for (let k = 0; k <= n; k++) {
      const { low, high } = wilson(k, n);
      assert.ok(low >= 0 && low <= k / n && k / n <= high && high <= 1, `${k} of ${n}`);
      for (const bound of [low, high]) {
        if (bound === 0 || bound === 1) continue;
        near(Math.abs(k / n - bound), 1.959964 * Math.sqrt((bound * (1 - bound)) / n));
      }
      near(wilson(n - k, n).low, 1 - high);
    }
  }
  // A mean over seeds need not be an integer.
  assert.ok(wilson(7.5, 10).low > wilson(7, 10).low && wilson(7.5, 10).low < wilson(8, 10).low);
  invalid(() => wilson(0, 0), /^n must be/);
  invalid(() => wilson(3, 2), /^successes must be/);
  invalid(() => wilson(Number.NaN, 2), /^successes must be/);
});

// Fagerland, Lydersen & Laake 2013 (BMC Medical Research Methodology 13:91), table 1: airway hyper-responsiveness of 21
// children before and after a transplantation (Bentur et al. 2009).
const children = { both: 1, onlyA: 7, onlyB: 1, neither: 12 };

test('McNemar’s exact test, by hand and as published', () => {
  // 2 · (C(8, 0) + C(8, 1)) / 2⁸ = 18 / 256.
  near(mcnemar(children.onlyA, children.onlyB), 18 / 256);
  near(mcnemar(children.onlyB, children.onlyA), 18 / 256);
  // The example of `mcnemar.exact` in R's package exact2x2 prints 0.06543: 2 · (1 + 11 + 55) / 2¹¹.
  near(mcnemar(2, 9), 134 / 2048);
  // Approval of a prime minister in two polls (Agresti 2002, Categorical Data Analysis, table 10.1).
  assert.equal(mcnemar(150, 86).toPrecision(4), '0.00003716');
  assert.equal(mcnemar(0, 0), 1);
  assert.equal(mcnemar(4, 4), 1);
  near(mcnemar(0, 6), 2 / 64);
  // 2⁻²⁰⁰⁰ is no number.
  near(mcnemar(1000, 1000), 1);
  assert.ok(mcnemar(0, 2000) === 0 && mcnemar(950, 1050) > 0.02 && mcnemar(950, 1050) < 0.04);
  invalid(() => mcnemar(1.5, 2), /^onlyA must be/);
  invalid(() => mcnemar(1, -2), /^onlyB must be/);
});

test('the interval of a paired difference, as published and at its ends', () => {
  // Fagerland, Lydersen & Laake 2014 (Statistics in Medicine 33:2850–2875) print −0.507 and −0.026.
  const { low, high } = pairedInterval(children);
  assert.deepEqual([low.toFixed(3), high.toFixed(3)], ['-0.507', '-0.026']);
  // By hand with φ > 0: complete response before and after consolidation therapy (Cavo et al. 2012).
  //   φ = (59 · 80 − 6 · 16 − 161/2) / √(75 · 86 · 65 · 96) = 4543.5 / 6344.1 = 0.7162
  //   Wilson of 75 of 161: 0.3905 … 0.5428; of 65 of 161: 0.3310 … 0.4809
  const cavo = pairedInterval({ both: 59, onlyA: 16, onlyB: 6, neither: 80 });
  assert.deepEqual([cavo.low.toFixed(4), cavo.high.toFixed(4)], ['-0.1186', '-0.0046']);
  // The other way round it is the mirror image.
  const { onlyA: onlyB, onlyB: onlyA, ...same } = children;
  const mirrored = pairedInterval({ ...same, onlyA, onlyB });
  near(mirrored.low, -high);
  near(mirrored.high, -low);
  // Two that never differ still may, on other rows.
  const alike = pairedInterval({ both: 10, onlyA: 0, onlyB: 0, neither: 0 });
  near(alike.high, 1 - wilson(10, 10).low);
  near(alike.low, -alike.high);
  const apart = pairedInterval({ both: 0, onlyA: 0, onlyB: 10, neither: 0 });
  assert.ok(apart.low > 0.6 && apart.high <= 1, `${apart.low} ${apart.high}`);
  invalid(
    () => pairedInterval({ both: 0, onlyA: 0, onlyB: 0, neither: 0 }),
    /number of rows must be/,
  );
  invalid(() => pairedInterval({ ...children, both: -1 }), /^both must be/);
});

test('of few rows every interval holds the difference and stays within −1 and 1', () => {
  const n = 7;
  for (let both = 0; both <= n; both++) {
    for (let onlyA = 0; both + onlyA <= n; onlyA++) {
      for (let onlyB = 0; both + onlyA + onlyB <= n; onlyB++) {
        const counts = { both, onlyA, onlyB, neither: n - both - onlyA - onlyB };
        const { low, high } = pairedInterval(counts);
        const difference = (onlyB - onlyA) / n;
        const text = JSON.stringify({ counts, low, high });
        assert.ok(-1 - 1e-12 <= low && low < difference + 1e-12, text);
        assert.ok(difference - 1e-12 < high && high <= 1 + 1e-12 && low < high, text);
      }
    }
  }
});

test('accuracy counts what is right', () => {
  const result = accuracy([true, false, true, true]);
  assert.deepEqual([result.n, result.correct, result.accuracy], [4, 3, 0.75]);
  assert.deepEqual(result.interval, wilson(3, 4));
  invalid(() => accuracy([]), /^correct must be/);
});

// Ten rows of three classes:     a  a  a  a  a  b  b  b  c  c
const gold = [0, 0, 0, 0, 0, 1, 1, 1, 2, 2];
const predicted = [0, 0, 0, 1, 2, 1, 1, 0, 0, 0];
// Rows are gold, columns predicted.
const matrix = [
  [3, 1, 1],
  [1, 2, 0],
  [2, 0, 0],
];

test('the confusion matrix has gold classes as rows', () => {
  assert.deepEqual(confusionMatrix(gold, predicted, 3), matrix);
  assert.deepEqual(confusionMatrix([], [], 2), [
    [0, 0],
    [0, 0],
  ]);
  invalid(() => confusionMatrix([0], [], 2), /^predicted must be/);
  invalid(() => confusionMatrix([2], [0], 2), /^gold must be/);
  invalid(() => confusionMatrix([0], [-1], 2), /^predicted must be/);
});

test('macro-F1, by hand', () => {
  // a: TP 3, FP 3, FN 2 → 6/11; b: TP 2, FP 1, FN 1 → 4/6; c: TP 0, FP 1, FN 2 → 0.
  const [a, b, c] = f1(matrix);
  near(a, 6 / 11);
  near(b, 2 / 3);
  assert.equal(c, 0);
  near(macroF1(matrix), (6 / 11 + 2 / 3) / 3);
});

test('a class that no row has and that was never predicted is left out of macro-F1', () => {
  const absent = [
    [3, 1, 0],
    [0, 2, 0],
    [0, 0, 0],
  ];
  assert.equal(f1(absent)[2], null);
  // a: TP 3, FN 1 → 6/7; b: TP 2, FP 1 → 4/5.
  near(macroF1(absent), (6 / 7 + 4 / 5) / 2);
  // Predicted once, it occurs, with an F1 of 0.
  const once = [
    [3, 1, 0],
    [0, 2, 1],
    [0, 0, 0],
  ];
  assert.equal(f1(once)[2], 0);
  near(macroF1(once), (6 / 7 + 4 / 6) / 3);
  invalid(() => macroF1([[0]]), /^matrix must be/);
});

test('the Brier score, by hand', () => {
  // (0.7−1)² + 0.2² + 0.1² = 0.14;  0.5² + (0.3−1)² + 0.2² = 0.78.
  near(
    brier(
      [
        [0.7, 0.2, 0.1],
        [0.5, 0.3, 0.2],
      ],
      [0, 1],
    ),
    0.46,
  );
  assert.equal(brier([[1, 0]], [0]), 0);
  assert.equal(brier([[1, 0]], [1]), 2);
  near(brier([[0.25, 0.25, 0.25, 0.25]], [2]), 0.75);
  invalid(() => brier([], []), /^posteriors must be/);
  invalid(() => brier([[1, 0]], []), /^posteriors must be/);
  invalid(() => brier([[1, 0]], [2]), /^gold must be/);
});

test('the calibration error and its bins, by hand', () => {
  const confidences = [0.95, 0.92, 0.99, 0.65, 0.62, 0.55];
  const correct = [true, true, false, true, false, false];
  const bins = reliability(confidences, correct);
  assert.deepEqual(
    bins.map(({ n }) => n),
    [0, 0, 0, 0, 0, 1, 2, 0, 0, 3],
  );
  near(bins[9].confidence, 2.86 / 3);
  near(bins[9].accuracy, 2 / 3);
  near(bins[6].confidence, 0.635);
  assert.equal(bins[6].accuracy, 0.5);
  assert.deepEqual([bins[0].confidence, bins[0].accuracy], [null, null]);
  // 3/6 · |2/3 − 2.86/3| + 2/6 · |0.5 − 0.635| + 1/6 · |0 − 0.55|
  near(expectedCalibrationError(bins), 0.86 / 6 + 0.27 / 6 + 0.55 / 6);
});

test('a confidence on the edge is in the bin below it, as in the paper', () => {
  for (let edge = 1; edge <= 10; edge++) {
    const bins = reliability([edge / 10], [true]);
    assert.equal(
      bins.findIndex(({ n }) => n === 1),
      edge - 1,
      `${edge / 10}`,
    );
    assert.equal(bins[edge - 1].to, edge / 10);
  }
  assert.equal(reliability([0], [false])[0].n, 1);
  assert.equal(reliability([0.26], [true], 4)[1].n, 1);
});

test('sure and always right is calibrated, sure and always wrong is not', () => {
  assert.equal(expectedCalibrationError(reliability([1, 1], [true, true])), 0);
  assert.equal(expectedCalibrationError(reliability([1, 1], [false, false])), 1);
  near(expectedCalibrationError(reliability([0.5, 0.5], [true, false])), 0);
  invalid(() => expectedCalibrationError(reliability([], [])), /^rows must be/);
  invalid(() => reliability([0.5], []), /^correct must be/);
  invalid(() => reliability([1.5], [true]), /^confidences must be/);
  invalid(() => reliability([Number.NaN], [true]), /^confidences must be/);
});

test('perplexity and bits per byte', () => {
  // Four tokens of probability 1/8 each: as unsure as among eight; three bits each.
  const logprob = 4 * Math.log(1 / 8);
  near(perplexity(logprob, 4), 8);
  near(bitsPerByte(logprob, 6), 2);
  assert.equal(perplexity(0, 1), 1);
  invalid(() => perplexity(-1, 0), /^tokens must be/);
  invalid(() => bitsPerByte(-1, 0), /^bytes must be/);
});

test('entropy, in nats', () => {
  near(entropy([0.25, 0.25, 0.25, 0.25]), Math.log(4));
  near(entropy([0.5, 0.25, 0.25]), 1.5 * Math.LN2);
  assert.ok(Object.is(entropy([1, 0, 0]), 0));
  invalid(() => entropy([1.5]), /^p must be/);
  invalid(() => entropy([-0.5]), /^p must be/);
});

test('exact match ignores case, punctuation and whitespace, and nothing else', () => {
  assert.equal(normalizeAnswer('  The "Beatles",\n  1960–70! '), 'the beatles 1960–70');
  // Every character that Python's string.punctuation has.
  assert.equal(normalizeAnswer('a!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~b'), 'ab');
  assert.ok(exactMatch(' Paris.', 'paris'));
  assert.ok(exactMatch('sea   otter', 'Sea\tOtter'));
  assert.ok(exactMatch('rock - roll', 'rock roll'));
  assert.ok(!exactMatch('seaotter', 'sea otter'));
  assert.ok(!exactMatch('the Paris', 'Paris'));
  assert.ok(!exactMatch('Orleans', 'Orléans'));
  assert.ok(!exactMatch('10', '1O'));
});

test('mean and sum', () => {
  assert.equal(mean([1, 2, 6]), 3);
  assert.equal(sum([]), 0);
  invalid(() => mean([]), /^values must be/);
});
