import assert from 'node:assert/strict';
import { test } from 'node:test';
import { contextualCalibration } from '../../../pkg/dist/experiments/compare.js';
import { labels, labelVariants, planLabels } from '../../../pkg/dist/experiments/labels.js';
import { fakeModel, resultOf, sentiment, withDemonstrations } from './fake.mjs';

const topics = ['World', 'Sports', 'Business'];
const news = {
  ...sentiment,
  instruction: 'Name the topic.',
  template: { ...sentiment.template, inputPrefix: 'Article: ', outputPrefix: 'Topic:' },
  demonstrations: ['Business', 'World', 'Sports', 'World'].map((output, i) => ({
    input: `text ${i}`,
    output,
  })),
  labels: topics,
};

const planned = (task, variant, options) =>
  planLabels(task, { ...options, variants: [variant] })[0];
const outputs = (task, variant, options) => {
  const { text, spans } = planned(task, variant, options).prompt;
  return spans
    .filter(({ role }) => role === 'output')
    .map(({ start, end }) => text.slice(start, end));
};
const words = (each) => each.labels.map((label) => label.words);

test('the outputs and the scored words of every variant', () => {
  assert.deepEqual(outputs(news, 'gold'), ['Business', 'World', 'Sports', 'World']);
  assert.deepEqual(outputs(news, 'flipped'), ['World', 'Sports', 'Business', 'Sports']);
  assert.deepEqual(outputs(news, 'abstract'), ['baz', 'foo', 'bar', 'foo']);
  assert.deepEqual(outputs(news, 'none'), []);
  const all = planLabels(news);
  assert.deepEqual(
    all.map(({ variant }) => variant),
    ['gold', 'random', 'flipped', 'abstract', 'none'],
  );
  for (const each of all) {
    const abstract = each.variant === 'abstract';
    assert.deepEqual(
      each.labels.map(({ name }) => name),
      topics,
    );
    assert.deepEqual(
      words(each),
      abstract ? [[' foo'], [' bar'], [' baz']] : topics.map((name) => [` ${name}`]),
    );
    assert.ok(each.prompt.text.startsWith('Name the topic.\n\nArticle: text 0\n'));
    assert.ok(each.prompt.text.endsWith('Article: fine\nTopic:'));
  }
});

test('without labels the inputs stand alone, and the query as ever', () => {
  const { text, spans } = planned(news, 'none', { shots: 2, query: 'q' }).prompt;
  assert.equal(text, 'Name the topic.\n\nArticle: text 0\n\nArticle: text 1\n\nArticle: q\nTopic:');
  assert.deepEqual(
    spans.map(({ role, start, end, demonstration }) => [
      role,
      text.slice(start, end),
      demonstration,
    ]),
    [
      ['instruction', 'Name the topic.', null],
      ['template', '\n\n', null],
      ['template', 'Article: ', 0],
      ['input', 'text 0', 0],
      ['template', '\n\n', 0],
      ['template', 'Article: ', 1],
      ['input', 'text 1', 1],
      ['template', '\n\n', 1],
      ['template', 'Article: ', null],
      ['query', 'q', null],
      ['template', '\nTopic:', null],
    ],
  );
  const french = { ...news.template, inputPrefix: '', inputSuffix: ' ', outputPrefix: '=>' };
  const arrows = { ...news, template: { ...french, demonstrationSeparator: '\n' } };
  assert.equal(
    planned(arrows, 'none', { shots: 1, query: 'cheese' }).prompt.text,
    'Name the topic.\n\ntext 0\ncheese =>',
  );
  const bare = { ...news, template: { ...french, inputSuffix: '', outputPrefix: '' } };
  assert.equal(planned(bare, 'none', { shots: 0, query: 'c' }).prompt.spans.at(-1).role, 'query');
});

test('the references have the demonstrations of their variant', () => {
  for (const each of planLabels(news, { comparison: contextualCalibration })) {
    const ending = 'Article: fine\nTopic:';
    assert.deepEqual(
      each.reference.map(({ text }) => text),
      ['N/A', '', '[MASK]'].map(
        (input) => `${each.prompt.text.slice(0, -ending.length)}Article: ${input}\nTopic:`,
      ),
      each.variant,
    );
  }
  assert.equal(planned(news, 'none', { comparison: { text: 'Answer: ' } }).reference, 'Answer: ');
});

