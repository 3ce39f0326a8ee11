import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ShotglassError } from '../../../pkg/dist/errors.js';
import { format, planFormat } from '../../../pkg/dist/experiments/format.js';
import { planShots } from '../../../pkg/dist/experiments/shots.js';
import { fakeModel, hashed, resultOf, sentiment } from './fake.mjs';

const review = { name: 'review', template: sentiment.template };
const lines = {
  name: 'lines',
  template: {
    instructionSeparator: '\n',
    inputPrefix: 'Input: ',
    inputSuffix: '\n',
    outputPrefix: 'Output:',
    outputSeparator: '\n',
    demonstrationSeparator: '\n',
  },
};
const templates = [review, lines];

test('the same task under each template, and the words behind its separator', () => {
  const [first, second] = planFormat(sentiment, { templates, shots: 1 });
  assert.equal(first.prompt.text, planShots(sentiment)[1].prompt.text);
  assert.deepEqual(
    [second.name, second.prompt.text],
    ['lines', 'Input: warm\nOutput:\nPositive\nInput: fine\nOutput:'],
  );
  const words = ({ labels }) => labels.map((label) => label.words);
  assert.deepEqual(words(first), [[' Positive'], [' Negative']]);
  assert.deepEqual(words(second), [['\nPositive'], ['\nNegative']]);
});

test('given labels change their separator too, each of their words', () => {
  const labels = [
    { name: 'good', words: [' Positive', ' Good'] },
    { name: 'bad', words: [' Negative'] },
  ];
  const [first, second] = planFormat(sentiment, { templates, labels });
  assert.deepEqual(first.labels, labels);
  assert.deepEqual(second.labels, [
    { name: 'good', words: ['\nPositive', '\nGood'] },
    { name: 'bad', words: ['\nNegative'] },
  ]);
});

test('references are rendered with the template of their prompt', () => {
  const [, second] = planFormat(sentiment, {
    templates,
    shots: 0,
    comparison: { inputs: ['N/A'] },
  });
  assert.equal(second.reference[0].text, 'Input: N/A\nOutput:');
});

test('permuting the templates permutes the readings', async () => {
  const { readings } = await resultOf(format(fakeModel(), sentiment, { templates }));
  const reversed = await resultOf(
    format(fakeModel(), sentiment, { templates: templates.toReversed() }),
  );
  assert.deepEqual(reversed.readings, readings.toReversed());
  assert.notDeepEqual(readings[0].classification, readings[1].classification);
});

test('a template whose prompt does not fit is reported, and the others run', async () => {
  const long = { name: 'long', template: { ...sentiment.template, inputPrefix: 'x'.repeat(500) } };
  const { readings } = await resultOf(
    format(fakeModel(undefined, { contextLength: 400 }), sentiment, { templates: [long, lines] }),
  );
  assert.deepEqual(
    readings.map(({ name, error }) => [name, error?.code]),
    [
      ['long', 'prompt-too-long'],
      ['lines', undefined],
    ],
  );
});

test('a template whose ending merges with the words is reported, and the others run', async () => {
  const merging = (context, word) => {
    if (word.startsWith(' ')) return hashed(context, word);
    throw new ShotglassError('merged-continuation', 'They are one token.');
  };
  const glued = { name: 'glued', template: { ...sentiment.template, outputSeparator: '' } };
  const { readings } = await resultOf(
    format(fakeModel(merging), sentiment, { templates: [glued, review] }),
  );
  assert.deepEqual([readings[0].error.code, readings[1].error], ['merged-continuation', undefined]);
});

test('what are no templates is refused, and words without the separator', () => {
  const refused = (options, message) =>
    assert.throws(() => planFormat(sentiment, options), { code: 'invalid-option', message });
  for (const wrong of [undefined, [], review, [review, review]]) {
    refused({ templates: wrong }, /^templates must be .* distinct names/);
  }
  refused({ templates: [{ template: review.template }] }, /^templates must be a string/);
  refused({ templates: [null] }, /^templates/);
  refused({ templates: [{ name: 'none' }] }, /outputSeparator must be a string/);
  refused(
    { templates: [{ name: 'x', template: { outputSeparator: ' ' } }] },
    /inputPrefix must be/,
  );
  const labels = ['Positive', 'Negative'].map((name) => ({ name, words: [name] }));
  refused({ templates, labels }, /outputSeparator " ": "Positive" does not/);
});
