import assert from 'node:assert/strict';
import { test } from 'node:test';
import { renderPrompt } from 'shotglass';

const template = (parts) => ({
  instructionSeparator: '\n\n',
  inputPrefix: '',
  inputSuffix: '\n',
  outputPrefix: '',
  outputSeparator: ' ',
  demonstrationSeparator: '\n\n',
  ...parts,
});

const sentiment = {
  instruction: '',
  template: template({ inputPrefix: 'Review: ', outputPrefix: 'Sentiment:' }),
  demonstrations: [
    { input: 'a warm and funny film', output: 'Positive' },
    { input: 'two hours I want back', output: 'Negative' },
    { input: '', output: 'Neutral' },
  ],
};

test('Figure 2.1 of the GPT-3 paper', () => {
  const task = {
    instruction: 'Translate English to French:',
    template: template({
      instructionSeparator: '\n',
      inputSuffix: ' ',
      outputPrefix: '=>',
      demonstrationSeparator: '\n',
    }),
    demonstrations: [
      { input: 'sea otter', output: 'loutre de mer' },
      { input: 'peppermint', output: 'menthe poivrée' },
      { input: 'plush giraffe', output: 'girafe peluche' },
    ],
  };
  assert.equal(
    renderPrompt(task, { query: 'cheese' }).text,
    'Translate English to French:\nsea otter => loutre de mer\npeppermint => menthe poivrée\n' +
      'plush giraffe => girafe peluche\ncheese =>',
  );
  assert.equal(
    renderPrompt(task, { query: 'cheese', shots: 0 }).text,
    'Translate English to French:\ncheese =>',
  );
});

test('SST-2 as in Calibrate Before Use', () => {
  assert.equal(
    renderPrompt(sentiment, { shots: 2, query: 'dull' }).text,
    'Review: a warm and funny film\nSentiment: Positive\n\n' +
      'Review: two hours I want back\nSentiment: Negative\n\n' +
      'Review: dull\nSentiment:',
  );
});

test('arithmetic as in appendix G', () => {
  const task = {
    instruction: '',
    template: template({ inputPrefix: 'Q: ', inputSuffix: '\n\n', outputPrefix: 'A:' }),
    demonstrations: [{ input: 'What is 98 plus 45?', output: '143' }],
    query: 'What is 48 plus 76?',
  };
  assert.equal(
    renderPrompt(task).text,
    'Q: What is 98 plus 45?\n\nA: 143\n\nQ: What is 48 plus 76?\n\nA:',
  );
});

test('each part is a span with its role and its demonstration', () => {
  const task = { ...sentiment, instruction: 'Judge.' };
  const { text, spans } = renderPrompt(task, { shots: 1, order: [1, 0, 2], query: 'dull' });
  assert.deepEqual(
    spans.map(({ role, start, end, demonstration }) => [
      role,
      text.slice(start, end),
      demonstration,
    ]),
    [
      ['instruction', 'Judge.', null],
      ['template', '\n\n', null],
      ['template', 'Review: ', 1],
      ['input', 'two hours I want back', 1],
      ['template', '\nSentiment: ', 1],
      ['output', 'Negative', 1],
      ['template', '\n\n', 1],
      ['template', 'Review: ', null],
      ['query', 'dull', null],
      ['template', '\nSentiment:', null],
    ],
  );
});

test('spans tile the text, whatever the task', () => {
  let state = 1;
  const random = (n) => {
    state = (state * 48271) % 0x7fffffff;
    return state % n;
  };
  const words = [
    '',
    ' ',
    '\n',
    'a',
    '😀',
    'é',
    'Review: ',
    '=>',
    '\u{1F468}‍\u{1F469}',
    'long '.repeat(9),
  ];
  const word = () => words[random(words.length)];
  for (let round = 0; round < 2000; round++) {
    const task = {
      instruction: word(),
      template: {
        instructionSeparator: word(),
        inputPrefix: word(),
        inputSuffix: word(),
        outputPrefix: word(),
        outputSeparator: word(),
        demonstrationSeparator: word(),
      },
      demonstrations: Array.from({ length: random(5) }, () => ({ input: word(), output: word() })),
      query: word(),
    };
    const all = task.demonstrations.length;
    const order = task.demonstrations.map((_, i) => i).sort(() => random(3) - 1);
    const { text, spans } = renderPrompt(task, { shots: random(all + 1), order });
    let at = 0;
    for (const span of spans) {
      assert.equal(span.start, at);
      assert.ok(span.end > span.start);
      at = span.end;
    }
    assert.equal(at, text.length);
  }
});

test('what cannot be rendered says which part is wrong', () => {
  const fails = (task, options, pattern) =>
    assert.throws(() => renderPrompt(task, options), { code: 'invalid-option', message: pattern });
  fails(sentiment, { shots: 4 }, /^shots .* 0 to 3/);
  fails(sentiment, { shots: 1.5 }, /^shots/);
  fails(sentiment, { order: [0, 0, 1] }, /^order/);
  fails(sentiment, { order: [0, 1] }, /^order/);
  fails(sentiment, { order: [0, 1, 3] }, /^order/);
  fails(sentiment, { query: 7 }, /query must be a string/);
  fails({ ...sentiment, instruction: undefined }, {}, /instruction must be a string/);
  fails(undefined, {}, /^task must have/);
  fails({ ...sentiment, demonstrations: undefined }, {}, /^task must have/);
  fails({ ...sentiment, template: {} }, {}, /template\.inputPrefix must be a string/);
});
