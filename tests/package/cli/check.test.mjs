// Which prompt `snapshot --check` asks for an element of a page: that which the element itself asks.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { compareSnapshots, renderPrompt, snapshotHtml } from 'shotglass';
import { arrow, presets, questionAnswer, review, templates } from 'shotglass/presets';
import { recordOf } from 'shotglass/records';
import { checkElement, questionOf } from '../../../pkg/dist/cli/page/check-element.js';
import { checkFile } from '../../../pkg/dist/cli/page/check-file.js';
import { elementsOf } from '../../../pkg/dist/cli/page/find-elements.js';
import { bytesOf, textOf } from '../../../pkg/dist/snapshot/token.js';

let folder;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shotglass-check-'));
});
after(() => rm(folder, { recursive: true, force: true }));

const found = (html) => elementsOf(html, false)[0];
const asked = (html, snapshot = null) => {
  const { task, shots } = questionOf(found(html), snapshot);
  return renderPrompt(task, { shots }).text;
};
const list = '<dl><dt>cat</dt><dd>cats</dd><dt>box</dt></dl>';
const tag = (attributes, inner = list) => `<shot-glass ${attributes}>${inner}</shot-glass>`;
const presetOf = (id) => presets.find((preset) => preset.id === id);

/** A snapshot of a task, whose figures are made up. */
function snapshotOf(task, { text = [], candidates = [] } = {}) {
  const results = task.demonstrations.map((_, i) => ({
    shots: i + 1,
    tokens: 9,
    candidates,
    rest: { count: 49_152 - candidates.length, p: 0.5 },
    entropy: 1,
    text,
    classification: null,
  }));
  const model = {
    name: 'm',
    sha256: 'b'.repeat(64),
    bytes: 1,
    quantization: 'Q4_1',
    activationBits: 16,
  };
  return { version: 1, shotglass: '0.1.0', model, task, results };
}

test('the templates have the names that pages write', () => {
  assert.deepEqual(templates, { questionAnswer, review, arrow });
});

test('the prompt is that of the element', () => {
  assert.equal(asked(tag('')), 'Q: cat\nA: cats\n\nQ: box\nA:');
  assert.equal(asked(tag('template="arrow" shots="0"')), 'box =>');
  // A preset goes on where the page stops, and has its own number of shots.
  const { task, shots } = presetOf('plural');
  assert.equal(asked(tag('preset="plural"', '')), renderPrompt(task, { shots }).text);
  const pairs = task.demonstrations.slice(0, 2);
  const short = `<dl>${pairs.map(({ input, output }) => `<dt>${input}</dt><dd>${output}</dd>`).join('')}<dt>${task.query}</dt></dl>`;
  assert.equal(asked(tag('preset="plural"', short)), renderPrompt(task, { shots: 2 }).text);
  assert.equal(questionOf(found(tag('preset="plural" shots="1"', short)), null).shots, 1);
});

test('a task need not have an instruction', () => {
  const task = { template: questionAnswer, demonstrations: [{ input: 'a', output: 'b' }] };
  const json = JSON.stringify({ ...task, query: 'c' }).replaceAll('"', '&quot;');
  assert.equal(asked(tag(`task="${json}"`, '')), 'Q: a\nA: b\n\nQ: c\nA:');
});

test('labels may be JSON, and the view follows from them', () => {
  const question = (attributes) => questionOf(found(tag(attributes)), null);
  const { task, view } = question('labels="[&quot;a, b&quot;, &quot;c&quot;]"');
  assert.deepEqual(task.labels, ['a, b', 'c']);
  assert.equal(view, 'labels');
  assert.equal(question('labels="a, c" view="tokens"').view, 'tokens');
  assert.deepEqual(question('labels="a, c"').task.labels, ['a', 'c']);
});

