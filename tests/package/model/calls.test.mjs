import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ShotglassError } from 'shotglass';
import { collect, loadFake } from '../fake.mjs';

const long = 'x'.repeat(160);
const renderedPrompt = (text) => ({ text, spans: [] });

test('calls are answered in order, one at a time', async (t) => {
  const model = await loadFake(t);
  const order = [];
  const watch = (name) => () => order.push(name);
  await Promise.all([
    model.predict(long, { onProgress: watch('first') }).then(watch('first done')),
    model.tokenize('ab').then(watch('second done')),
    model.predict('y', { onProgress: watch('third') }).then(watch('third done')),
  ]);
  const runs = order.filter((name, i) => name !== order[i - 1]);
  assert.deepEqual(runs, ['first', 'first done', 'second done', 'third', 'third done']);
});

test('prefill reports its progress, the cache included', async (t) => {
  const model = await loadFake(t);
  const seen = [];
  const onProgress = ({ tokensDone, tokensTotal }) => seen.push([tokensDone, tokensTotal]);
  await model.predict('0123456789', { onProgress });
  assert.deepEqual(seen, [
    [0, 10],
    [4, 10],
    [8, 10],
    [10, 10],
  ]);
  seen.length = 0;
  const { cachedTokens, tokens } = await model.predict('01234567xx', { onProgress });
  assert.deepEqual(seen, [
    [8, 10],
    [10, 10],
  ]);
  assert.deepEqual([cachedTokens, tokens], [8, 10]);
});

test('an abort in mid-prefill rejects at once, and the next call keeps what was run', async (t) => {
  const model = await loadFake(t);
  const controller = new AbortController();
  const onProgress = ({ tokensDone }) => {
    if (tokensDone === 40) controller.abort('enough');
  };
  await assert.rejects(model.predict(long, { signal: controller.signal, onProgress }), (error) => {
    assert.ok(error instanceof ShotglassError);
    assert.deepEqual([error.name, error.code, error.cause], ['AbortError', 'aborted', 'enough']);
    return true;
  });
  const { cachedTokens, entropy: work } = await model.predict(long);
  assert.ok(cachedTokens >= 40 && cachedTokens <= 120, `${cachedTokens} tokens were kept`);
  assert.equal(work, 160, 'nothing ran twice');
});

test('an abort of a waiting call rejects it at once and leaves the others alone', async (t) => {
  const model = await loadFake(t);
  const controller = new AbortController();
  let firstIsDone = false;
  const first = model.predict(long).then((prediction) => {
    firstIsDone = true;
    return prediction;
  });
  const second = model.predict('y'.repeat(100), { signal: controller.signal });
  controller.abort();
  await assert.rejects(second, { code: 'aborted' });
  assert.equal(firstIsDone, false);
  assert.equal((await first).entropy, 160);
  assert.equal((await model.predict('z')).entropy, 161, 'the aborted call never ran');
});

test('a signal that is aborted already stops every call', async (t) => {
  const model = await loadFake(t);
  const options = { signal: AbortSignal.abort(new Error('before')) };
  for (const call of [
    model.tokenize('a', options),
    model.vocabulary(options),
    model.predict('a', options),
    model.logprobs('a', options),
    model.surprisal('a', options),
    model.score('a', ['b'], options),
    model.generate('a>', options).next(),
  ]) {
    await assert.rejects(call, { code: 'aborted', cause: options.signal.reason });
  }
});

test('surprisal goes in slices that report and can be aborted', async (t) => {
  const model = await loadFake(t);
  const seen = [];
  const entries = await model.surprisal('x'.repeat(40), {
    onProgress: ({ tokensDone }) => seen.push(tokensDone),
  });
  assert.equal(entries.length, 40);
  assert.deepEqual(seen, [0, 16, 32, 40]);

  const controller = new AbortController();
  const onProgress = ({ tokensDone }) => tokensDone === 32 && controller.abort();
  await assert.rejects(
    model.surprisal('y'.repeat(160), { signal: controller.signal, onProgress }),
    {
      code: 'aborted',
    },
  );
  const { entropy: work } = await model.predict('z');
  assert.ok(work < 40 + 130, `${work} positions were run`);
});

test('surprisal of a range runs up to its end, and no further', async (t) => {
  const model = await loadFake(t);
  const text = 'abcdefghijklmnopqrstuvwxyz';
  const entries = await model.surprisal(text, { from: 3, to: 6 });
  assert.deepEqual(
    entries.map(({ token }) => token.id),
    [...'def'].map((letter) => letter.charCodeAt(0)),
  );
  const { entropy: work } = await model.predict('z');
  assert.ok(work <= 8 + 1, `${work} positions were run`);
  assert.equal((await model.surprisal(text, { from: 20 })).length, 6);
  assert.equal((await model.surprisal(text, { to: 99 })).length, 26);
  assert.deepEqual(await model.surprisal(text, { from: 30 }), []);
  assert.deepEqual(await model.surprisal(text, { from: 5, to: 5 }), []);
  await assert.rejects(model.surprisal('', { to: 0 }), { code: 'empty-prompt' });
});

