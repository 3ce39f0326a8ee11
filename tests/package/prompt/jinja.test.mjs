import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  jinjaTarget,
  jinjaTask,
  renderChat,
  renderJinja,
  renderJinjaPrompt,
} from '../../../pkg/dist/prompt/jinja/index.js';
import { renderPrompt } from '../../../pkg/dist/prompt/render.js';
import { taskLabels } from '../../../pkg/dist/scoring/classify.js';

const refused = (call, message) =>
  assert.throws(call, { name: 'ShotglassError', code: 'invalid-option', message });

const row = {
  text: 'a film',
  label: 1,
  ok: true,
  none: null,
  f: 0.5,
  choices: ["it's", 'say "x"', 'both \' "', 'l\nm', 'b\\s'],
  d: { k: 'v', n: null, b: false },
  empty: '',
};

// What Jinja 3.1.6 renders for `row` with the settings of lm-evaluation-harness:
// Environment(loader=BaseLoader, undefined=StrictUndefined, keep_trailing_newline=True).
for (const [what, cases] of Object.entries({
  'whitespace stays, the line break at the end too': [
    ['{{text}}\n', 'a film\n'],
    ['{{text}}\n\n', 'a film\n\n'],
    ['  {{text}}  ', '  a film  '],
    ['{% if ok %}\n  yes\n{% endif %}\nend', '\n  yes\n\nend'],
    ['  {% if ok %}x{% endif %}\n', '  x\n'],
    ['{%- if ok -%}\n yes \n{%- endif -%}\n end', 'yesend'],
    ['a\r\n{{text}}\r\nb\r', 'a\na film\nb\n'],
    ['{# note #}x\n', 'x\n'],
    ['', ''],
    ['\n', '\n'],
  ],
  'values are written as Python writes them': [
    ['{{ok}} {{none}} {{f}} {{label}} {{1.0}}', 'True None 0.5 1 1.0'],
    ['{{choices}}', `["it's", 'say "x"', 'both \\' "', 'l\\nm', 'b\\\\s']`],
    ['{{d}}', "{'k': 'v', 'n': None, 'b': False}"],
    ["{{ [1, 2.0, none, true, 'é'] }} {{(1, 2)}}", "[1, 2.0, None, True, 'é'] (1, 2)"],
    ['{% for k, v in d.items() %}{{k}}={{v}};{% endfor %}', 'k=v;n=None;b=False;'],
    ['{% for x in [] %}a{% else %}{{none}}{% endfor %}', 'None'],
    ['{% set z %}{{ok}}{% endset %}{{z}}', 'True'],
    ['{% macro m(x) %}[{{x}}]{% endmacro %}{{ m(none) }}{{ m(ok) }}', '[None][True]'],
    ['{{ label == 1 }} {{ not ok }}', 'True False'],
    ["{{ 'x' ~ f ~ label ~ 1.0 ~ ok ~ none }}", 'x0.511.0TrueNone'],
    ["{{ 'x' ~ ('y' if not ok) }}{{ ok|string }}{{ none|string }}", 'xTrueNone'],
    ["{{ ['a', 1]|join('-') }}", 'a-1'],
  ],
  'expressions, as tasks have them': [
    ["{{['no', 'yes'][label]}}", 'yes'],
    ['{{text.strip()[:-1]}}', 'a fil'],
    ["{% for c in ['x', 'y'] %}{{loop.index}}. {{c}}\n{% endfor %}", '1. x\n2. y\n'],
    ["{% set y = text ~ '!' %}{{y}}", 'a film!'],
    ['{{range(3)|list}} {{range(4, 0, -2)|list}} {{range(2, 1)|list}}', '[0, 1, 2] [4, 2] []'],
    ["{{ 'a' if not ok }}|{{ 'a' if ok else 'b' }}", '|a'],
    ["{{text.split(' ')}}", "['a', 'film']"],
  ],
  'what is not there may be asked for, and have a default': [
    ['{{missing is defined}} {{d.zz is not defined}}', 'False True'],
    ["{{missing|default('x')}}{{d.zz|default('y')}}", 'xy'],
    ["{{ {'a': missing|default('z')} }}", "{'a': 'z'}"],
  ],
})) {
  test(what, () => {
    for (const [template, expected] of cases) assert.equal(renderJinja(template, row), expected);
  });
}

