// Servers whose answers cannot be right: each is an error with a sentence, and never a number.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connect, failure } from './turncoat.mjs';

/** Changes the first choice of an answer. */
const choice = (change) => (path, answer) => {
  if (path === '/v1/completions') change(answer.choices[0], answer);
  return answer;
};

const lies = {
  'no choices': [(_, answer) => delete answer.choices, /choices is not an array/],
  'too few choices': [(_, answer) => answer.choices.pop(), /choices has 1 entries and not 2/],
  'too many choices': [
    (one, answer) => answer.choices.push(one),
    /choices has 3 entries and not 2/,
  ],
  'choices of no prompt': [(one) => (one.index = 7), /indices of choices/],
  'an index that is a name': [(one) => (one.index = '__proto__'), /indices of choices/],
  'no prompt_logprobs': [(one) => delete one.prompt_logprobs, /prompt_logprobs is not an array/],
  'fewer tokens than the prompt': [(one) => one.prompt_logprobs.pop(), /entries and not/],
  'more tokens than the prompt': [(one) => one.prompt_logprobs.push({}), /entries and not/],
  'other tokens than those of the prompt': [
    (one) => (one.prompt_logprobs[2] = { 7: { logprob: -1, rank: 1, decoded_token: 'x' } }),
    /lacks a token of the prompt/,
  ],
  'a token out of the vocabulary': [
    (one) => (one.prompt_logprobs[2] = { 99999: { logprob: -1, rank: 1 } }),
    /no token of the vocabulary/,
  ],
  'a token that is no number': [
    (one) => (one.prompt_logprobs[2] = { __proto__x: { logprob: -1, rank: 1 } }),
    /no token of the vocabulary/,
  ],
  'null for a logprob': [
    (one) => setAll(one.prompt_logprobs[2], 'logprob', null),
    /no log-probability/,
  ],
  'a logprob above 0': [
    (one) => setAll(one.prompt_logprobs[2], 'logprob', 0.5),
    /no log-probability/,
  ],
  'a text for a logprob': [
    (one) => setAll(one.prompt_logprobs[2], 'logprob', 'NaN'),
    /no log-probability/,
  ],
  'a rank of 0': [(one) => setAll(one.prompt_logprobs[2], 'rank', 0), /no rank/],
};

function setAll(entry, field, value) {
  for (const token of Object.values(entry)) token[field] = value;
}

for (const [name, [lie, message]] of Object.entries(lies)) {
  test(`a server that gives ${name}`, async (t) => {
    const { model, state } = await connect(t);
    state.tamper = choice(lie);
    assert.match(await failure(() => model.score('A:', [' x', ' y'])), message);
    state.tamper = null;
    assert.equal((await model.score('A:', [' x', ' y'])).length, 2);
  });
}

const wrongNext = {
  'no log-probabilities': [(one) => (one.logprobs = null), /no log-probabilities/],
  'lists of different lengths': [(one) => one.logprobs.token_logprobs.push(-1), /entries and not/],
  'names in place of ids': [(one) => (one.logprobs.tokens = ['x']), /no token of the vocabulary/],
  'more than all probability': [
    (one) => (one.logprobs.top_logprobs = [{ 'token_id:1': -0.1, 'token_id:2': -0.1 }]),
    /sum of its probabilities is 1\.8/,
  ],
};

for (const [name, [lie, message]] of Object.entries(wrongNext)) {
  test(`a prediction with ${name}`, async (t) => {
    const { model, state } = await connect(t);
    state.tamper = choice(lie);
    assert.match(await failure(() => model.predict('ab')), message);
  });
}

test('a distribution with a hole in it', async (t) => {
  const { model, state } = await connect(t);
  state.tamper = choice((one) => delete one.logprobs.top_logprobs[0]['token_id:5']);
  await failure(() => model.logprobs('ab'));
});

test('a tokenizer that does not give the text again, or ids that no token has', async (t) => {
  const { model, state } = await connect(t);
  const tamper = (change) => {
    state.tamper = (path, answer) => {
      if (path === '/tokenize') change(answer);
      return answer;
    };
  };
  tamper((answer) => {
    answer.token_strs[0] = 'x';
  });
  assert.match(
    await failure(() => model.tokenize('ab')),
    /tokens of "ab" do not give this text again/,
  );
  for (const id of [-1, 1.5, 257, '7', null, 2 ** 60]) {
    tamper((answer) => {
      answer.tokens[0] = id;
    });
    assert.match(await failure(() => model.tokenize('ab')), /no token of the vocabulary/);
  }
  tamper((answer) => answer.token_strs.pop());
  assert.match(await failure(() => model.tokenize('ab')), /token_strs has 1 entries and not 2/);
});
