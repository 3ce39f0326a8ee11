// White space that does harm is found and fixed; that of the usual formats is left alone.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applyFix, lint, renderPrompt } from 'shotglass';
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
const arrow = {
  inputPrefix: '',
  inputSuffix: ' ',
  outputPrefix: '=>',
  demonstrationSeparator: '\n',
};
const task = (
  parts = {},
  demonstrations = [
    ['walk', 'walked'],
    ['go', 'went'],
  ],
  query = 'sing',
) => ({
  instruction: '',
  template: template(parts),
  demonstrations: demonstrations.map(([input, output]) => ({ input, output })),
  query,
});
const codes = (...subject) => lint(...subject).map(({ code }) => code);

test('nothing is said of the usual formats', () => {
  const plain = { inputPrefix: '', inputSuffix: '', outputPrefix: '' };
  const formats = {
    'Figure 2.1': [
      { ...arrow, instructionSeparator: '\n' },
      [['sea otter', 'loutre de mer']],
      'cheese',
      'Translate English to French:',
    ],
    arithmetic: [{ inputSuffix: '\n\n' }, [['What is 98 plus 45?', '143']], 'What is 48 plus 76?'],
    'arithmetic, as lm-evaluation-harness has it': [
      { inputSuffix: '\n\n', outputSeparator: '' },
      [['What is 98 plus 45?', ' 143']],
      'What is 48 plus 76?',
    ],
    unscramble: [
      { instructionSeparator: '\n', inputPrefix: '', inputSuffix: ' ', outputPrefix: '=' },
      [['asinoc', 'casino']],
      'skicts',
      'Please unscramble the letters into a word, and write that word:',
    ],
    LAMBADA: [
      { inputPrefix: '', inputSuffix: ' ', outputPrefix: '->' },
      [['Alice was friends with Bob. Alice went to visit her friend ____.', 'Bob']],
      "There's more than a ____.",
      'Fill in blank:',
    ],
    translation: [{ ...arrow, outputPrefix: '=' }, [['good morning', 'bonjour']], 'cheese'],
    'zero-shot translation': [
      { inputPrefix: 'Q: What is the French translation of ', inputSuffix: ' ' },
      [],
      'cheese',
    ],
    ARC: [
      { inputPrefix: 'Question: ', outputPrefix: 'Answer:' },
      [['Why?', 'because it rains']],
      'How?',
    ],
    BoolQ: [
      { inputPrefix: '', outputPrefix: 'answer:' },
      [['A passage.\nquestion: is it?', 'yes']],
      'Another.\nquestion: was it?',
    ],
    ANLI: [
      {
        inputPrefix: 'anli 2: anli 2: ',
        inputSuffix: ' True, False, or Neither?',
        outputPrefix: '',
      },
      [['It rains.\nQuestion: It is wet.', 'True']],
      'It snows.\nQuestion: It is hot.',
    ],
    WiC: [
      {
        inputPrefix: '',
        inputSuffix:
          "\nquestion: Is the word 'w' used in the same way in the two sentences above?\n",
        outputPrefix: 'answer:',
      },
      [['one\ntwo', 'yes']],
      'three\nfour',
    ],
    COPA: [
      plain,
      [['The man broke his toe because', 'he dropped a hammer on it.']],
      'I went home because',
    ],
    'COPA, its spaces with the outputs': [
      { ...plain, outputSeparator: '' },
      [['The man broke his toe because', ' he dropped a hammer on it.']],
      'I went home because',
    ],
    WSC: [
      {
        inputPrefix: 'Question: In the passage above, what does the pronoun refer to?\n',
        outputPrefix: 'Answer:',
      },
      [['Ann met Sue, for she was late.', 'Sue']],
      'x',
      'Final Exam with Answer Key\nInstructions: Please read the passages.',
    ],
    'SAT analogies': [
      { ...plain, inputSuffix: ' as' },
      [['lull is to trust', 'cajole is to compliance']],
      'audacious is to boldness',
    ],
    'SST-2': [
      { inputPrefix: 'Review: ', outputPrefix: 'Sentiment:' },
      [['dull', 'Negative']],
      'fine',
    ],
    'AG News': [
      { inputPrefix: 'Article: ', outputPrefix: 'Answer:' },
      [['Rates rise. They do.', 'Business']],
      'Late goal.',
      'Classify the news articles into the categories of World, Sports, Business, and Technology.',
    ],
    TREC: [
      { inputPrefix: 'Question: ', outputPrefix: 'Answer Type:' },
      [['Who?', 'Person']],
      'Where?',
      'Classify the questions.',
    ],
    RTE: [
      { inputPrefix: '', inputSuffix: ' True or False?\n', outputPrefix: 'answer:' },
      [['It rains.\nquestion: It is wet.', 'True']],
      'x\nquestion: y',
    ],
    'SST-2, as lm-evaluation-harness has it': [
      {
        inputPrefix: '',
        inputSuffix: '\nQuestion: Is this sentence positive or negative?\n',
        outputPrefix: 'Answer:',
      },
      [['dull', 'negative']],
      'fine',
    ],
    MetaICL: [
      { inputPrefix: '', outputPrefix: '', outputSeparator: '', demonstrationSeparator: '\n\n\n' },
      [['a film', 'good']],
      'another',
    ],
    table: [
      { inputPrefix: '', inputSuffix: ' |', outputPrefix: '', demonstrationSeparator: '\n' },
      [['Bach', '1685']],
      'Mozart',
      'name | year',
    ],
    'columns with tabs': [
      {
        inputPrefix: '',
        inputSuffix: '\t',
        outputPrefix: '',
        outputSeparator: '',
        demonstrationSeparator: '\n',
      },
      [['Bach', '1685']],
      'Mozart',
    ],
    code: [
      { inputPrefix: '# ', inputSuffix: '\n', outputPrefix: 'def', outputSeparator: ' ' },
      [['add two numbers', 'add(a, b):\n    return a + b']],
      'double',
    ],
    quotes: [
      { outputPrefix: 'A: "', outputSeparator: '', demonstrationSeparator: '"\n\n' },
      [['walk', 'walked']],
      'sing',
    ],
    chat: [
      {
        inputPrefix: '<|im_start|>user\n',
        inputSuffix: '<|im_end|>\n',
        outputPrefix: '<|im_start|>assistant\n',
        outputSeparator: '',
        demonstrationSeparator: '<|im_end|>\n',
      },
      [['hi', 'hello']],
      'bye',
    ],
    'Chinese after a colon': [{ outputSeparator: '' }, [['猫', '动物']], '玫瑰'],
    Chinese: [
      { inputPrefix: '问：', outputPrefix: '答：', outputSeparator: '' },
      [['猫', '动物']],
      '玫瑰',
      '分类：',
    ],
  };
  for (const [name, [parts, demonstrations, query, instruction = '']] of Object.entries(formats)) {
    const each = { ...task(parts, demonstrations, query), instruction };
    assert.deepEqual(lint(each), [], name);
    assert.deepEqual(lint(each, { shots: 0 }), [], `${name}, no shots`);
    assert.deepEqual(lint(renderPrompt(each)), [], `${name}, as a prompt`);
    assert.deepEqual(lint(renderPrompt(each).text), [], `${name}, as text`);
  }
});

