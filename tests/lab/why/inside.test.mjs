// The cards that look inside the model: what they ask, what they make of it, and the sentences over it.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Model } from 'shotglass';
import { mustExist, tinyFolder } from '../../support/files.mjs';
import { labModule } from '../module.mjs';

const { experimentOf } = await labModule('why/experiments.ts');
const { otherPrompt } = await labModule('why/patch/patching.ts');
const { carriersOf } = await labModule('why/patch/patch-figure.ts');
const { strongest } = await labModule('why/heads/heads-figure.ts');
const { sharesOf } = await labModule('story/attention.ts');
const { speak } = await labModule('strings/index.ts');

const cards = {};
for (const id of ['lens', 'patch', 'heads', 'influence'])
  cards[id] = await experimentOf(id).fetchCard();

let model;
before(async () => {
  mustExist(tinyFolder, 'cargo test --release');
  model = await Model.load(readFileSync(join(tinyFolder, 'default.gguf')));
});
after(() => model.close());

const template = {
  instructionSeparator: '\n',
  inputPrefix: '',
  inputSuffix: ':',
  outputPrefix: '',
  outputSeparator: ' ',
  demonstrationSeparator: '\n',
};
const theOrWas = [' the', ' was'].map((word) => ({ name: word.trim(), words: [word] }));
const questionOf = (more = {}) => ({
  task: {
    instruction: '',
    template,
    demonstrations: [
      { input: 'good', output: 'the' },
      { input: 'bad', output: 'was' },
      { input: 'fine', output: 'the' },
    ],
  },
  query: 'mean',
  labels: theOrWas,
  isFree: false,
  answer: null,
  rule: 'sum',
  comparison: null,
  lookAt: null,
  into: null,
  signal: new AbortController().signal,
  ...more,
});

async function stepsOf(id, question) {
  const steps = [];
  for await (const step of cards[id].run(model, question)) steps.push(step);
  assert.deepEqual(
    [steps.at(-1).done, steps[0].total],
    [steps.at(-1).total, steps.at(-1).total],
    'the last step is the whole',
  );
  return steps;
}
const resultOf = async (id, question) => (await stepsOf(id, question)).at(-1).result;

test('the lens reads the prompt with none, one, two and all demonstrations, then some tokens', async () => {
  const steps = await stepsOf('lens', questionOf());
  assert.equal(steps.length, 5);
  assert.ok(steps.slice(0, 4).every(({ result }) => result.grid === null));
  const { panels, grid, about } = steps.at(-1).result;
  assert.deepEqual(
    panels.map(({ k }) => k),
    [0, 1, 2, 3],
  );
  const { logprobs } = await model.predict('good: the\nbad: was\nfine: the\nmean:', {
    logprobs: true,
  });
  const scores = await model.score('good: the\nbad: was\nfine: the\nmean:', [' the', ' was']);
  for (const [i, { name, ps, ranks }] of panels[3].answers.entries()) {
    assert.equal(name, theOrWas[i].name);
    assert.equal(ps.length, 3, 'the embedding and two layers');
    assert.ok(Math.abs(ps[2] - Math.exp(logprobs[scores[i].tokens[0].id])) < 1e-9);
    assert.ok(ranks[2] >= 1);
  }
  const best = [...panels[3].answers].sort((a, b) => b.ps[2] - a.ps[2])[0];
  assert.equal(about, best.name, 'without an answer it is the most probable one');
  assert.deepEqual(grid.layers, [0, 2], 'every second layer, and the last');
  assert.equal(grid.columns.length, 12);
  for (const { tops, stableFrom } of grid.columns) {
    assert.equal(tops.length, 2);
    const isSame = Buffer.compare(tops[0].bytes, tops[1].bytes) === 0;
    assert.equal(stableFrom, isSame ? 0 : 1);
  }
  const named = await resultOf('lens', questionOf({ answer: 'was' }));
  assert.equal(named.about, 'was');
});

