// Texts read back into tasks: whatever is rendered must be found again, and never anything else.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePrompt, renderPrompt } from 'shotglass';
import { random } from '../../../pkg/dist/math/random.js';

const template = (parts) => ({
  instructionSeparator: '\n\n',
  inputPrefix: 'Q: ',
  inputSuffix: '\n',
  outputPrefix: 'A:',
  outputSeparator: ' ',
  demonstrationSeparator: '\n\n',
  ...parts,
});
const arrow = template({
  instructionSeparator: '\n',
  inputPrefix: '',
  inputSuffix: ' ',
  outputPrefix: '=>',
  demonstrationSeparator: '\n',
});
const pairs = (...list) => list.map(([input, output]) => ({ input, output }));
const parsed = (instruction, demonstrations, query, appended = '') => ({
  instruction,
  demonstrations: pairs(...demonstrations),
  query,
  appended,
});

test('prompts of the usual formats, without a hint', () => {
  const cases = [
    [template(), 'Q: a\nA:', parsed('', [], 'a')],
    [template(), 'Q: a\nA: b\n\nQ: c\nA:', parsed('', [['a', 'b']], 'c')],
    [template(), 'Do it.\n\nQ: a\nA: b\n\nQ: c\nA:', parsed('Do it.', [['a', 'b']], 'c')],
    [template(), 'One.\n\nTwo.\n\nQ: c\nA:', parsed('One.\n\nTwo.', [], 'c')],
    // A blank line inside a part, with no new question behind it.
    [
      template(),
      'Q: a\n\nb\nA: c\n\nd\n\nQ: e\n\nf\nA:',
      parsed('', [['a\n\nb', 'c\n\nd']], 'e\n\nf'),
    ],
    [template(), 'Q: \nA: \n\nQ: \nA:', parsed('', [['', '']], '')],
    [
      arrow,
      'Translate English to French:\nsea otter => loutre de mer\nplush giraffe => girafe peluche\ncheese =>',
      parsed(
        'Translate English to French:',
        [
          ['sea otter', 'loutre de mer'],
          ['plush giraffe', 'girafe peluche'],
        ],
        'cheese',
      ),
    ],
    [arrow, 'sea => mer\ncheese =>', parsed('', [['sea', 'mer']], 'cheese')],
    [arrow, 'Translate:\ncheese =>', parsed('Translate:', [], 'cheese')],
    [arrow, 'cheese =>', parsed('', [], 'cheese')],
    [
      template({ inputSuffix: '\n\n' }),
      'Q: 1 + 1?\n\nA: 2\n\nQ: 2 + 2?\n\nA:',
      parsed('', [['1 + 1?', '2']], '2 + 2?'),
    ],
    [
      template({ inputPrefix: '', outputPrefix: 'True or False?\nanswer:', inputSuffix: ' ' }),
      'It rains. True or False?\nanswer: True\n\nIt snows. True or False?\nanswer:',
      parsed('', [['It rains.', 'True']], 'It snows.'),
    ],
  ];
  for (const [template, text, expected] of cases) {
    assert.deepEqual(parsePrompt(template, text), expected, text);
  }
});

test('the beginning of an answer is behind the prompt', () => {
  const text = 'Q: a\nA: b\n\nQ: c\nA:';
  assert.deepEqual(parsePrompt(template(), `${text} from`), parsed('', [['a', 'b']], 'c', ' from'));
  assert.deepEqual(parsePrompt(template(), `${text} `), parsed('', [['a', 'b']], 'c', ' '));
  // It would be the answer to the first question, of a prompt whose end is lost.
  assert.equal(parsePrompt(template(), 'Q: a\nA: b\n\nQ: c'), null);
  assert.deepEqual(
    parsePrompt(template(), `${text}\n\n`, { appended: '\n\n' }),
    parsed('', [['a', 'b']], 'c', '\n\n'),
  );
  // An answer that holds the end of a prompt is one answer, if it was before.
  const odd = { query: 'c', appended: ' x\nA:' };
  assert.equal(parsePrompt(template(), `Q: c\nA:${odd.appended}`, odd).appended, odd.appended);
  assert.equal(parsePrompt(template(), `Q: c\nA:${odd.appended}`).query, 'c\nA: x');
});

test('text that no task gives is free text', () => {
  for (const text of ['', 'Q: a', 'A:', 'Q: \n', 'Q: a\nA', 'once upon a time', 'q: a\nA:']) {
    assert.equal(parsePrompt(template(), text), null, text);
  }
  // Prefix and end may not share a unit.
  assert.equal(parsePrompt(template({ inputPrefix: 'aa', inputSuffix: 'aa' }), 'aaaA:'), null);
});