/** The findings are these codes; fixed, the task is `expected`, of which nothing is said. */
function fixes(wrong, code, where, expected, options) {
  const findings = lint(wrong, options);
  assert.deepEqual(
    findings.map(({ code }) => code),
    [code],
  );
  assert.deepEqual(findings[0].where, where);
  const before = structuredClone(wrong);
  const fixed = applyFix(wrong, findings[0].fix);
  assert.deepEqual(wrong, before, 'the task that was given is as it was');
  assert.deepEqual(fixed, expected);
  assert.deepEqual(lint(fixed, options), []);
}

test('a prompt that ends in a space', () => {
  const wrong = task({ outputPrefix: 'A: ', outputSeparator: '' });
  fixes(wrong, 'trailing-space', [{ field: 'outputPrefix' }], task());
  // The demonstrations stay as they were: the space is before each answer.
  const { fix } = lint(wrong)[0];
  assert.equal(`${renderPrompt(applyFix(wrong, fix)).text} `, renderPrompt(wrong).text);
  const suffix = { ...arrow, inputSuffix: ' => ', outputPrefix: '', outputSeparator: '' };
  fixes(
    task(suffix),
    'trailing-space',
    [{ field: 'inputSuffix' }],
    task({ ...suffix, inputSuffix: ' =>', outputSeparator: ' ' }),
  );
  const raw = { inputPrefix: '', inputSuffix: '', outputPrefix: '' };
  const pairs = [['The man fell because', 'he slipped.']];
  fixes(
    task(raw, pairs, 'I went because '),
    'trailing-space',
    [{ field: 'query' }],
    task(raw, pairs, 'I went because'),
  );
  // Where the template has one in the demonstrations, too, there are two.
  assert.deepEqual(codes(task({ outputPrefix: 'A: ' })), ['trailing-space', 'double-space']);
  assert.deepEqual(codes(task({ outputPrefix: 'A:\t', outputSeparator: '' })), []);
  assert.deepEqual(codes(task({ outputPrefix: 'A:\n', outputSeparator: '' })), []);
});

