// The probability of a whole word, on a model whose probabilities are known.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { answerLogprob, wordGoesOn, wordLogprob } from 'shotglass';

const texts = ['<end>', ' sheep', 's', ' and', "'s", '.', ' "', 'Yes', '\n', '\ufffd'];
const [END, SHEEP, , , , , QUOTE] = texts.keys();
const tokens = texts.map((text, id) => ({
  id,
  text,
  // The last one is the first byte of a longer character.
  bytes: text === '\ufffd' ? Uint8Array.of(0xc3) : new TextEncoder().encode(text),
}));

/** The next token after each text, with probabilities that sum to 1. */
const after = {
  'Q:': { ' sheep': 0.6, ' "': 0.3, '<end>': 0.1 },
  'Q: sheep': { s: 0.3, "'s": 0.1, '\ufffd': 0.05, '.': 0.25, ' and': 0.2, '<end>': 0.1 },
  'Q: "': { Yes: 0.5, '.': 0.2, ' and': 0.2, '<end>': 0.1 },
  'Q: sheep\n': { s: 1 },
};

function logprobsAfter(text) {
  return Float32Array.from(texts, (token) => Math.log(after[text][token] ?? 0));
}

const idsOf = { ' sheep': [SHEEP], ' "': [QUOTE], ' sheep\n': [SHEEP, texts.indexOf('\n')] };
const known = { ' sheep': 0.6, ' "': 0.3, ' sheep\n': 0.06 };
const model = {
  info: { endTokens: [END] },
  vocabulary: async () => tokens,
  score: async (_, [continuation]) => [
    {
      continuation,
      logprob: Math.log(known[continuation]),
      tokens: idsOf[continuation].map((id) => tokens[id]),
    },
  ],
  logprobs: async (prompt, { appended }) =>
    logprobsAfter(prompt + appended.map((id) => texts[id]).join('')),
};

const near = (logprob, p) => assert.ok(Math.abs(Math.exp(logprob) - p) < 1e-6, `${logprob}, ${p}`);

test('a word counts where it ends: before a space, a sign, the end, and not before more of it', async () => {
  near(await wordLogprob(model, 'Q:', ' sheep'), 0.6 * (0.25 + 0.2 + 0.1));
});

test('after a sign, letters and signs are more of the same word', async () => {
  near(await wordLogprob(model, 'Q:', ' "'), 0.3 * (0.2 + 0.1));
});

test('what ends in white space is whole, whatever follows', async () => {
  near(await wordLogprob(model, 'Q:', ' sheep\n'), 0.06);
});

test('an answer is a whole word, and a label is a label', async () => {
  const prompt = { text: 'Q:' };
  near(await answerLogprob(model, {}, prompt, ' sheep'), 0.33);
  near(await answerLogprob(model, { labels: ['sheep', 'goat'] }, prompt, ' sheep'), 0.6);
});

test('a text goes on with the word before it, or is the next one', () => {
  for (const [word, text, on] of [
    [' from', 'age', true],
    [' from', ' age', false],
    [' from', '-age', false],
    [' don', "'t", true],
    [' don', '’t', true],
    [' x', '_y', true],
    [' été', 's', true],
    ['.', '.', true],
    [' "', 'Bonjour', true],
    ['.', ' A', false],
    [' from', '', false],
    [' 14', '3', true],
  ]) {
    assert.equal(wordGoesOn(word, text), on, JSON.stringify([word, text]));
  }
});