test('random labels are uniform, by the seed, and those of fewer shots are the first', () => {
  const task = { ...withDemonstrations(3000), labels: ['Positive', 'Negative', 'Neutral'] };
  const drawn = outputs(task, 'random', { seed: 5 });
  assert.equal(drawn.length, 3000);
  for (const name of task.labels) {
    const share = drawn.filter((output) => output === name).length / 3000;
    // Five standard deviations of a third in 3000 draws.
    assert.ok(Math.abs(share - 1 / 3) < 5 * Math.sqrt(2 / 9 / 3000), `${name}: ${share}`);
  }
  assert.deepEqual(outputs(task, 'random', { seed: 5 }), drawn);
  assert.notDeepEqual(outputs(task, 'random', { seed: 6 }), drawn);
  assert.deepEqual(outputs(task, 'random', { seed: 5, shots: 9 }), drawn.slice(0, 9));
});

test('labels with several words are written as their first', () => {
  const given = [
    { name: 'good', words: [' Positive', ' Good'] },
    { name: 'bad', words: [' Negative'] },
  ];
  const demonstrations = ['Good', 'bad', 'Positive', 'Negative'].map((output) => ({
    input: 'x',
    output,
  }));
  const task = { ...sentiment, demonstrations };
  const flipped = outputs(task, 'flipped', { labels: given });
  assert.deepEqual(flipped, ['Negative', 'Positive', 'Negative', 'Positive']);
  assert.deepEqual(outputs(task, 'abstract', { labels: given }), ['foo', 'bar', 'foo', 'bar']);
  assert.deepEqual(words(planned(task, 'abstract', { labels: given })), [[' foo'], [' bar']]);
  assert.deepEqual(words(planned(task, 'gold', { labels: given }))[0], [' Positive', ' Good']);
});

test('a model that copies inverts with flipped labels, and knows the abstract ones', async () => {
  // The word behind the demonstration whose input is the query is what the model is sure of.
  const copying = (context, word) => {
    const query = context.match(/Review: (.*)\nSentiment:$/)[1];
    return context.includes(`Review: ${query}\nSentiment:${word}\n`) ? -0.1 : -5;
  };
  const options = { query: 'dull' };
  const { readings } = await resultOf(labels(fakeModel(copying), sentiment, options));
  const predicted = Object.fromEntries(
    readings.map(({ variant, classification }) => [variant, classification.predicted]),
  );
  assert.deepEqual([predicted.gold, predicted.flipped, predicted.abstract], [1, 0, 1]);
  assert.equal(readings[4].classification.labels[0].p, 0.5);
  assert.equal(readings[3].classification.labels[1].label, 'Negative');
  assert.equal(readings[3].classification.labels[1].scores[0].continuation, ' bar');
});

test('permuting the variants permutes the readings', async () => {
  const { readings } = await resultOf(labels(fakeModel(), news));
  const variants = labelVariants.toReversed();
  const reversed = await resultOf(labels(fakeModel(), news, { variants }));
  assert.deepEqual(reversed.readings, readings.toReversed());
});

test('a variant over the context is reported, and the others run', async () => {
  const none = planned(news, 'none').prompt.text.length;
  const { readings } = await resultOf(labels(fakeModel(undefined, { contextLength: none }), news));
  assert.deepEqual(
    readings.map((reading) => reading.error?.code),
    [...Array(4).fill('prompt-too-long'), undefined],
  );
});

test('what cannot be relabelled is refused', () => {
  const refused = (task, options, message) =>
    assert.throws(() => planLabels(task, options), { code: 'invalid-option', message });
  const strange = { ...news, labels: ['World', 'Sports'] };
  refused(strange, {}, /^labels must be all labels .* "Business" of demonstration 0/);
  planLabels(strange, { variants: ['gold', 'random', 'none'] });
  // What is not shown may be anything.
  const two = planLabels({ ...news, labels: ['World', 'Business'] }, { shots: 2 });
  assert.deepEqual(two[0].prompt, planned(news, 'gold', { shots: 2 }).prompt);
  const many = { ...news, labels: [...topics, ...Array.from({ length: 11 }, (_, i) => `t${i}`)] };
  refused(many, {}, /without 'abstract', .* 13 labels; the task has 14/);
  planLabels({ ...many, labels: many.labels.slice(0, 13) });
  const noSpace = topics.map((name) => ({ name, words: [name] }));
  refused(news, { labels: noSpace }, /^labels .* outputSeparator " ": "World" does not/);
  for (const variants of [[], 'gold', ['golden'], [undefined]]) {
    refused(news, { variants }, /^variants must be/);
  }
  for (const seed of [-1, 0.5, '1']) refused(news, { seed }, /^seed must be/);
});