test('two spaces where parts meet', () => {
  const pairs = [
    ['walk', ' walked'],
    ['go', 'went'],
  ];
  fixes(task({}, pairs), 'double-space', [{ demonstration: 0, field: 'output' }], task());
  fixes(task({ outputSeparator: '  ' }), 'double-space', [{ field: 'outputSeparator' }], task());
  fixes(
    task(
      {},
      [
        [' walk', 'walked'],
        ['go', 'went'],
      ],
      ' sing',
    ),
    'double-space',
    [{ demonstration: 0, field: 'input' }, { field: 'query' }],
    task(),
  );
  fixes(task({ inputPrefix: 'Q:  ' }), 'double-space', [{ field: 'inputPrefix' }], task());
  const otter = (text) => task(arrow, [[text, 'loutre']], 'cheese');
  fixes(
    otter('sea otter '),
    'double-space',
    [{ demonstration: 0, field: 'input' }],
    otter('sea otter'),
  );
});

test('no space before the outputs', () => {
  fixes(task({ outputSeparator: '' }), 'missing-space', [{ field: 'outputSeparator' }], task());
  // Those that bring their own do not get a second.
  const some = [
    ['walk', ' walked'],
    ['go', 'went'],
  ];
  fixes(
    task({ outputSeparator: '' }, some),
    'missing-space',
    [{ field: 'outputSeparator' }],
    task(),
  );
  const labelled = { ...task({ outputSeparator: '' }, []), labels: ['Positive', 'Negative'] };
  assert.deepEqual(codes(labelled), ['missing-space']);
});

test('a separator inside a part', () => {
  const lyrics = (between) => task({}, [['walk', `walked${between}ran`]]);
  fixes(
    lyrics('\n\n\n'),
    'separator-inside',
    [{ demonstration: 0, field: 'output' }],
    lyrics('\n'),
  );
  const lines = (text) => task({ ...arrow }, [['a', text]]);
  fixes(lines('b\nc'), 'separator-inside', [{ demonstration: 0, field: 'output' }], lines('b c'));
  assert.deepEqual(
    codes(task({}, [['walk\n\nhome', 'walked']])),
    [],
    'an input may have two paragraphs',
  );
  fixes(
    task({}, [], 'a\n\nQ: b'),
    'separator-inside',
    [{ field: 'query' }],
    task({}, [], 'a\nQ: b'),
  );
  const [hashes] = lint(task({ demonstrationSeparator: '\n###\n' }, [['a', 'b\n###\nc']]));
  assert.deepEqual([hashes.code, hashes.fix], ['separator-inside', null]);
});

