import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Model } from 'shotglass';
import { choiceMethods, choose, planChoose, random } from 'shotglass/experiments';
import { bm25, words } from '../../../pkg/dist/experiments/choose/bm25.js';
import { modelFile, mustExist } from '../../support/files.mjs';
import { fakeModel, near, resultOf, sentiment, stepsOf } from './fake.mjs';

/** How often each letter occurs, scaled to length 1. */
function vectorOf(text) {
  const counts = new Float32Array(27);
  for (const char of text.toLowerCase()) {
    const letter = char.codePointAt(0) - 96;
    counts[letter >= 1 && letter <= 26 ? letter : 0] += 1;
  }
  const length = Math.hypot(...counts);
  return counts.map((count) => count / length);
}

/** A model that scores and embeds, and keeps what it has embedded. */
function embedding(logprobOf, options) {
  const model = fakeModel(logprobOf, options);
  return Object.assign(model, {
    embedded: [],
    async embed(texts, { signal, layer, pooling } = {}) {
      signal?.throwIfAborted();
      model.embedded.push(...texts);
      model.embedOptions = { layer, pooling };
      return texts.map(vectorOf);
    },
  });
}

const wordsOfPool = 'ant bee cat dog eel fox gnu hen ibis jay koi lark mole newt owl pig'.split(
  ' ',
);

/** Rows of random words; some inputs occur twice. */
function randomPool(n, seed) {
  const generator = random(seed);
  const word = () => wordsOfPool[generator.integer(wordsOfPool.length)];
  return Array.from({ length: n }, () => ({
    input: Array.from({ length: 1 + generator.integer(4) }, word).join(' '),
    output: generator.integer(2) === 0 ? 'Positive' : 'Negative',
  }));
}

const task = { ...sentiment, demonstrations: [], labels: ['Positive', 'Negative'] };
const textsOf = (choice, pool) => choice.shown.map(({ index }) => pool[index]);
const of = ({ choices }, method) => choices.find((choice) => choice.method === method);

test('the most similar rows are those of a naive search, the nearest last', async () => {
  for (const seed of [1, 2, 3]) {
    const pool = randomPool(40, seed);
    const query = 'cat dog';
    const others = pool.filter(({ input }) => input !== query);
    const cosine = ({ input }) =>
      vectorOf(query).reduce((sum, value, i) => sum + value * vectorOf(input)[i], 0);
    const sorted = others.map(cosine).sort((a, b) => a - b);
    const result = await resultOf(choose(embedding(), task, { pool, query, shots: 6 }));
    const similar = of(result, 'similar');
    for (const [i, { index, score }] of similar.shown.entries()) {
      near(score, sorted.at(i - 6));
      near(score, cosine(pool[index]));
    }
    const worst = of(result, 'worst');
    for (const [i, { score }] of worst.shown.entries()) near(score, sorted[i]);
  }
});

/** The formula, word by word. */
function naiveBm25(documents, query) {
  const bags = documents.map((text) => text.toLowerCase().split(' '));
  const lengths = bags.map((bag) => new Set(bag).size);
  const mean = lengths.reduce((a, b) => a + b, 0) / bags.length;
  return bags.map((bag, i) =>
    query
      .toLowerCase()
      .split(' ')
      .reduce((sum, word) => {
        const n = bags.filter((other) => other.includes(word)).length;
        const f = bag.filter((other) => other === word).length;
        const idf = Math.log(1 + (bags.length - n + 0.5) / (n + 0.5));
        return sum + (idf * f * 2.2) / (f + 1.2 * (0.25 + (0.75 * lengths[i]) / mean));
      }, 0),
  );
}

test('BM25 is its formula', async () => {
  for (const seed of [1, 2, 3]) {
    const documents = randomPool(60, seed).map(({ input }) => input);
    const score = await bm25(documents);
    for (const query of ['Ant bee', 'cat', 'newt owl pig pig', 'zebra', 'ant']) {
      const expected = naiveBm25(documents, query);
      for (const [i, actual] of score(query).entries()) near(actual, expected[i], 1e-9);
    }
  }
});