test('a column that is not there is an error wherever it is used', () => {
  refused(() => renderJinja('{{missing}}', row), /^template: 'missing' is undefined/);
  refused(() => renderJinja('{% if missing %}a{% endif %}', row), /'missing' is undefined/);
  refused(() => renderJinja('{% for x in missing %}a{% endfor %}', row), /'missing' is undefined/);
  refused(() => renderJinja("{{missing ~ 'a'}}", row), /'missing' is undefined/);
  refused(() => renderJinja("{{missing.x|default('a')}}", row), /'missing' is undefined/);
  refused(() => renderJinja('{{d.zz}}', row), /no 'zz'/);
  refused(() => renderJinja("{{ {'a': missing} }}", row), /'missing' is undefined/);
  // Not the columns of the rows before.
  assert.equal(renderJinja('{{a}}', { a: 'x' }), 'x');
  refused(() => renderJinja('{{a}}', { b: 'x' }), /'a' is undefined/);
});

test('a column may have the name of a constant', () => {
  assert.equal(renderJinja('{{range}} {{none}}', { range: 'x', none: 'y', namespace: 'z' }), 'x y');
});

test('errors have the words of the engine', () => {
  refused(() => renderJinja('{{ text', row), /^template: /);
  refused(() => renderJinja('{% if %}', row), /^template: .*CloseStatement/);
  refused(() => renderJinja("{{ text|regex_replace('a', 'b') }}", row), /regex_replace/);
  refused(() => renderJinja(7, row), /^template must be a string/);
  // The engine has these, and they do other things than Python's.
  refused(() => renderJinja("{{ text.strip('m') }}", row), /strip with an argument/);
  refused(() => renderJinja('{{ text.capitalize() }}', row), /capitalize/);
  refused(() => renderJinja('{{ text|capitalize }}', row), /capitalize/);
  refused(() => renderJinja("{{ ['a', true]|join(', ') }}", row), /^template: join/);
});

// The fields of lm_eval/tasks/glue/sst2, super_glue/boolq, arc and gsm8k.
const sst2 = {
  docToText: '{{sentence}}\nQuestion: Is this sentence positive or negative?\nAnswer:',
  docToTarget: 'label',
  docToChoice: ['negative', 'positive'],
};

test('SST-2 as lm-evaluation-harness builds it', () => {
  const demonstrations = [
    { sentence: 'a warm film', label: '1' },
    { sentence: 'two hours I want back', label: '0' },
  ];
  assert.equal(
    renderJinjaPrompt(sst2, demonstrations, { sentence: 'dull' }),
    'a warm film\nQuestion: Is this sentence positive or negative?\nAnswer: positive\n\n' +
      'two hours I want back\nQuestion: Is this sentence positive or negative?\nAnswer: negative\n\n' +
      'dull\nQuestion: Is this sentence positive or negative?\nAnswer:',
  );
  assert.equal(
    renderJinjaPrompt(sst2, [], { sentence: 'dull' }),
    'dull\nQuestion: Is this sentence positive or negative?\nAnswer:',
  );
});