test('ends that are not all alike', () => {
  fixes(
    task({}, [
      ['walk', 'walked '],
      ['go', 'went'],
    ]),
    'inconsistent-end',
    [{ demonstration: 0, field: 'output' }],
    task(),
  );
  fixes(
    task({}, [
      ['walk', 'walked'],
      ['go\n', 'went'],
    ]),
    'inconsistent-end',
    [{ demonstration: 1, field: 'input' }],
    task(),
  );
  const loose = { inputPrefix: '', inputSuffix: '', outputPrefix: '=>' };
  assert.deepEqual(codes(task(loose, [['walk ', 'walked']], 'sing ')), [], 'it is the format');
});

test('an instruction, or an output, that runs into what follows', () => {
  const told = (instruction, parts = {}) => ({ ...task(parts), instruction });
  fixes(
    told('Do it.', { instructionSeparator: '' }),
    'delimiter-mismatch',
    [{ field: 'instructionSeparator' }],
    told('Do it.'),
  );
  fixes(told('Do it.\n'), 'delimiter-mismatch', [{ field: 'instruction' }], told('Do it.'));
  assert.deepEqual(codes(told('Do it.\n\n', { instructionSeparator: '' })), []);
  const spaced = [
    ['a', 'x'],
    [' b', 'y'],
  ];
  const list = task({ inputPrefix: '', demonstrationSeparator: '' }, spaced, ' c');
  assert.deepEqual(codes(list), [], 'inputs may bring the separator');
  fixes(
    task({ demonstrationSeparator: '' }),
    'delimiter-mismatch',
    [{ field: 'demonstrationSeparator' }],
    task(),
  );
});

test('line ends, tabs and spaces that nobody sees', () => {
  const pairs = (output) => [
    ['walk', output],
    ['go', 'went'],
  ];
  fixes(task({ inputSuffix: '\r\n' }), 'carriage-return', [{ field: 'inputSuffix' }], task());
  fixes(
    task({}, pairs('has\twalked')),
    'tab',
    [{ demonstration: 0, field: 'output' }],
    task({}, pairs('has walked')),
  );
  assert.deepEqual(codes(task({}, pairs('if x:\n\treturn'))), [], 'a tab that indents');
  for (const [odd, even] of [
    ['\u00a0', ' '],
    ['\u202f', ' '],
    ['\u200b', ''],
    ['\ufeff', ''],
    ['\u2028', '\n'],
  ]) {
    const at = `U+${odd.codePointAt(0).toString(16)}`;
    assert.deepEqual(codes(task({}, pairs(`has${odd}walked`))), ['odd-space'], at);
    fixes(
      task({}, pairs(`has${odd}walked`)),
      'odd-space',
      [{ demonstration: 0, field: 'output' }],
      task({}, pairs(`has${even}walked`)),
    );
  }
  // In the separator it is one more kind of space.
  fixes(task({ outputSeparator: '\u00a0' }), 'odd-space', [{ field: 'outputSeparator' }], task());
  assert.deepEqual(
    codes(
      task({}, [
        ['👩‍👧', 'family'],
        ['奶　酪', 'cheese'],
      ]),
    ),
    [],
    'joiners and wide spaces',
  );
});

test('what is empty', () => {
  const empty = lint(
    task({}, [
      ['walk', 'walked'],
      ['go', ' '],
    ]),
  );
  assert.deepEqual(
    empty.find(({ code }) => code === 'empty-output'),
    {
      code: 'empty-output',
      where: [{ demonstration: 1, field: 'output' }],
      fix: null,
      mend: null,
    },
  );
  assert.deepEqual(lint(task({}, undefined, '')), [
    { code: 'query-empty', where: [{ field: 'query' }], fix: null, mend: null },
  ]);
  assert.deepEqual(
    codes(
      task(
        { inputPrefix: '', inputSuffix: '' },
        [
          ['', 'one'],
          ['', 'two'],
        ],
        '',
      ),
    ),
    [],
    'a list has no inputs',
  );
});