test('the words of BM25 know no regular expressions, and Chinese has one for each character', async () => {
  assert.deepEqual(words('A (small) C++ film; film-noir.'), [
    'a',
    'small',
    'c',
    'film',
    'film',
    'noir',
  ]);
  assert.deepEqual(words('电影abc好看'), ['电', '影', 'abc', '好', '看']);
  const scores = (await bm25(['(.*)', 'constructor a', '__proto__ b']))('constructor __proto__ (');
  assert.equal(scores[0], 0);
  assert.ok(scores[1] > 0 && scores[2] > 0);
});

test('one-shot scores are those of the answer after one candidate', async () => {
  const pool = randomPool(12, 5);
  const model = embedding();
  const options = { pool, query: 'cat dog', gold: 'Negative', shots: 3, methods: ['oneShot'] };
  const result = await resultOf(choose(model, task, options));
  assert.equal(result.judgedBy, 'answer');
  const { shown } = of(result, 'oneShot');
  const scored = model.calls.slice(0, 12);
  for (const { index, score } of shown) {
    const { input, output } = pool[index];
    const context = `Review: ${input}\nSentiment: ${output}\n\nReview: cat dog\nSentiment:`;
    const call = scored.find((each) => each.context === context);
    assert.deepEqual(call.continuations, [' Negative']);
    const [known] = await embedding().score({ text: context }, [' Negative']);
    near(score, known.logprob);
  }
  const scores = await Promise.all(
    scored.map(async ({ context }) => {
      const [{ logprob }] = await embedding().score({ text: context }, [' Negative']);
      return logprob;
    }),
  );
  assert.deepEqual(
    shown.map(({ score }) => score),
    scores.sort((a, b) => a - b).slice(-3),
  );
});

test('of an unknown answer the similar rows judge, and a row with the input of a candidate does not', async () => {
  const pool = [
    { input: 'aab', output: 'Positive' },
    { input: 'aab ', output: 'Positive' },
    { input: 'abb', output: 'Negative' },
    { input: 'zzz', output: 'Negative' },
    { input: 'yyy', output: 'Positive' },
  ];
  const model = embedding();
  const options = { pool, query: 'ab', shots: 2, methods: ['oneShot'], candidates: 5 };
  const result = await resultOf(choose(model, task, options));
  assert.equal(result.judgedBy, 'neighbours');
  const asked = model.calls
    .slice(0, -1)
    .map(({ context }) =>
      [...context.matchAll(/Review: (.*)\n/g)].map(([, input]) => input.trim()),
    );
  for (const [candidate, judge] of asked) {
    assert.notEqual(candidate, judge);
    assert.match(judge, /^[ab]+$/);
  }
  assert.ok(asked.some(([candidate]) => candidate === 'zzz'));
});

test('the order of the pool changes nothing, and equal rows are preferred by their inputs', async () => {
  const rows = [{ input: 'a wild row', output: 'Positive' }];
  for (const seed of [1, 2, 3, 4]) {
    const pool = randomPool(20, seed);
    const shuffled = random(seed).shuffled(pool);
    const texts = async (some) => {
      const options = {
        pool: some,
        rows,
        query: 'bee',
        shots: 4,
        rowLabels: task.labels.map(label),
        seed,
      };
      const { choices, accuracies } = await resultOf(
        choose(embedding(), task, {
          ...options,
          rows: [...rows, { input: 'owl!', output: 'Negative' }],
        }),
      );
      return [
        choices.map((choice) => textsOf(choice, some)),
        accuracies.map((each) => each.rows.map(({ shown }) => shown.map((i) => some[i]))),
      ];
    };
    assert.deepEqual(await texts(pool), await texts(shuffled));
  }
  const ties = ['b c', 'c b', 'cb', 'bc'].map((input) => ({ input, output: 'Positive' }));
  const { choices } = await resultOf(
    choose(embedding(), task, {
      pool: ties.slice(0, 2),
      query: 'b',
      shots: 1,
      methods: ['similar'],
    }),
  );
  assert.deepEqual(textsOf(choices[0], ties), [ties[0]]);
});

function label(name) {
  return { name, words: [` ${name}`] };
}

test('the query is left out of the pool, which is said', async () => {
  const pool = [{ input: ' bee ', output: 'Positive' }, ...randomPool(5, 1)].concat([
    { input: 'bee', output: 'Negative' },
  ]);
  const result = await resultOf(choose(embedding(), task, { pool, query: 'bee', shots: 2 }));
  assert.ok(result.leftOut.includes(0) && result.leftOut.includes(6));
  for (const choice of result.choices) {
    for (const { input } of textsOf(choice, pool)) assert.notEqual(input.trim(), 'bee');
  }
});