test('a hint says how it was divided before', () => {
  const inside = parsed('', [['a', 'b\n\nQ: c\nA: d']], 'e');
  const text = 'Q: a\nA: b\n\nQ: c\nA: d\n\nQ: e\nA:';
  assert.equal(parsePrompt(template(), text).demonstrations.length, 2);
  assert.deepEqual(parsePrompt(template(), text, inside), inside);
  // Also when another part was edited, and when demonstrations were added, moved or dropped.
  const edited = text.replace('Q: e', 'Q: else');
  assert.deepEqual(parsePrompt(template(), edited, inside), { ...inside, query: 'else' });
  const longer = parsePrompt(template(), `Q: x\nA: y\n\n${text}`, inside);
  assert.deepEqual(longer.demonstrations, [...pairs(['x', 'y']), ...inside.demonstrations]);
  // Nothing divides these but what is known of them.
  const bare = template({
    inputPrefix: '',
    inputSuffix: '',
    outputPrefix: '',
    outputSeparator: '',
    demonstrationSeparator: '',
  });
  const known = parsed(
    '',
    [
      ['man', 'kind'],
      ['sun', 'rise'],
    ],
    'moon',
  );
  assert.deepEqual(parsePrompt(bare, 'mankindsunrisemoon', known), known);
  assert.deepEqual(parsePrompt(bare, 'sunrisestar', known), {
    ...known,
    demonstrations: pairs(['sun', 'rise']),
    query: 'star',
  });
  assert.deepEqual(parsePrompt(bare, 'moon'), parsed('', [], 'moon'));
  // Nor is a demonstration of nothing shown for ever.
  assert.deepEqual(
    parsePrompt(bare, 'moon', { demonstrations: pairs(['', '']) }),
    parsed('', [], 'moon'),
  );
  // The same parts in another way have more in common with the hint than it has with itself.
  const doubled = parsed(
    '',
    [
      ['a', 'b'],
      ['ab', 'ab'],
    ],
    'c',
  );
  assert.deepEqual(parsePrompt(bare, 'abababc', doubled), doubled);
  // What seems to be a question is a part of an answer, if the query is the one that was asked.
  const note = 'Q: a\nA: b\n\nQ: note\n\nQ: c\nA:';
  const asked = parsed('', [['a', 'b\n\nQ: note']], 'c');
  assert.deepEqual(parsePrompt(template(), note, { query: 'c' }), asked);
  // An instruction with a separator in it.
  const two = parsed('A\nB => C', [['a', 'b']], 'c');
  assert.deepEqual(parsePrompt(arrow, 'A\nB => C\na => b\nd =>', two), { ...two, query: 'd' });
});

/** Tasks of all kinds, with empty parts and with separators in the wrong places. */
function tasks(seed) {
  const { integer } = random(seed);
  const words = [
    '',
    ' ',
    '\n',
    '\n\n',
    'a',
    'aa',
    'Q: ',
    'A:',
    ' =>',
    '😀',
    'b c',
    '\nA: ',
    'long '.repeat(9),
  ];
  const word = () => words[integer(words.length)];
  const usual = [
    template(),
    arrow,
    template({ inputPrefix: 'Review: ', outputPrefix: 'Sentiment:' }),
  ];
  return Array.from({ length: 3000 }, () => ({
    instruction: word(),
    template:
      integer(2) === 0
        ? usual[integer(usual.length)]
        : {
            instructionSeparator: word(),
            inputPrefix: word(),
            inputSuffix: word(),
            outputPrefix: word(),
            outputSeparator: word(),
            demonstrationSeparator: word(),
          },
    demonstrations: Array.from({ length: integer(5) }, () => ({ input: word(), output: word() })),
    query: word(),
  }));
}

test('whatever is rendered is found, and renders to the same text', () => {
  for (const task of tasks(5)) {
    const { text } = renderPrompt(task);
    const { template, ...parts } = task;
    const free = parsePrompt(template, text);
    assert.ok(free, `${JSON.stringify(task)} is not found`);
    assert.equal(renderPrompt({ ...free, template }).text + free.appended, text);
    assert.deepEqual(parsePrompt(template, text, parts), { ...parts, appended: '' });
  }
});

test('any text, any hint: what is found renders to the text', () => {
  const all = tasks(6);
  let found = 0;
  for (const [i, task] of all.entries()) {
    const { text } = renderPrompt(task);
    const at = random(i).integer(text.length + 1);
    const edited = text.slice(0, at) + all[(i * 7) % all.length].query + text.slice(at + 1);
    if (/\p{Surrogate}/u.test(edited)) continue;
    const back = parsePrompt(task.template, edited, all[(i * 3) % all.length]);
    if (back === null) continue;
    found++;
    assert.equal(renderPrompt({ ...back, template: task.template }).text + back.appended, edited);
  }
  assert.ok(found > 1000, `${found}`);
});

test('parts without separators in them come back as they were, edited or not', () => {
  const { integer } = random(7);
  const words = ['walk', 'to the sea', 'É', '42', 'x y z', '奶酪', '(a)', 'two\nlines'];
  const word = () => words[integer(words.length)];
  for (let round = 0; round < 1000; round++) {
    const parts = () => ({
      instruction: ['', 'Do as they do.'][integer(2)],
      demonstrations: Array.from({ length: integer(6) }, () => ({ input: word(), output: word() })),
      query: word(),
    });
    const [now, before] = [parts(), parts()];
    const used = [template(), template({ inputPrefix: 'Review: ', outputPrefix: 'Sentiment:' })][
      integer(2)
    ];
    const { text } = renderPrompt({ ...now, template: used });
    for (const hint of [undefined, now, before]) {
      assert.deepEqual(parsePrompt(used, text, hint), { ...now, appended: '' }, text);
    }
  }
});

test('long texts are read in one pass', () => {
  // Every place could begin a demonstration, and divide one.
  const text = `${'a a\n'.repeat(20_000)}a`;
  const spaces = template({
    instructionSeparator: '',
    inputPrefix: '',
    inputSuffix: '',
    outputPrefix: '',
    demonstrationSeparator: '\n',
  });
  const back = parsePrompt(spaces, text, { demonstrations: pairs(['a', 'b'], ['c', 'd']) });
  assert.equal(back.demonstrations.length, 20_000);
});

test('what is not a template or a text is named', () => {
  assert.throws(() => parsePrompt({}, ''), { code: 'invalid-option', message: /template\./ });
  assert.throws(() => parsePrompt(template(), 7), { code: 'invalid-option', message: /^text/ });
  assert.throws(() => parsePrompt(template(), '\ud800'), { code: 'invalid-text' });
});