test('what is recorded of the layers comes back as it was, to the digits that are shown', async () => {
  const { packed, unpacked } = await labModule('why/lens/recorded.ts');
  const figure = await resultOf('lens', questionOf({ answer: 'the' }));
  const record = JSON.parse(JSON.stringify(packed('a prompt', figure)));
  assert.equal(record.prompt, 'a prompt');
  const { panels, grid, about, isRecorded } = unpacked(record);
  assert.deepEqual([about, isRecorded], ['the', true]);
  for (const [i, { k, layers, answers }] of panels.entries()) {
    const own = figure.panels[i];
    assert.equal(k, own.k);
    assert.deepEqual(
      layers.map(({ top }) => top),
      own.layers.map(({ top }) => Uint8Array.from(top)),
    );
    for (const [j, { name, ps, topFrom, aheadFrom }] of answers.entries()) {
      const live = own.answers[j];
      assert.deepEqual([name, topFrom, aheadFrom], [live.name, live.topFrom, live.aheadFrom]);
      const tolerance = name === 'the' ? 1e-3 : 1e-1;
      for (const [l, p] of ps.entries()) assert.ok(Math.abs(p / live.ps[l] - 1) <= tolerance);
    }
    const looked = answers.find(({ name }) => name === 'the');
    assert.deepEqual(looked.ranks, own.answers.find(({ name }) => name === 'the').ranks);
  }
  assert.deepEqual(grid.layers, figure.grid.layers);
  assert.deepEqual(
    grid.columns.map(({ stableFrom }) => stableFrom),
    figure.grid.columns.map(({ stableFrom }) => stableFrom),
  );
  assert.equal(cards.lens.finding(unpacked(record)), cards.lens.finding(figure));
});

test('the lens reads the tokens up to the one that is looked at', async () => {
  const { grid: whole } = await resultOf('lens', questionOf());
  assert.equal(whole.end, whole.strip.length - 1);
  const { grid, panels } = await resultOf('lens', questionOf({ lookAt: 3 }));
  assert.equal(grid.end, 3);
  assert.deepEqual(grid.strip, whole.strip);
  assert.deepEqual(
    grid.columns.map(({ token }) => token),
    whole.strip.slice(0, 4),
  );
  const prompt = whole.strip.slice(0, 4).map((bytes) => new TextDecoder().decode(bytes));
  const { entries } = await model.lens(prompt.join(''), {});
  assert.deepEqual(grid.columns.at(-1).tops.at(-1).bytes, entries.at(-1)[0].candidates[0].bytes);
  assert.deepEqual(panels, (await resultOf('lens', questionOf())).panels, 'the answer stays there');
});

test('states may be put into the pinned prompt instead', async () => {
  const into = 'good: the\nmean:';
  const figure = await resultOf('patch', questionOf({ into, answer: 'the' }));
  const [score] = await model.score(into, [' the']);
  assert.equal(figure.into, Math.exp(score.tokens[0].logprob));
  assert.equal(figure.isPinned, true);
  assert.match(cards.patch.finding(figure), /after the pinned one/);
});

test('a token that is looked at, and the pinned prompt, are parts of the question of these cards alone', async () => {
  const { questionOf: asked, firstChoices, keyOf } = await labModule('why/question.ts');
  const { draftOf } = await labModule('app/state.ts');
  const { defaultSettings } = await labModule('app/settings.ts');
  const { presets } = await labModule('presets/index.ts');
  const [draft, held] = presets.slice(0, 2).map(draftOf);
  const of = (choices, now = draft) =>
    asked(now, null, defaultSettings, { ...firstChoices, ...choices }, held);
  const { renderPrompt } = await import('shotglass');
  const { task, query } = of({});
  const lookAt = { prompt: renderPrompt(task, { query }).text, position: 5 };
  assert.equal(of({ lookAt }).lookAt, 5);
  assert.equal(of({ lookAt }, { ...draft, query: 'wolf' }).lookAt, null, 'of another prompt');
  assert.equal(of({}).into, null);
  const { into } = of({ against: 'pinned' });
  assert.ok(
    into.endsWith(renderPrompt(held.task, { query: held.query, shots: 0 }).text.slice(-20)),
  );
  const isOther = (id, choices) =>
    keyOf(experimentOf(id), of(choices)) !== keyOf(experimentOf(id), of({}));
  for (const id of ['lens', 'patch', 'heads', 'influence', 'evaluate']) {
    assert.equal(isOther(id, { lookAt }), id === 'lens', id);
    assert.equal(isOther(id, { against: 'pinned' }), id === 'patch', id);
  }
});