test('delimiters, a description, and a template as the target', () => {
  const arithmetic = {
    description: 'Sums of {{kind}}:\n',
    docToText: 'Q: {{a}} + {{b}}\nA:',
    docToTarget: ' {{a + b}}',
    targetDelimiter: '',
    fewshotDelimiter: '\n',
  };
  assert.equal(
    renderJinjaPrompt(
      arithmetic,
      [
        { a: 1, b: 2 },
        { a: 3, b: 4 },
      ],
      { a: 5, b: 6, kind: 'two' },
    ),
    'Sums of two:\nQ: 1 + 2\nA: 3\nQ: 3 + 4\nA: 7\nQ: 5 + 6\nA:',
  );
  assert.equal(jinjaTarget(arithmetic, { a: 5, b: 6 }), ' 11');
});

test('choices of each row, from a column or a template', () => {
  const arc = {
    docToText: 'Question: {{question}}\nAnswer:',
    docToTarget: "{{['A', 'B', 'C'].index(key) if false else keys[key]}}",
    docToChoice: '{{choices.text}}',
  };
  const rows = [
    { question: 'q1?', key: 'B', keys: { A: 0, B: 1 }, choices: { text: ["it's", 'two\n"2"'] } },
    { question: 'q2?', key: 'A', keys: { A: 0, B: 1 }, choices: { text: ['x', 'y'] } },
  ];
  assert.equal(
    renderJinjaPrompt(arc, rows.slice(0, 1), rows[1]),
    'Question: q1?\nAnswer: two\n"2"\n\nQuestion: q2?\nAnswer:',
  );
  const task = jinjaTask(arc, rows.slice(0, 1), rows[1]);
  assert.deepEqual(taskLabels(task), [
    { name: 'x', words: [' x'] },
    { name: 'y', words: [' y'] },
  ]);
  assert.deepEqual(
    rows.map((each) => jinjaTarget(arc, each)),
    ['two\n"2"', 'x'],
  );
  for (const docToChoice of ['{{[a, b]}}', 'list', "['u', 'v']"]) {
    const { labels } = jinjaTask({ ...arc, docToTarget: 'a', docToChoice }, [], {
      question: '',
      a: 'u',
      b: 'v',
      list: ['u', 'v'],
    });
    assert.deepEqual(labels, ['u', 'v'], docToChoice);
  }
});

test('a target that is a list gives its first entry', () => {
  const task = { docToText: '{{q}}', docToTarget: '{{answers}}' };
  const answered = { q: 'a', answers: ["one's", 'two'] };
  assert.equal(jinjaTarget(task, answered), "one's");
  assert.equal(jinjaTarget({ ...task, docToTarget: 'answers' }, answered), "one's");
  // A text in brackets is a text.
  assert.equal(jinjaTarget({ ...task, docToTarget: 'answers' }, { answers: '[1, 2]' }), '[1, 2]');
  for (const answers of ['[not a list]', '[x', '[x]', '[1 + 1]', '[]']) {
    assert.equal(jinjaTarget(task, { answers, x: 'y' }), answers);
  }
});

test('a text that is digits is a choice, where there are choices', () => {
  const task = { docToText: '{{a}}', docToTarget: 'b', docToChoice: ['x', 'y'] };
  assert.equal(renderJinjaPrompt(task, [{ a: 1, b: 0 }], { a: 0 }), 'y x\n\nx');
  assert.equal(
    renderJinjaPrompt({ ...task, docToChoice: undefined }, [{ a: 1, b: 0 }], { a: 0 }),
    '1 0\n\n0',
  );
});

test('the task renders as the prompt does, with spans, shots and orders', () => {
  const rows = [
    { sentence: 'good', label: 1 },
    { sentence: 'bad', label: 0 },
  ];
  const task = jinjaTask(sst2, rows, { sentence: 'dull' });
  assert.equal(renderPrompt(task).text, renderJinjaPrompt(sst2, rows, { sentence: 'dull' }));
  assert.equal(
    renderPrompt(task, { shots: 1, order: [1, 0] }).text,
    renderJinjaPrompt(sst2, [rows[1]], { sentence: 'dull' }),
  );
  assert.deepEqual(
    taskLabels(task).map(({ words }) => words),
    [[' negative'], [' positive']],
  );
  assert.equal(
    'labels' in jinjaTask({ docToText: 'sentence', docToTarget: 'label' }, rows, rows[0]),
    false,
  );
});