test('identical rows can be chosen from', async () => {
  const pool = Array.from({ length: 6 }, () => ({ input: 'same', output: 'Positive' }));
  const result = await resultOf(choose(embedding(), task, { pool, query: 'bee', shots: 3 }));
  assert.deepEqual(
    result.choices.map(({ method }) => method),
    choiceMethods,
  );
  for (const { method, shown, classification } of result.choices) {
    assert.equal(new Set(shown.map(({ index }) => index)).size, 3, method);
    assert.ok(classification);
  }
  assert.deepEqual(
    of(result, 'oneShot').shown.map(({ score }) => score),
    [null, null, null],
  );
});

test('each prompt shows the chosen rows in order, and is scored', async () => {
  const pool = randomPool(10, 7);
  const model = embedding();
  const { choices } = await resultOf(choose(model, task, { pool, query: 'fox', shots: 3 }));
  for (const choice of choices) {
    const shown = textsOf(choice, pool)
      .map(({ input, output }) => `Review: ${input}\nSentiment: ${output}\n\n`)
      .join('');
    assert.equal(choice.prompt.text, `${shown}Review: fox\nSentiment:`);
    assert.ok(model.calls.some(({ context }) => context === choice.prompt.text));
  }
});

test('held-out rows have demonstrations of their own, and each input is embedded once', async () => {
  const pool = randomPool(10, 8);
  const rows = ['red fish', 'blue fish', 'old goat'].map((input, i) => ({
    input,
    output: task.labels[i % 2],
  }));
  const model = embedding((_, continuation) => (continuation === ' Positive' ? -1 : -2));
  const options = { pool, rows, query: 'fox', shots: 2, layer: 3 };
  const steps = await stepsOf(choose(model, task, options));
  assert.deepEqual(
    steps.map(({ done }) => done),
    steps.map(({ done }) => done).sort((a, b) => a - b),
  );
  const { done, total, result } = steps.at(-1);
  assert.equal(done, total);
  assert.deepEqual(model.embedOptions, { layer: 3, pooling: 'mean' });
  assert.equal(new Set(model.embedded).size, model.embedded.length);
  for (const { accuracy, rows: tested, error } of result.accuracies) {
    assert.equal(error, null);
    assert.deepEqual([accuracy.n, accuracy.correct], [3, 2]);
    for (const { shown, prompt } of tested) {
      assert.ok(shown.every((index) => prompt.includes(`Review: ${pool[index].input}\n`)));
    }
  }
  const drawn = result.accuracies.find(({ method }) => method === 'random').rows;
  assert.ok(new Set(drawn.map(({ shown }) => String(shown))).size > 1);
  const { accuracies } = await resultOf(choose(embedding(), task, { ...options, seed: 1 }));
  const again = accuracies.find(({ method }) => method === 'random').rows;
  assert.notDeepEqual(
    again.map(({ shown }) => shown),
    drawn.map(({ shown }) => shown),
  );
});

test('the output of a held-out row does not decide what is chosen for it', async () => {
  const pool = randomPool(10, 9);
  const chosen = async (output) => {
    const rows = ['red fish', 'old goat'].map((input) => ({ input, output }));
    const { accuracies } = await resultOf(
      choose(embedding(), task, { pool, rows, query: 'fox', shots: 2 }),
    );
    return accuracies.map((each) => each.rows.map(({ shown }) => shown));
  };
  assert.deepEqual(await chosen('Positive'), await chosen('Negative'));
});

test('free text is generated on the held-out rows', async () => {
  const pool = randomPool(6, 3);
  const model = embedding(undefined, { answers: () => ' Positive' });
  const rows = [{ input: 'red fish', output: 'Positive' }];
  const options = { pool, rows, rowLabels: null, query: 'fox', shots: 2, methods: ['similar'] };
  const { accuracies } = await resultOf(choose(model, task, options));
  assert.equal(accuracies[0].accuracy.correct, 1);
});

