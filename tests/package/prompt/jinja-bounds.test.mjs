// A chat template is a part of a file that somebody else has written: whatever it says, it ends, in little memory.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';
import { renderChat, renderJinja } from '../../../pkg/dist/prompt/jinja/index.js';

const entry = new URL('../../../pkg/dist/prompt/jinja/index.js', import.meta.url).href;

const twice = (what, times, start) =>
  `{% set ns = namespace(it=${start}) %}{% for i in range(${times}) %}{% set ns.it = ${what} %}{% endfor %}`;
const nested = (body) =>
  `{% set r = range(3000) %}{% for i in r %}{% for j in r %}${body}{% endfor %}{% endfor %}`;
const stopped = /^template: The template was stopped after 2,000,000 steps/;
const tooMuch = /^template: It is nested too deeply, or its output is too long\.$/;

const hostile = {
  'a range of a hundred million': [
    '{% for i in range(100000000) %}{% endfor %}',
    /^template: A range has at most 100,000 numbers\.$/,
  ],
  'a range without an end': ['{{ range(0, 1, 0) }}', /step of a range must not be 0/],
  'loops with nothing in them': [nested(''), stopped],
  'loops over names that are not there': [nested('{% if x is defined %}{% endif %}'), stopped],
  'loops that go on at once': [nested('{% continue %}'), stopped],
  'macros that are defined again and again': [
    nested(`{% macro m() %}${'{{ 1 }}'.repeat(500)}{% endmacro %}`),
    stopped,
  ],
  'a text that doubles': [`${twice('ns.it + ns.it', 40, '"text"')}{{ ns.it }}`, stopped],
  'a list that doubles': [`${twice('ns.it + ns.it', 40, '[1]')}{{ ns.it|length }}`, stopped],
  'lists of lists, written': [`${twice('[ns.it, ns.it]', 40, '["x"]')}{{ ns.it }}`, stopped],
  'lists of lists, as JSON': [`${twice('[ns.it, ns.it]', 40, '["x"]')}{{ ns.it|tojson }}`, stopped],
  'a long text, again and again': [
    `${twice('ns.it + ns.it', 20, '"text"')}{% for i in range(90000) %}{% set x = ns.it.upper() %}{% endfor %}`,
    stopped,
  ],
  'a list that is sorted again and again': [
    '{% set r = range(90000) %}{% for i in range(90000) %}{% set x = r|sort %}{% endfor %}',
    stopped,
  ],
  'every character by a text': [
    `${twice('ns.it + ns.it', 20, '"xxxx"')}{{ ns.it|replace("x", ns.it) }}`,
    tooMuch,
  ],
  'parentheses without an end': [`{{ ${'('.repeat(100_000)}`, tooMuch],
  'spaces, in whose square the engine takes its time': [
    `${' '.repeat(400_000)}x`,
    /^template: The template has 400,000 whitespace characters in a row\. The limit is 1,000\.$/,
  ],
  'more text than any template': [
    'x'.repeat(1_000_001),
    /^template: The template has 1,000,001 characters\. The limit is 1,000,000\.$/,
  ],
};

// They took minutes and gigabytes, so all of them run in a process that can be ended and has little memory.
for (const name of ['renderChat', 'renderJinja']) {
  test(`${name} ends, with a sentence, whatever a template does`, () => {
    const code = `
      import { ${name} } from ${JSON.stringify(entry)};
      import { readFileSync } from 'node:fs';
      const said = JSON.parse(readFileSync(0, 'utf8')).map((template) => {
        try { return { text: ${name}(template, ${name === 'renderChat' ? '[]' : '{}'}).length }; }
        catch ({ name, code, message }) { return { name, code, message }; }
      });
      console.log(JSON.stringify(said));`;
    const { stdout, signal, stderr } = spawnSync(
      process.execPath,
      ['--max-old-space-size=700', '--input-type=module', '-e', code],
      {
        input: JSON.stringify(Object.values(hostile).map(([template]) => template)),
        timeout: 240_000,
        encoding: 'utf8',
      },
    );
    assert.equal(signal, null, `it does not end, or takes all memory: ${stderr.slice(-500)}`);
    const said = JSON.parse(stdout);
    for (const [index, [what, [, message]]] of Object.entries(hostile).entries()) {
      assert.equal(said[index].name, 'ShotglassError', what);
      assert.equal(said[index].code, 'invalid-option', what);
      assert.match(said[index].message, message, what);
    }
  });
}

test('what a conversation takes is far within the bounds', () => {
  const template =
    "{% for m in messages %}{% if loop.index0 == messages|length - 1 %}{{ '!' }}{% endif %}" +
    "{{ '<|im_start|>' + m['role'] + '\\n' + m['content'].strip() + '<|im_end|>' + '\\n' }}{% endfor %}";
  const messages = Array.from({ length: 2000 }, (_, index) => ({
    role: index % 2 === 0 ? 'user' : 'assistant',
    content: `${'word '.repeat(150)}${index}`,
  }));
  const text = renderChat(template, messages);
  assert.equal(text.split('<|im_start|>').length, messages.length + 1);
  assert.equal(
    renderJinja('{{ text }}{{ range(100000)|length }}', { text: 'x'.repeat(5_000_000) }).length,
    5_000_006,
  );
});

test('dates are written in English, whatever the machine speaks', () => {
  assert.match(
    renderChat("{{ strftime_now('%d %b %B %Y %H:%M %% %q') }}", []),
    /^\d\d [A-Z][a-z]{2} [A-Z][a-z]+ \d{4} \d\d:\d\d % %q$/,
  );
});