test('what has no template has that of its snapshot', () => {
  const demonstrations = [{ input: 'cat', output: 'cats' }];
  const task = { instruction: '', template: arrow, demonstrations, query: 'box' };
  assert.equal(asked(tag('snapshot="a.json"'), snapshotOf(task)), 'cat => cats\nbox =>');
  const { isOther } = questionOf(found(tag('snapshot="a.json"')), snapshotOf(task));
  assert.equal(isOther, false);
  const other = snapshotOf({ ...task, query: 'fox' });
  assert.equal(questionOf(found(tag('template="arrow"')), other).isOther, true);
});

test('texts are read as a browser reads them', () => {
  const light = (inner) => found(tag('', inner)).light;
  assert.equal(light(`${list}<p>behind</p>`).instruction, null);
  assert.equal(light(`<div><p>deeper</p></div><p>Do.</p>${list}`).instruction, 'Do.');
  assert.equal(light(`<p>open${list}`).instruction, 'open');
  assert.equal(light('<p>alone</p>').instruction, null);
  // Without its end tag an element has the white space up to the next one.
  const open = light('<dl>\r\n  <dt>cat\n      <dd>cats\n  <dt>box\n</dl>');
  assert.deepEqual(open.demonstrations, [{ input: 'cat\n      ', output: 'cats\n  ' }]);
  assert.equal(open.query, 'box\n');
  assert.equal(light('<dl><dt>\n    cat\n  </dt></dl>').query, 'cat');
  assert.equal(light('<dl><dt>cat </dt></dl>').query, 'cat ');
  assert.equal(found('<shot-glass shots="1" shots="2">').getAttribute('shots'), '1');
});

test('a page is parsed as a browser parses it', () => {
  const pairOf = (html) => {
    const [{ light }, ...others] = elementsOf(html, false);
    assert.deepEqual(others, [], html);
    return [...light.demonstrations.map(({ input, output }) => `${input}=${output}`), light.query];
  };
  // Upper case, a comment within a text, an entity that is not one of XML's, and one without its semicolon.
  assert.deepEqual(
    pairOf(
      '<SHOT-GLASS><DL><DT>a<!-- no -->b<DD>caf&eacute;<DT>&lt;b&gt; &amp c</DL></SHOT-GLASS>',
    ),
    ['ab=café', '<b> & c'],
  );
  // An attribute may contain what looks like a tag, and a comment what looks like an attribute.
  assert.deepEqual(pairOf(`<p title="<shot-glass>">x</p><!-- " -->${tag('')}`), [
    'cat=cats',
    'box',
  ]);
  // A list in a comment of the element is not its list.
  assert.deepEqual(pairOf(tag('', `<!-- <dl><dt>no</dt></dl> -->${list}`)), ['cat=cats', 'box']);
  for (const hidden of ['template', 'script', 'style', 'textarea', 'title', 'noscript']) {
    // Also where its end tag is missing, which hides the rest of the page.
    assert.deepEqual(elementsOf(`<${hidden}>${tag('')}`, false), [], hidden);
    const html = `<${hidden}>${tag('')}</${hidden}>\n${tag('')}`;
    assert.deepEqual(
      elementsOf(html, false).map(({ line }) => line),
      [2],
      hidden,
    );
  }
  // A list ends the paragraph that it stands in, and the element in the paragraph with it.
  assert.deepEqual(pairOf(`<p>${tag('')}</p>`), [null]);
  // A row of the head is not one of the body, even where it has a number.
  const table = `<table><thead><tr><th>a<td>1<tbody><tr><th>b<td>2</table>`;
  assert.deepEqual(
    found(tag('', table)).table.rows.map(({ name }) => name),
    ['b'],
  );
});

test('in Markdown, code contains no elements, and whatever tags it shows', () => {
  const lines = (text) => elementsOf(text, true).map(({ line }) => line);
  assert.deepEqual(lines(`Write \`<template>\`, and\n\n${tag('')}`), [3]);
  assert.deepEqual(lines(`\`\`\`html\n<!-- open\n${tag('')}\n\`\`\`\n${tag('')}`), [5]);
  assert.deepEqual(lines(`<https://example.com>\r\n\r\n${tag('')}\r\n${tag('')}`), [3, 4]);
  // Within an element a fence and a backquote are text.
  const [{ light }] = elementsOf(tag('', '<dl><dt>`a`\n```\nb</dt></dl>'), true);
  assert.equal(light.query, '`a`\n```\nb');
});