test('a prompt that is too long is said to be one, of the query and of a row', async () => {
  const pool = randomPool(6, 3);
  const model = embedding(undefined, { contextLength: 60 });
  const rows = ['red fish', 'old goat'].map((input, i) => ({ input, output: task.labels[i] }));
  const options = { pool, rows, query: 'fox', shots: 4, methods: ['random'] };
  const { done, total, result } = (await stepsOf(choose(model, task, options))).at(-1);
  assert.equal(done, total);
  assert.equal(result.choices[0].error.code, 'prompt-too-long');
  assert.equal(result.accuracies[0].error.code, 'prompt-too-long');
  assert.equal(result.accuracies[0].accuracy, null);
});

test('it can be aborted while inputs are embedded', async () => {
  const controller = new AbortController();
  const steps = choose(embedding(), task, {
    pool: randomPool(100, 1),
    query: 'fox',
    signal: controller.signal,
  });
  const { value } = await steps.next();
  assert.ok(value.done > 0 && value.done < value.total);
  controller.abort();
  await assert.rejects(steps.next(), { name: 'AbortError' });
});

test('random and BM25 alone need no embeddings', async () => {
  const model = embedding();
  const options = { pool: randomPool(5, 1), query: 'fox', shots: 2, methods: ['bm25', 'random'] };
  await resultOf(choose(model, task, options));
  assert.deepEqual(model.embedded, []);
});

test('what cannot be chosen from is refused', () => {
  const pool = randomPool(5, 1);
  const refused = (options, message, of = task) =>
    assert.throws(() => planChoose(of, { pool, query: 'fox!', ...options }), {
      code: 'invalid-option',
      message,
    });
  refused({ pool: [] }, /^pool must be an array of 1 to 1000/);
  refused({ pool: randomPool(1001, 1) }, /^pool must be/);
  refused({ pool: [{ input: ' ', output: 'a' }] }, /input of row 1 of the pool must be not blank/);
  refused({ shots: 6 }, /^shots must be at most 5, the number of rows\.$/);
  refused({ shots: 5, query: pool[0].input }, /^shots must be at most \d, .* not the query/);
  refused({ shots: 0 }, /^shots/);
  refused({ methods: ['similar', 'similar'] }, /^methods must be .*distinct/);
  refused({ methods: ['best'] }, /^methods must be one of/);
  refused({ methods: [] }, /^methods/);
  refused({ gold: 'Neutral' }, /^gold must be one of/);
  refused({ candidates: 0 }, /^candidates/);
  refused({ seed: -1 }, /^seed/);
  refused({ rows: 'all' }, /^rows must be an array/);
  refused({ pol: pool }, /Unknown option pol/);
  assert.equal(planChoose(task, { pool, query: 'fox!' }).shots, 4);
});

test('a held-out row that is in the pool is refused before anything has run', async () => {
  const pool = randomPool(5, 1);
  const model = embedding();
  const rows = [{ input: 'new', output: 'Positive' }, pool[0]];
  await assert.rejects(resultOf(choose(model, task, { pool, rows, query: 'fox!' })), {
    code: 'invalid-option',
    message: /^Row 2 has the same input as demonstration/,
  });
  assert.deepEqual(model.embedded, []);
});

test('the default model finds the plural that ends as the query does', async (t) => {
  mustExist(modelFile, 'cargo xtask model');
  const model = await Model.load(modelFile, { build: 'simd128' });
  t.after(() => model.close());
  const pool = ['cat', 'dog', 'table', 'running shoe', 'walking stick'].map((input) => ({
    input,
    output: `${input}s`,
  }));
  const template = { ...sentiment.template, inputPrefix: 'Q: ', outputPrefix: 'A:' };
  const plural = { instruction: '', template, demonstrations: pool };
  const labels = ['hiking boots', 'hiking boot'].map(label);
  const result = await resultOf(
    choose(model, plural, { query: 'hiking boot', labels, gold: 'hiking boots', shots: 2 }),
  );
  const similar = textsOf(of(result, 'similar'), pool).map(({ input }) => input);
  assert.ok(similar.includes('running shoe') || similar.includes('walking stick'), `${similar}`);
  assert.ok(of(result, 'oneShot').shown.every(({ score }) => score < 0));
  for (const { classification } of result.choices) assert.equal(classification.labels.length, 2);
});