test('only what is shown is looked at, under its own index', () => {
  const wrong = task({}, [
    ['walk', 'walked'],
    ['go', ' went'],
    ['eat', ''],
  ]);
  assert.deepEqual(codes(wrong, { shots: 1 }), []);
  assert.deepEqual(lint(wrong, { shots: 1, order: [1, 0, 2] })[0].where, [
    { demonstration: 1, field: 'output' },
  ]);
  assert.deepEqual(codes(wrong, { shots: 1, query: 'sing\u00a0a' }), ['odd-space']);
  assert.throws(() => lint(wrong, { shots: 9 }), { code: 'invalid-option' });
  assert.throws(() => lint({}), { code: 'invalid-option' });
  assert.throws(() => lint(undefined), { code: 'invalid-option' });
  assert.throws(() => lint({ spans: [] }), { code: 'invalid-option' });
});

test('a text is looked at as it stands', () => {
  const text = 'Q:  a\r\nA: b\u00a0c\td\n\nQ: e\nA: ';
  const findings = lint(text);
  assert.deepEqual(
    findings.map(({ code, where }) => [
      code,
      ...where.map(({ start, end }) => text.slice(start, end)),
    ]),
    [
      ['trailing-space', ' '],
      ['double-space', '  '],
      ['carriage-return', '\r\n'],
      ['odd-space', '\u00a0'],
    ],
  );
  let fixed = text;
  for (let finding = lint(fixed)[0]; finding; finding = lint(fixed)[0]) {
    fixed = applyFix(fixed, finding.fix);
  }
  assert.equal(fixed, 'Q: a\nA: b c\td\n\nQ: e\nA:');
  const many = 'a\r\nb\r\nc\r';
  assert.equal(applyFix(many, lint(many)[0].fix), 'a\nb\nc\n');
  assert.deepEqual(lint('Two sentences.  With two spaces.'), []);
  assert.deepEqual(lint(''), []);
});

test('fixing comes to an end, and touches nothing but white space', () => {
  const { integer } = random(11);
  const words = [
    '',
    ' ',
    '  ',
    '\n',
    '\n\n',
    '\t',
    '\r\n',
    '\u00a0',
    '\u200b',
    'a',
    'A:',
    ' =>',
    'b c',
    ' d ',
    'e\n\nf',
    '1',
    'x\u00a0',
    '###',
    '奶',
  ];
  const word = () => words[integer(words.length)] + words[integer(words.length)];
  const seen = new Set();
  const black = (value) =>
    JSON.parse(JSON.stringify(value), (_, part) =>
      typeof part === 'string' ? part.replace(/[\s\u200b\u0085\u2060]/g, '') : part,
    );
  for (let round = 0; round < 3000; round++) {
    let now = {
      instruction: word(),
      template: {
        instructionSeparator: word(),
        inputPrefix: word(),
        inputSuffix: word(),
        outputPrefix: word(),
        outputSeparator: word(),
        demonstrationSeparator: word(),
      },
      demonstrations: Array.from({ length: integer(4) }, () => ({ input: word(), output: word() })),
      query: word(),
    };
    const before = black(now);
    const said = [];
    for (;;) {
      const findings = lint(now);
      for (const { where } of findings) assert.ok(where.length > 0);
      const next = findings.find(({ fix }) => fix !== null);
      if (next === undefined) break;
      said.push(next.code);
      seen.add(next.code);
      assert.ok(said.length < 25, `it goes round: ${said} ${JSON.stringify(now)}`);
      const fixed = applyFix(now, next.fix);
      assert.notDeepEqual(fixed, now, `${next.code} changes nothing: ${JSON.stringify(now)}`);
      now = fixed;
    }
    assert.deepEqual(black(now), before);
    assert.ok(!/ $/.test(renderPrompt(now).text) || now.query.trim() === '', JSON.stringify(now));
  }
  assert.equal(seen.size, 9, `${[...seen]}`);
});