test('an attribute that the element does not know is a sentence', () => {
  const refused = (attributes, message) =>
    assert.throws(() => questionOf(found(tag(attributes)), null), {
      code: 'invalid-option',
      message,
    });
  refused('preset="lost"', /^preset="lost" is not known here/);
  refused('labels="one"', /^labels="one" .+ two labels or more/);
  refused('view="bars"', /^view="bars" /);
});

const rows = (...all) =>
  `<table><tbody>${all.map(([name, p]) => `<tr><th>${name}<td><data value="${p}">${p}</data>`).join('')}</tbody></table>`;
const model = {
  info: { sha256: 'b'.repeat(64) },
  predict: async () => ({
    candidates: [
      { bytes: Buffer.from(' cats'), p: 0.75 },
      { bytes: Buffer.from(' dogs'), p: 0.125 },
    ],
    rest: { count: 49_150, p: 0.125 },
  }),
};
const checked = async (...all) => {
  const element = found(tag('', list + rows(...all)));
  const options = { tolerance: 1e-4, signal: new AbortController().signal };
  return checkElement(model, element.table, questionOf(element, null), options);
};

test('a table of tokens is one by its view, whatever marks them and in any language', async () => {
  for (const name of ['49,150 other tokens', '其余 49,150 个词元', 'all other tokens']) {
    const { figures, messages } = await checked(['␠cats', 0.75], ['␣dogs', 0.125], [name, 0.125]);
    assert.deepEqual([figures, messages], [3, []], name);
  }
  const { messages } = await checked(['␣cats', 0.5], ['其余 7 个词元', 0.25]);
  assert.deepEqual(messages, [
    "'␣cats' was 50.0% and is 75.0%.",
    "'其余 7 个词元': there are 49,151 other tokens.",
  ]);
});

test('what is written as HTML asks the same prompt, however odd its texts', () => {
  const demonstrations = [
    { input: 'a', output: 'x' },
    { input: 'b ', output: ' y"<&' },
  ];
  const plain = { instruction: 'Do.', template: arrow, demonstrations, query: 'c\r\n' };
  const tasks = [
    plain,
    { ...plain, instruction: '', template: { ...review, inputPrefix: 'R>"' } },
    { ...plain, query: '\n  indented\n' },
    { ...plain, instruction: ' \nDo.', demonstrations: [{ input: '\n', output: '\t\nx' }] },
    { ...plain, labels: ['[x]', 'y'] },
    { ...plain, labels: ['a, b', ' c'] },
    { ...plain, labels: ['x', 'y'] },
    { ...plain, labels: ['', 'y'] },
    { ...plain, labels: ['x', 'x', 'y'] },
  ];
  for (const task of tasks) {
    const written = found(snapshotHtml(snapshotOf(task), { view: 'tokens' }));
    const question = questionOf(written, null);
    const { text } = renderPrompt(question.task, { shots: question.shots });
    assert.equal(text, renderPrompt(task).text);
    assert.deepEqual(question.task.labels, task.labels);
  }
  const preset = presetOf('sentiment').task;
  const indented = snapshotOf({ ...preset, query: '\nfine' });
  assert.match(snapshotHtml(indented, { preset: 'sentiment' }), /^<shot-glass task=/);
});

test('one label is not written, for the element does not know what to do with it', () => {
  const demonstrations = [{ input: 'a', output: 'x' }];
  const task = { instruction: '', template: arrow, demonstrations, query: 'c', labels: ['x'] };
  const snapshot = snapshotOf(task);
  const classification = { rule: 'sum', labels: [{ label: 'x', p: 1 }], mass: 0.5 };
  snapshot.results[0].classification = classification;
  assert.match(snapshotHtml(snapshot), /^<shot-glass template="arrow" shots="1" view="tokens">/);
  assert.throws(() => snapshotHtml(snapshot, { view: 'labels' }), { code: 'invalid-option' });
});