test('predict answers with whatever else is wanted of the same run', async (t) => {
  const model = await loadFake(t);
  const reports = [];
  const all = await model.predict('abcdefgh', {
    topK: 2,
    promptTokens: true,
    logprobs: true,
    sampling: { temperature: 0.5, topK: 7 },
    onProgress: (report) => reports.push(report),
  });
  const ids = [...'abcdefgh'].map((letter) => letter.charCodeAt(0));
  assert.deepEqual(
    all.promptTokens.map(({ id }) => id),
    ids,
  );
  assert.deepEqual(reports[0].promptTokens, all.promptTokens, 'they come before the model runs');
  assert.ok(reports.length > 1 && reports.slice(1).every((report) => !('promptTokens' in report)));
  assert.deepEqual(all.logprobs, await model.logprobs('abcdefgh'));
  assert.deepEqual(all.sampled, { count: 7, p: [0.5, 0.5] });
  const { durationMs: _, cachedTokens, ...plain } = await model.predict('abcdefgh', { topK: 2 });
  assert.equal(cachedTokens, 8);
  assert.deepEqual(Object.keys(plain).sort(), ['candidates', 'entropy', 'rest', 'tokens']);
});

test('score runs the context once and the continuations behind it', async (t) => {
  const model = await loadFake(t);
  const seen = [];
  const onProgress = (progress) => seen.push(Object.values(progress));
  const scores = await model.score('012345', ['ab', 'c', 'defgh'], { onProgress });
  assert.deepEqual(
    scores.map(({ continuation, logprob }) => [continuation, logprob]),
    [
      ['ab', -2],
      ['c', -1],
      ['defgh', -5],
    ],
  );
  assert.deepEqual(
    scores[2].tokens.map((token) => token.id),
    [...Buffer.from('defgh')],
  );
  // Six tokens of the context, and all but the last of each continuation; none was cached.
  assert.deepEqual(seen, [
    [0, 11, 0],
    [4, 11, 0],
    [6, 11, 0],
    [10, 11, 0],
    [11, 11, 0],
  ]);
  seen.length = 0;
  await model.score(renderedPrompt('0123xy'), ['a'], { onProgress });
  assert.deepEqual(seen, [
    [4, 6, 4],
    [6, 6, 4],
  ]);
});

test('an abort among the continuations stops them and keeps the context', async (t) => {
  const model = await loadFake(t);
  const controller = new AbortController();
  const onProgress = ({ tokensDone }) => tokensDone >= 20 && controller.abort();
  const score = model.score('01234567', ['x'.repeat(80), 'y'.repeat(80)], {
    signal: controller.signal,
    onProgress,
  });
  await assert.rejects(score, { code: 'aborted' });
  const { cachedTokens, entropy: work } = await model.predict('01234567!');
  assert.equal(cachedTokens, 8);
  assert.ok(work < 8 + 110, `${work} positions were run`);
});

test('score refuses what is not a list of texts', async (t) => {
  const model = await loadFake(t);
  for (const continuations of [[], [''], ['a', ''], 'a', undefined, null, {}, [1], [['a']]]) {
    await assert.rejects(model.score('a', continuations), {
      code: 'invalid-option',
      message: /^continuations must be /,
    });
  }
  await assert.rejects(model.score('a', ['b\ud83d']), { code: 'invalid-text' });
  await assert.rejects(model.score(7, ['b']), { code: 'invalid-option', message: /^context / });
  await assert.rejects(model.score('', ['b']), { code: 'empty-prompt' });
  assert.equal((await model.score('a', ['b'])).length, 1);
});

test('logprobs come as one array', async (t) => {
  const model = await loadFake(t);
  const logprobs = await model.logprobs('ab');
  assert.ok(logprobs instanceof Float32Array);
  assert.deepEqual([logprobs.length, logprobs[0]], [257, 'b'.charCodeAt(0)]);
});

test('a callback that throws stops its call and nothing else', async (t) => {
  const model = await loadFake(t);
  const mistake = new Error('a mistake in the page');
  const onProgress = () => {
    throw mistake;
  };
  await assert.rejects(model.predict(long, { onProgress }), mistake);
  assert.ok((await model.predict('y')).entropy <= 120);
});

test('generate gives whole characters, and the end token as the last step', async (t) => {
  const model = await loadFake(t);
  const steps = await collect(model.generate('p>'));
  assert.equal(steps.map((step) => step.textDelta).join(''), 'one 😀 two\n\nthree');
  assert.equal(steps.length, Buffer.byteLength('one 😀 two\n\nthree') + 1);
  assert.deepEqual(new Set(steps.slice(0, -1).map((step) => step.finish)), new Set([null]));
  assert.deepEqual([steps.at(-1).id, steps.at(-1).finish], [256, 'end']);
});