test('tasks that are wrong say which field', () => {
  const good = { sentence: 'good', label: 1 };
  refused(
    () => renderJinjaPrompt(sst2, [{ ...good, label: 2 }], good),
    /^docToTarget: there is no choice 2\. There are 2/,
  );
  refused(() => renderJinjaPrompt(sst2, [{ ...good, label: '' }], good), /^docToTarget must be/);
  refused(
    () => renderJinjaPrompt({ ...sst2, docToText: '{{x}}' }, [], good),
    /^docToText: 'x' is undefined/,
  );
  refused(() => renderJinjaPrompt({ ...sst2, docToTarget: '{{' }, [good], good), /^docToTarget: /);
  refused(() => renderJinjaPrompt({ ...sst2, description: '{% x %}' }, [], good), /^description: /);
  for (const docToChoice of [[], '{{sentence}}', 'sentence', '{{[]}}', 7]) {
    refused(
      () => renderJinjaPrompt({ ...sst2, docToChoice }, [], good),
      /^docToChoice must be a list/,
    );
  }
  refused(
    () => renderJinjaPrompt({ docToTarget: 'label' }, [], good),
    /^docToText must be a string/,
  );
  refused(() => renderJinjaPrompt({ ...sst2, targetDelimiter: 1 }, [], good), /^targetDelimiter/);
});

// As it stands in the file of the default model.
const smollm2 =
  "{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}{{ '<|im_start|>system\n" +
  'You are a helpful AI assistant named SmolLM, trained by Hugging Face<|im_end|>\n' +
  "' }}{% endif %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}{% endfor %}" +
  "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";

test('the chat template of SmolLM2', () => {
  const system =
    '<|im_start|>system\nYou are a helpful AI assistant named SmolLM, trained by Hugging Face<|im_end|>\n';
  const question = { role: 'user', content: 'Is  "x" < 1?\n' };
  assert.equal(
    renderChat(smollm2, [question], { addGenerationPrompt: true }),
    `${system}<|im_start|>user\nIs  "x" < 1?\n<|im_end|>\n<|im_start|>assistant\n`,
  );
  assert.equal(
    renderChat(smollm2, [question, { role: 'assistant', content: 'Yes.' }]),
    `${system}<|im_start|>user\nIs  "x" < 1?\n<|im_end|>\n<|im_start|>assistant\nYes.<|im_end|>\n`,
  );
  assert.equal(
    renderChat(smollm2, [{ role: 'system', content: 'Be brief.' }, question], {
      addGenerationPrompt: true,
    }),
    '<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nIs  "x" < 1?\n<|im_end|>\n<|im_start|>assistant\n',
  );
});

test('chat templates: blocks take their line, tokens are given, complaints come through', () => {
  const template =
    "{{ bos_token }}\n{% for m in messages %}\n  {% if m.role == 'tool' %}\n{{ raise_exception('No tools: ' + m.content) }}\n  {% endif %}\n[{{ m.role }}] {{ m.content }}{{ eos_token }}\n{% endfor %}\n";
  assert.equal(
    renderChat(
      template,
      [
        { role: 'user', content: 'a' },
        { role: 'x', content: 'b' },
      ],
      {
        bosToken: '<s>',
        eosToken: '</s>',
      },
    ),
    '<s>\n[user] a</s>\n[x] b</s>\n',
  );
  refused(() => renderChat(template, [{ role: 'tool', content: 'x' }]), /^template: No tools: x$/);
  refused(() => renderChat('{{', []), /^template: /);
  refused(() => renderChat(null, []), /^template must be a string/);
  refused(() => renderChat(template, [{ role: 'user' }]), /^messages must be a string/);
  refused(() => renderChat(template, 'hello'), /^messages must be an array/);
});
