// What a connection finds out, and what it answers with it, on a server whose numbers are a formula.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classify, Model } from 'shotglass';
import { bestAfter, bos, idsOf, logprobsAfter, size, startByteServer } from './byte-server.mjs';

const near = (a, b) => assert.ok(Math.abs(a - b) < 1e-9, `${a} and ${b}`);

/** ln p of a text after another, byte by byte. */
const logprobOf = (context, text) => {
  const ids = idsOf(context + text);
  const from = idsOf(context).length;
  return ids.slice(from).reduce((sum, id, i) => sum + logprobsAfter(ids[from + i - 1])[id], 0);
};

async function connect(t, options, more) {
  const server = await startByteServer(t, options);
  const model = await Model.connect(server.origin, more);
  t.after(() => model.close());
  return { ...server, model };
}

const kinds = [
  [{}, { distribution: 'full', top: size, promptLogprobs: true, namedTokens: true }],
  [{ most: 20 }, { distribution: 'top', top: 20, promptLogprobs: true, namedTokens: true }],
  [
    { most: 20, prompts: 'echo', names: false },
    { distribution: 'top', top: 20, promptLogprobs: true, namedTokens: false },
  ],
  [
    { most: 5, prompts: null },
    { distribution: 'top', top: 5, promptLogprobs: false, namedTokens: true },
  ],
  [
    { most: 5, prompts: null, names: false },
    { distribution: 'top', top: 5, promptLogprobs: false, namedTokens: false },
  ],
  [
    { prompts: null, names: false },
    { distribution: 'full', top: size, promptLogprobs: false, namedTokens: true },
  ],
];

for (const [options, wanted] of kinds) {
  test(`capabilities of ${JSON.stringify(options)}, and the numbers with them`, async (t) => {
    const { model } = await connect(t, options);
    assert.deepEqual(model.capabilities, { ...wanted, tokenize: true, states: false });
    assert.equal(model.info.vocabularySize, wanted.distribution === 'full' ? size : null);
    assert.equal(model.info.contextLength, 4096);

    const { candidates, rest, entropy } = await model.predict('ab', { topK: 50 });
    const best = bestAfter(98);
    assert.equal(candidates.length, Math.min(50, wanted.top));
    for (const [i, { id, logprob, p, rank }] of candidates.entries()) {
      assert.deepEqual([id, rank], [best[i].id, i + 1]);
      near(logprob, best[i].logprob);
      near(p, Math.exp(logprob));
    }
    near(rest.p + candidates.reduce((sum, { p }) => sum + p, 0), 1);
    assert.equal(rest.count, wanted.distribution === 'full' ? size - 50 : null);
    assert.equal(entropy, null);

    const canScore = wanted.promptLogprobs || wanted.namedTokens;
    const asked = model.score('Q: é\nA:', [' yes', ' nö'], { reference: 'N/A:' });
    if (canScore) {
      const scores = await asked;
      for (const [i, text] of [' yes', ' nö'].entries()) {
        near(scores[i].logprob, logprobOf('A:', text));
        near(scores[i].reference.logprob, logprobOf('N/A:', text));
        near(scores[i].perCharacter, scores[i].logprob / text.trim().length);
        near(scores[i].perByte, scores[i].logprob / Buffer.byteLength(text));
        for (const { id, rank } of scores[i].tokens) {
          assert.ok(Number.isInteger(id));
          if (options.prompts === undefined) assert.ok(rank >= 1);
        }
      }
      const { labels, mass } = await classify(model, 'A:', [
        { name: 'yes', words: [' yes'] },
        { name: 'no', words: [' no'] },
      ]);
      near(labels[0].p + labels[1].p, 1);
      near(mass, Math.exp(logprobOf('A:', ' yes')) + Math.exp(logprobOf('A:', ' no')));
      const entries = await model.surprisal('héllo', { topK: 2 });
      assert.equal(entries[0].logprob, null);
      for (const [i, id] of idsOf('héllo').entries()) {
        if (i > 0) near(entries[i].logprob, logprobsAfter(idsOf('héllo')[i - 1])[id]);
        assert.equal(entries[i].token.id, id);
        assert.equal(entries[i].candidates.length, i === 0 ? 0 : 2);
      }
    } else {
      await assert.rejects(asked, {
        code: 'unsupported-by-server',
        message:
          /not among the 5 most probable.*vLLM, SGLang, llama-server and `npx shotglass serve` do/,
      });
    }

    const all = model.logprobs('ab');
    if (wanted.distribution === 'full') {
      const found = await all;
      for (const [id, logprob] of logprobsAfter(98).entries())
        near(Math.fround(logprob), found[id]);
      const whole = await model.predict('ab', { logprobs: true, topK: 3 });
      near(whole.entropy, -logprobsAfter(98).reduce((sum, x) => sum + x * Math.exp(x), 0));
    } else {
      await assert.rejects(all, { code: 'unsupported-by-server', message: /--max-logprobs -1/ });
      await assert.rejects(model.predict('ab', { logprobs: true }), {
        code: 'unsupported-by-server',
      });
    }
    const { tokens, finish } = await model.complete('ab', { maxTokens: 3 });
    assert.equal(finish, 'length');
    assert.equal(tokens[0].id, best[0].id);
    assert.equal(tokens[0].rank, 1);
  });
}