test('generate ends at a stop string, at maxTokens, and where the context is full', async (t) => {
  const model = await loadFake(t);
  const ended = async (prompt, options) => {
    const steps = await collect(model.generate(prompt, options));
    return [steps.map((step) => step.textDelta).join(''), steps.at(-1).finish, steps.length];
  };
  assert.deepEqual(await ended('p>', { stop: '\n\n' }), ['one 😀 two', 'stop', 14]);
  assert.deepEqual(await ended('p>', { stop: ['zzz', ' t'] }), ['one 😀', 'stop', 10]);
  assert.deepEqual(await ended('p>', { maxTokens: 6 }), ['one ', 'length', 6]);
  // What is held back for a stop string comes out with the last step.
  assert.deepEqual(await ended('p>', { maxTokens: 11, stop: 'wow' }), ['one 😀 tw', 'length', 11]);
  assert.deepEqual(await ended('p>', { stop: 'threes' }), ['one 😀 two\n\nthree', 'end', 20]);
  assert.deepEqual(await ended(`${'x'.repeat(198)}>`), ['on', 'length', 2]);
  assert.deepEqual(await ended(`${'x'.repeat(199)}>`), ['o', 'length', 1]);
});

test('leaving the loop stops the worker', async (t) => {
  const model = await loadFake(t);
  for await (const step of model.generate('~>', { maxTokens: 180 })) {
    assert.equal(step.textDelta, 'o');
    break;
  }
  const { entropy: work } = await model.predict('q');
  assert.ok(work < 120, `${work} positions were run`);
});

test('another call inside the loop is answered', async (t) => {
  const model = await loadFake(t);
  let predictions = 0;
  for await (const step of model.generate('p>', { maxTokens: 3 })) {
    const { tokens } = await model.predict(`p>${step.textDelta}`);
    predictions += tokens;
  }
  assert.equal(predictions, 9);
});

test('an abort between tokens ends the loop', async (t) => {
  const model = await loadFake(t);
  const controller = new AbortController();
  const options = { maxTokens: 180, signal: controller.signal };
  let steps = 0;
  await assert.rejects(
    async () => {
      for await (const _ of model.generate('~>', options)) {
        steps++;
        if (steps === 3) controller.abort();
      }
    },
    { code: 'aborted' },
  );
  assert.equal(steps, 3);
  const { entropy: work } = await model.predict('q');
  assert.ok(work < 120, `${work} positions were run`);
});

test('an abort ends the loop also when the worker is ahead of it', async (t) => {
  const model = await loadFake(t);
  const controller = new AbortController();
  const steps = model.generate('p>', { signal: controller.signal, maxTokens: 3 });
  await steps.next();
  await model.tokenize('answered after the last token');
  controller.abort();
  await assert.rejects(steps.next(), { code: 'aborted' });
});

test('errors of the engine arrive with their code, and the model goes on', async (t) => {
  const model = await loadFake(t);
  await assert.rejects(model.predict(''), { code: 'empty-prompt', name: 'ShotglassError' });
  await assert.rejects(model.surprisal(''), { code: 'empty-prompt' });
  await assert.rejects(model.generate('').next(), { code: 'empty-prompt' });
  await assert.rejects(model.logprobs('x'.repeat(201)), { code: 'prompt-too-long' });
  assert.equal((await model.predict('fine')).tokens, 4);
});

test('a text that is being encoded can be given up, and the next call is answered', async (t) => {
  const model = await loadFake(t);
  for (const call of ['tokenize', 'predict', 'surprisal', 'logprobs', 'attention']) {
    const controller = new AbortController();
    const answer = model[call]('!endless', { signal: controller.signal });
    await new Promise((resolve) => setTimeout(resolve, 20));
    controller.abort();
    await assert.rejects(answer, { code: 'aborted' });
    assert.equal((await model.tokenize('abc')).length, 3);
  }
});

test('the vocabulary is listed without running the model', async (t) => {
  const model = await loadFake(t);
  const { entropy: work } = await model.predict('abc');
  assert.equal((await model.vocabulary()).length, model.info.vocabularySize);
  const again = await model.predict('abc');
  assert.equal(again.cachedTokens, 3);
  assert.equal(again.entropy, work);
});

test('close rejects what is pending and all later calls', async (t) => {
  const model = await loadFake(t);
  const generation = model.generate('p>');
  await generation.next();
  const pending = [model.predict(long), model.tokenize('a'), collect(generation)];
  model.close();
  model.close();
  for (const call of pending) await assert.rejects(call, { code: 'closed' });
  await assert.rejects(model.predict('a'), { code: 'closed' });
  await assert.rejects(model.generate('a').next(), { code: 'closed' });
});

for (const [how, text] of [
  ['an engine that traps', '!trap'],
  // It has a code, as many exceptions of Node have, and none of ours.
  ['a failure that nobody has foreseen', '!foreign'],
  ['a worker that exits', '!exit'],
  ['a worker that closes its port', '!close'],
  ['a worker with an uncaught exception', '!throw'],
]) {
  test(`${how} rejects everything with 'crashed'`, async (t) => {
    const model = await loadFake(t);
    const calls = [
      model.predict(`${text} ${long}`),
      model.predict('waiting'),
      model.tokenize('too'),
    ];
    for (const call of calls) {
      await assert.rejects(call, { code: 'crashed', message: /load the model again/i });
    }
    await assert.rejects(model.predict('later'), { code: 'crashed' });
    model.close();
    await assert.rejects(model.predict('later'), { code: 'crashed' });
  });
}