// The bytes of one emoji over three tokens.
const split = ['f09f', '98', '80'].map((bytes, id) => ({ id, text: '\ufffd', bytes, logprob: -1 }));

test('a character that lies in several tokens is one', () => {
  assert.equal(textOf(split), '😀');
  assert.deepEqual([...bytesOf(split[0])], [0xf0, 0x9f]);
  assert.equal(textOf([{ text: '\ufeffa' }]), '\ufeffa');
  const demonstrations = [{ input: 'a', output: 'b' }];
  const task = { instruction: '', template: arrow, demonstrations, query: 'c' };
  const snapshot = snapshotOf(task, { text: split });
  assert.match(snapshotHtml(snapshot, { view: 'text' }), /<p class="continuation">😀<\/p>/);
  const [{ message }] = compareSnapshots(snapshot, snapshotOf(task));
  assert.match(message, /the text was “😀” and is “”/);
});

test('a snapshot is looked for where the page says, or that it was not is said', async () => {
  const page = join(folder, 'page.html');
  const check = async (attributes, root) => {
    await writeFile(page, tag(attributes, ''));
    return checkFile(page, { root, model: () => assert.fail('no model is needed') });
  };
  const path = (name) => new RegExp(`${name.replaceAll('.', '\\.')} could not be read`);
  await assert.rejects(check('snapshot="a%20b.json?v=1#x"'), {
    message: path(`${folder}/a b.json`),
  });
  await assert.rejects(check('snapshot="/snaps/x.json"', '/site'), {
    message: path(' /site/snaps/x.json'),
  });
  await assert.rejects(check('snapshot="%zz.json"'), {
    code: 'invalid-option',
    message: /page\.html:1: snapshot="%zz\.json" is not a valid address/,
  });
  const rooted = await check('snapshot="/snaps/x.json"');
  assert.deepEqual([rooted.figures, rooted.differences], [0, []]);
  assert.match(rooted.notChecked[0].message, /\/snaps\/x\.json .+ --root/);
  const foreign = await check('snapshot="https://example.org/x.json"');
  assert.match(foreign.notChecked[0].message, /is on another site/);
});

/** Parts of a model that ends every word, so that a whole word is as probable as its tokens. */
const ended = {
  info: { endTokens: [] },
  vocabulary: async () => [{ id: 0, text: '.', bytes: Uint8Array.of(46) }],
  logprobs: async () => Float32Array.of(0),
};

test("a tag that shows the package's record of its preset has the figures of that record", async () => {
  const record = await recordOf('plural');
  const figures = record.results.reduce((sum, { candidates }) => sum + candidates.length + 4, 0);
  const file = join(folder, 'preset.html');
  /** A model that says what was recorded, but for the first token after 4 shots. */
  const modelOff = (off) => {
    const at = (prompt) =>
      record.results.find(
        ({ shots }) => renderPrompt(record.task, { shots }).text === (prompt.text ?? prompt),
      );
    const stepOf = (token) => ({ ...token, bytes: bytesOf(token) });
    return {
      ...ended,
      info: { ...ended.info, ...record.model },
      predict: async (prompt) => {
        const { candidates, shots, ...rest } = at(prompt);
        const moved = candidates.map(({ logprob, ...token }, i) =>
          stepOf({ ...token, logprob: shots === 4 && i === 0 ? logprob + off : logprob }),
        );
        return { ...rest, candidates: moved };
      },
      score: async (prompt) => [{ logprob: at(prompt).answer, tokens: [] }],
      generate: async function* (prompt) {
        for (const token of at(prompt).text) {
          yield { ...stepOf(token), textDelta: token.text, finish: null };
        }
      },
    };
  };
  const check = async (html, off = 0) => {
    await writeFile(file, html);
    const model = async () => modelOff(off);
    return checkFile(file, { model, tolerance: 1e-4, signal: new AbortController().signal });
  };
  const bare = tag('preset="plural" shots="4" view="tokens" editable', '');
  assert.deepEqual(await check(bare), { file, figures, differences: [], notChecked: [] });
  const [{ where, message }] = (await check(bare, -0.01)).differences;
  assert.equal(where, `${file}:1 (preset plural)`);
  assert.match(message, /^After 4 shots, the token ␣horses was 91\.6% and is 90\.7%\.$/);
  for (const other of [
    'preset="plural" model="https://example.com/other.gguf"',
    `preset="plural" model-sha256="${'0'.repeat(64)}"`,
  ]) {
    assert.equal((await check(tag(other, ''))).figures, 0, other);
  }
  assert.equal((await check(tag('preset="plural"'))).figures, 0, 'it asks another query');
});