/** The bytes of each token are asked for while its stream is open. */
test('as many texts as may be under way, and more, are written at once', {
  timeout: 20_000,
}, async (t) => {
  const { model } = await connect(t, {}, { concurrency: 2 });
  const prompts = ['ab', 'b', 'c', 'de', 'ef'];
  const write = (prompt) => model.complete(prompt, { maxTokens: 8 });
  const together = await Promise.all(prompts.map(write));
  for (const [i, prompt] of prompts.entries()) {
    assert.equal((await write(prompt)).text, together[i].text);
  }
});

test('the begin token is added once, and a text that has it gets no second', async (t) => {
  const { model, requests } = await connect(t, { addsBos: true });
  assert.deepEqual([model.info.bosToken, model.info.addsBos], [bos, true]);
  const tokens = await model.tokenize('ab');
  assert.deepEqual(
    tokens.map(({ id, added }) => [id, added ?? 0]),
    [
      [bos, 3],
      [97, 0],
      [98, 0],
    ],
  );
  const [score] = await model.score('', ['b']);
  near(score.logprob, logprobsAfter(bos)[98]);
  const prompts = () =>
    requests.flatMap(({ body }) => (Array.isArray(body?.prompt) ? [`${body.prompt}`] : []));
  assert.equal(prompts().at(-1), `${[bos, 98]}`);
  requests.length = 0;
  await model.predict([97, 98]);
  assert.equal(prompts()[0], `${[97, 98]}`);
  const bare = await connect(t, { addsBos: true }, { addBos: false });
  assert.deepEqual([bare.model.info.bosToken, bare.model.info.addsBos], [bos, false]);
  assert.equal((await bare.model.tokenize('ab')).length, 2);
});

test('several continuations and prompts are one request, and equal texts are tokenized once', async (t) => {
  const { model, requests } = await connect(t, {});
  requests.length = 0;
  await model.score('A:', [' x', ' y', ' z'], { reference: 'N/A:' });
  const counts = {};
  for (const { path } of requests) counts[path] = (counts[path] ?? 0) + 1;
  assert.deepEqual(counts, { '/tokenize': 6, '/v1/completions': 1 });
  assert.equal(requests.at(-1).body.prompt.length, 6);
  await model.score('A:', [' x', ' y', ' z'], { reference: 'N/A:' });
  assert.equal(requests.length, 8);
});

test('no more requests are under way than allowed', async (t) => {
  let [now, most] = [0, 0];
  const instead = async ({ path }) => {
    if (path !== '/tokenize') return false;
    most = Math.max(most, ++now);
    await new Promise((resolve) => setTimeout(resolve, 5));
    now -= 1;
    return false;
  };
  const { model } = await connect(t, { instead }, { concurrency: 3 });
  const words = Array.from({ length: 30 }, (_, i) => ` w${i}`);
  await model.score('A:', words);
  assert.equal(most, 3);
});