test('the record is of the prompt with which the lab opens, and of no other', async () => {
  const { questionOf: asked, firstChoices } = await labModule('why/question.ts');
  const { draftOf } = await labModule('app/state.ts');
  const { defaultSettings } = await labModule('app/settings.ts');
  const { presets } = await labModule('presets/index.ts');
  const { isOnlyRecorded } = await labModule('why/models/models-figure.ts');
  const of = (draft, choices = firstChoices) =>
    cards.lens.recorded(asked(draft, null, defaultSettings, choices));
  const draft = draftOf(presets[0]);
  const figure = await of(draft);
  assert.equal(figure.about, presets[0].answer);
  assert.equal(figure.panels.at(-1).k, presets[0].shots);
  assert.equal(figure.panels.at(-1).layers.length, 31);
  assert.ok(isOnlyRecorded(figure));
  assert.equal(await of({ ...draft, query: 'wolf' }), null);
  assert.equal(
    await of(draft, { ...firstChoices, given: { query: draft.query, answer: 'dogs' } }),
    null,
  );
  assert.equal(await of(draftOf(presets[1])), null);
});

test('of answers that begin with the same token the lens follows one, and keeps the one looked at', async () => {
  const labels = [' walk', ' was', ' the'].map((word) => ({ name: word.trim(), words: [word] }));
  const [a, b] = await model.score('x:', [' walk', ' was']);
  assert.equal(a.tokens[0].id, b.tokens[0].id, 'these two do');
  const names = async (answer) => {
    const { panels } = await resultOf('lens', questionOf({ labels, answer }));
    return panels[0].answers.map(({ name }) => name).sort();
  };
  assert.deepEqual(await names('was'), ['the', 'was']);
  assert.deepEqual(await names('walk'), ['the', 'walk']);
});

test('where an answer is on top is said of the last and the first number of demonstrations', () => {
  const answer = (topFrom) => ({
    name: 'yes',
    ps: [0.1, 0.2, 0.5],
    ranks: [9, 5, 1],
    aheadFrom: 0,
    topFrom,
  });
  const panel = (k, one) => ({ k, layers: [{}, {}, {}], answers: one ? [one] : [] });
  const says = (...panels) =>
    cards.lens.finding({ experiment: 'lens', about: 'yes', isFree: false, panels, grid: null });
  assert.equal(
    says(panel(0, answer(null)), panel(2, answer(1))),
    'With 2 examples, “yes” is the most probable token from layer 1 of 2 on. With no examples, “yes” is not the most probable token in the end.',
  );
  assert.match(
    says(panel(1, answer(0))),
    /^With 1 example, “yes” is the most probable token from layer 0 of 2 on\.$/,
  );
  assert.equal(says(panel(0, null)), '', 'nothing is said of a prompt that is too long');
});

test('heads need no answer, and no labels to compare', async () => {
  const { missingFor } = await labModule('why/missing.ts');
  const { task } = questionOf();
  const question = { task, isFree: true, labels: [], pinned: null, rows: [], shots: [] };
  const given = { isText: true, hasModel: true };
  assert.equal(missingFor(experimentOf('heads'), question, given), null);
  assert.match(
    missingFor(experimentOf('heads'), question, { ...given, hasModel: false }),
    /^Load the model/,
  );
  assert.match(missingFor(experimentOf('lens'), question, given), /different output/);
});

test('the other prompt has every label flipped, or the outputs of free text shifted', () => {
  assert.equal(otherPrompt(questionOf()).text, 'good: was\nbad: the\nfine: was\nmean:');
  const { task } = questionOf();
  const free = { ...questionOf(), isFree: true, labels: theOrWas };
  assert.equal(otherPrompt(free).text, 'good: was\nbad: the\nfine: the\nmean:');
  assert.equal(otherPrompt(questionOf({ task: { ...task, demonstrations: [] } })), null);
});

test('patches are a table of tokens by layers, whose first column of all tokens is what differs', async () => {
  const steps = await stepsOf('patch', questionOf({ answer: 'the' }));
  const { about, rows, layers, from, into, tokens } = steps.at(-1).result;
  assert.deepEqual([about, layers], ['the', [0, 1, 2]]);
  const [theirs] = await model.score('good: the\nbad: was\nfine: the\nmean:', [' the']);
  const [own] = await model.score('good: was\nbad: the\nfine: was\nmean:', [' the']);
  const near = (a, b) => assert.ok(Math.abs(a - b) < 1e-9, `${a} is not ${b}`);
  near(from, Math.exp(theirs.tokens[0].logprob));
  near(into, Math.exp(own.tokens[0].logprob));
  assert.equal(tokens.into, (await model.tokenize('good: was\nbad: the\nfine: was\nmean:')).length);
  for (const { shares, isWide } of rows) {
    assert.ok(shares.every((share) => Number.isFinite(share)));
    assert.ok(isWide.every((wide) => !wide));
  }
  assert.deepEqual(rows.at(-1).shares[2], 1, 'after the last layer, the last token is all');
  assert.ok(rows[0].differs);
  // In an early step most is unknown, and what the overview knows is marked as wide.
  const early = steps[0].result.rows;
  assert.ok(early.some(({ shares }) => shares[0] !== null));
  assert.ok(early.some(({ shares }) => shares[2] === null));
});