test('a ladder is checked column by column, of the right answer or of the token that its header names', async () => {
  const demonstrations = ['cat', 'dog'].map((input) => ({ input, output: `${input}s` }));
  const task = { instruction: '', template: arrow, demonstrations, query: 'fox' };
  const snapshot = snapshotOf(task, { candidates: [{ id: 1, text: ' Fox', logprob: -2 }] });
  const [one, two] = snapshot.results;
  snapshot.results.unshift({ ...one, shots: 0, answer: -3 });
  Object.assign(one, { answer: -1 });
  Object.assign(two, { answer: -0.5 });
  const right = { ...snapshot, answer: 'foxes' };
  const fake = {
    ...ended,
    info: { ...ended.info, ...snapshot.model },
    score: async (text, [continuation]) => {
      assert.equal(continuation, ' foxes');
      return [{ logprob: [-3, -1, -0.5][text.split('\n').length - 1], tokens: [] }];
    },
    predict: async () => ({ candidates: [{ bytes: Buffer.from(' Fox'), p: Math.exp(-2) }] }),
  };
  const check = (html, spoil = (text) => text) => {
    const element = found(spoil(html));
    const options = { tolerance: 1e-4, signal: new AbortController().signal };
    return checkElement(fake, element.table, questionOf(element, null), options);
  };
  const html = snapshotHtml(right, { view: 'ladder', shots: 1 });
  assert.match(html, /^<shot-glass template="arrow" shots="1" view="ladder" answer="foxes">/);
  assert.match(html, /<dt>cat<\/dt><dd>cats<\/dd>\n +<dt hidden>dog<\/dt><dd hidden>dogs<\/dd>/);
  assert.match(html, /<th scope="col">Shots<\/th><th scope="col">p of <code>␣foxes<\/code><\/th>/);
  assert.match(html, /<th scope="row">2<\/th><td><data value="0.606531">60.7%<\/data>/);
  assert.deepEqual(await check(html), { figures: 3, messages: [] });

  const moved = await check(html, (text) => text.replace('0.606531', '0.6'));
  assert.deepEqual(moved.messages, ["'␣foxes after 2' was 60.0% and is 60.7%."]);
  const other = await check(html, (text) => text.replace('␣foxes', '␣fox'));
  assert.deepEqual(other.messages, ["The table is of '␣fox', and the right answer is '␣foxes'."]);
  const none = await check(html, (text) => text.replace('"row">2<', '"row">3<'));
  assert.deepEqual(none.messages, ["'3' is not a number of shots from 0 to 2."]);

  const ranked = snapshotHtml(snapshot, { view: 'ladder' });
  assert.match(ranked, /view="ladder">.*what ranks first by number of shots.*<code>␣Fox</s);
  assert.deepEqual(await check(ranked), { figures: 3, messages: [] });
  const unnamed = await check(ranked, (text) => text.replace(' of <code>␣Fox</code>', ''));
  assert.match(unnamed.messages[0], /does not say which answer/);
});
