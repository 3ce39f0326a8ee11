import assert from 'node:assert/strict';
import { test } from 'node:test';
import { labModule } from '../module.mjs';

const format = await labModule('ui/numbers.ts');
const numerals = await labModule('util/numerals.ts');

test('a probability is written to the place that matters', () => {
  const cases = [
    [1, '100%'],
    [0, '0%'],
    [0.72417, '72.4%'],
    [0.5, '50.0%'],
    [0.0999, '10.0%'],
    [0.01, '1.0%'],
    // The borders: what is printed, not what is stored, decides which form it takes.
    [0.00996, '1.0%'],
    [0.00994, '0.99%'],
    // A peer's "<0.01%" once stood for nine in a thousand.
    [0.009, '0.90%'],
    // Within a column the zero stays: "0.3%" stood above "0.29%".
    [0.00299, '0.30%'],
    [0.0057, '0.57%'],
    [0.00012, '0.012%'],
    [0.0001, '0.010%'],
    [0.000099, '1 in 10,000'],
    [0.00004, '1 in 25,000'],
    [3.2e-7, '1 in 3,100,000'],
    [3.2e-12, '<1 in 1,000,000,000'],
  ];
  for (const [p, text] of cases) assert.equal(format.formatProbability(p), text, `p = ${p}`);
  assert.equal(format.formatProbability(Number.NaN), '–', 'unknown is not impossible');
});

test('in a table what is beyond 0.01% or 99.99% is said to be so, and told in full beside it', () => {
  const cases = [
    [0.72417, '72.4%', '72.417%'],
    [0.00299, '0.30%', '0.299%'],
    [0.0001, '0.010%', '0.01%'],
    [0.000099, '<0.01%', '0.0099%'],
    [3.2e-7, '<0.01%', '0.000032%'],
    [3.2e-20, '<0.01%', '<0.0000000001%'],
    [0.9999966, '>99.99%', '99.99966%'],
    [0, '0%', '0%'],
    [1, '100%', '100%'],
  ];
  for (const [p, text, exact] of cases) {
    assert.equal(format.tableProbability(p), text, `p = ${p}`);
    assert.equal(format.formatExactProbability(p), exact, `p = ${p}`);
  }
});

test('a probability below 1 is never written as 100%', () => {
  for (const p of [0.9994, 0.9995, 0.99996, 0.9999999, 1 - 1e-12]) {
    const text = format.formatProbability(p);
    assert.doesNotMatch(text, /^100/, `p = ${p}`);
    assert.doesNotMatch(format.tableProbability(p), /^100/, `p = ${p}`);
    assert.ok(Number.parseFloat(text) <= p * 100, `${text} is more than ${p}`);
  }
});

test('a smaller probability never reads larger', () => {
  const value = (text) => {
    const odds = /^1 in ([\d,]+)$/.exec(text);
    if (odds) return 1 / Number(odds[1].replaceAll(',', ''));
    const number = Number(text.replace('%', '').replace('−', '-'));
    return text.endsWith('%') ? number / 100 : number;
  };
  let last = 1;
  for (let p = 1; p > 1e-9; p *= 0.9973) {
    const shown = value(format.formatProbability(p));
    assert.ok(shown <= last * (1 + 1e-9), `${format.formatProbability(p)} after ${last}`);
    assert.ok(Math.abs(shown - p) <= 0.055 * p, `${format.formatProbability(p)} for ${p}`);
    last = shown;
  }
});

test('a logprob has a true minus sign and three decimals', () => {
  assert.equal(format.formatLogprob(-0.32275), '−0.323');
  assert.equal(format.formatLogprob(-0.0000001), '0.000');
  assert.equal(format.formatLogprob(0), '0.000');
  assert.equal(format.formatLogprob(Number.NEGATIVE_INFINITY), '−∞');
});

test('entropy is also given as a number of choices', () => {
  assert.equal(format.formatChoices(0), '1.0');
  assert.equal(format.formatChoices(Math.log(4)), '4.0');
  assert.equal(format.formatChoices(Math.log(49152)), '49,152');
});

test('bytes, rates and times are in the units that people use', () => {
  assert.equal(numerals.formatBytes(98_362_432), '98 MB');
  assert.equal(numerals.formatBytes(1_234), '1 kB');
  assert.equal(numerals.formatBytes(1_073_741_824), '1.07 GB');
  assert.equal(numerals.formatRate(12_345_678), '12 MB/s');
  assert.equal(numerals.formatRate(1_234_567), '1.2 MB/s');
  assert.equal(numerals.formatRate(64_000), '64 kB/s');
  assert.equal(format.formatDuration(0.4), 'under 1 ms');
  assert.equal(format.formatDuration(123.4), '123 ms');
  assert.equal(format.formatDuration(2345), '2.3 s');
  assert.equal(format.formatTimeLeft(3), 'a few seconds left');
  assert.equal(format.formatTimeLeft(41), '50 seconds left');
  assert.equal(format.formatTimeLeft(125), '3 minutes left');
  assert.equal(format.formatParameters(134_515_008), '135 million');
});

test('a rate needs some time to be known, and follows a change', async () => {
  const { RateMeter } = await labModule('app/rate.ts');
  const meter = new RateMeter(1000);
  meter.add(0, 0);
  assert.equal(meter.perSecond, null);
  for (let at = 100; at <= 2000; at += 100) meter.add(at * 10, at);
  assert.equal(meter.perSecond, 10_000);
  assert.equal(meter.secondsLeft(20_000, 40_000), 2);
  assert.equal(meter.secondsLeft(20_000, null), null);
  for (let at = 2100; at <= 4000; at += 100) meter.add(20_000 + (at - 2000) * 100, at);
  assert.equal(meter.perSecond, 100_000);
});

test('a number of so many digits has a true minus sign, and never an exponent', () => {
  const { formatDigits } = format;
  assert.equal(formatDigits(2.7e-7, 2), '0.00000027');
  assert.equal(formatDigits(1e-4, 2), '0.0001');
  assert.equal(formatDigits(0.123456789, 6), '0.123457');
  assert.equal(formatDigits(-2.4649, 3), '−2.46');
  assert.equal(formatDigits(0, 2), '0');
});