test('a sentence names the tokens that carry the difference, and the layer where the last one takes over', () => {
  const bytes = (text) => Buffer.from(text);
  const row = (text, ...shares) => ({
    tokens: [bytes(text)],
    differs: false,
    shares,
    isWide: shares.map(() => false),
  });
  const figure = {
    experiment: 'patch',
    ...{ about: 'yes', isFree: false, from: 0.8, into: 0.2, tokens: { from: 5, into: 5 } },
    layers: [0, 10, 20, 30],
    rows: [row(' no', 0.9, 0.7, 0.1, 0), row(' so', 0.2, 0.3, 0.2, 0), row(':', 0, 0.1, 0.6, 1)],
  };
  assert.deepEqual(carriersOf(figure), { row: 0, share: 0.9, arrives: 20 });
  assert.equal(
    cards.patch.finding(figure),
    'P(yes) is 80.0% after this prompt, and 20.0% if the examples have other outputs. In the lower layers “no” carries most of the difference (up to 90%). From layer 20 on, the last token carries it.',
  );
  assert.match(
    cards.patch.finding({ ...figure, into: 0.78 }),
    /too small a difference to divide\.$/,
  );
  const unknown = {
    ...figure,
    rows: [{ ...figure.rows[0], shares: [0.9, null, 0, 0] }, ...figure.rows.slice(1)],
  };
  assert.equal(carriersOf(unknown), null);
  const wide = {
    ...figure,
    rows: [{ ...figure.rows[0], isWide: [true, false, false, false] }, ...figure.rows.slice(1)],
  };
  assert.equal(carriersOf(wide), null, 'the overview is not the end');
});

test('heads are scored by layer and head, and the strongest is named from one', async () => {
  const figure = await resultOf('heads', questionOf());
  const { layers, heads, patterns } = figure;
  assert.equal(layers, 2);
  for (const { scores, count } of Object.values(patterns)) {
    assert.ok(count > 0);
    assert.equal(scores.length, layers * heads);
  }
  const made = {
    ...figure,
    heads: 2,
    patterns: {
      ...patterns,
      induction: { count: 4, chance: 0.05, scores: [0.1, 0.2, 0.7, 0.3] },
      previous: { count: 9, chance: 0.125, scores: [0, 0.5, 0, 0] },
    },
  };
  assert.deepEqual(strongest(made, 'induction', 2), [
    { layer: 2, head: 1, score: 0.7 },
    { layer: 2, head: 2, score: 0.3 },
  ]);
  assert.equal(
    cards.heads.finding(made),
    'Head 1 of layer 2 puts 70.0% of its attention on what followed the same token before (by chance: 5.0%). Head 2 of layer 1 puts 50.0% on the previous token (by chance: 12.5%).',
  );
  const none = { count: 0, chance: null, scores: null };
  const empty = { ...made, patterns: { previous: none, same: none, induction: none } };
  assert.equal(cards.heads.finding(empty), '');
});

test('beside Shapley values stand the slopes of LIME, from the same prompts', async () => {
  const { effects, method } = await resultOf('influence', questionOf());
  assert.equal(method, 'shapley');
  for (const { nats, lime } of effects) assert.ok(Number.isFinite(nats) && Number.isFinite(lime));
});

test('of one head the shares are its own weights', () => {
  const attention = {
    layers: 2,
    heads: 2,
    position: 1,
    weights: Float32Array.of(1, 0, 0.5, 0.5, 0.25, 0.75, 0, 1),
  };
  assert.deepEqual([...sharesOf(attention, 1, 0)], [0.25, 0.75]);
  assert.deepEqual([...sharesOf(attention, 1, null)], [0.125, 0.875]);
  assert.deepEqual(
    [...sharesOf(attention, null, 1)],
    [...sharesOf(attention, null)],
    'a head is of a layer',
  );
});

test('the sentences are there in Chinese, too', async () => {
  await speak('zh-Hans');
  try {
    const none = { count: 0, chance: null, scores: null };
    const induction = { count: 4, chance: 0.05, scores: [0.1, 0.7] };
    const said = cards.heads.finding({
      layers: 1,
      heads: 2,
      patterns: { previous: none, same: none, induction },
    });
    assert.match(said, /^第 1 层的第 2 个头把 70\.0% 的注意力/);
  } finally {
    await speak('en');
  }
});
