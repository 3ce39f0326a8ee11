// What the page can be taken along as: each format is read by a reader of its own kind, and says what the page says.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { classify, Model, renderPrompt, taskLabels } from 'shotglass';
import { renderJinja } from 'shotglass/jinja';
import { modelFile } from '../../support/files.mjs';
import { labModule } from '../module.mjs';

const { csv } = await labModule('share/formats/csv.ts');
const { harness } = await labModule('share/formats/harness.ts');
const { html } = await labModule('share/formats/html.ts');
const { javascript } = await labModule('share/formats/javascript.ts');
const { json } = await labModule('share/formats/json.ts');
const { markdown } = await labModule('share/formats/markdown.ts');
const { picture } = await labModule('share/pictures/picture.ts');
const { receiptOf } = await labModule('share/receipt.ts');
const { verify } = await labModule('share/receipt-check.ts');
const { sha256Of } = await labModule('util/fingerprint.ts');
const { askedOf, promptOf } = await labModule('app/prompt.ts');
const { draftOf, openPreset, reduce } = await labModule('app/state.ts');
const { defaultSettings } = await labModule('app/settings.ts');
const { presets, presetById } = await labModule('presets/index.ts');

let model;
before(async () => {
  model = await Model.load(modelFile, { activationBits: 16 });
});
after(() => model?.close());

const bytesOf = (text) => new TextEncoder().encode(text);
const token = (text, p, rank) => ({
  id: rank,
  text,
  bytes: bytesOf(text),
  p,
  logprob: Math.log(p),
  rank,
});

/** A prediction of tokens that every format has trouble with. */
const oddPrediction = {
  candidates: [
    token(' a|b`', 0.5, 1),
    token('"x",\n', 0.2, 2),
    token('</td><script>&', 0.1, 3),
    { ...token('\ufffd', 0.05, 4), bytes: Uint8Array.of(0xe2, 0x80) },
  ],
  rest: { count: 49_148, p: 0.15 },
  entropy: 1.234567,
  tokens: 12,
};

function shownOf(draft, more = {}) {
  return {
    draft,
    settings: defaultSettings,
    prompt: promptOf(draft).text,
    model: { name: 'SmolLM2 `135`', file: 'm.gguf', sha256: 'ab'.repeat(32), activationBits: 16 },
    prediction: oddPrediction,
    classification: null,
    version: '0.1.0',
    ...more,
  };
}

const edited = (preset, ...actions) => actions.reduce(reduce, openPreset(presetById(preset))).draft;
const oddText = 'a```b\n````\r{{ x }} {% y %} {# z #} {</script>"\'\\|\t\u0085\u2028👩‍👩‍👧 中文';

test('Markdown: no prompt closes its fence, no token leaves its cell', () => {
  const draft = edited('past-tense', { type: 'query', text: oddText });
  const { text } = markdown(shownOf(draft));
  const [fence] = /^`+/.exec(text);
  assert.equal(fence, '`````');
  const end = text.indexOf(`\n${fence}\n`, fence.length);
  assert.equal(text.slice(`${fence}text\n`.length, end), promptOf(draft).text);
  const rows = text
    .slice(end)
    .split('\n')
    .filter((line) => line.startsWith('|'));
  assert.equal(rows.length, 2 + oddPrediction.candidates.length + 1);
  for (const row of rows) assert.equal(row.match(/(?<!\\)\|/g).length, 6, row);
  assert.match(rows[2], /`` ?␣a\\\|b` ?`` \| 50\.0% \| 0\.5 \| −0\.693 \|$/);
  assert.match(rows.at(-1), /49,148 other tokens \| 15\.0% \| 0\.15 \|/);
  assert.ok(text.includes('ab'.repeat(32)) && text.includes('1.23 nats'));
});

test('CSV: a reader of RFC 4180 gets every token and every digit back', () => {
  const { text } = csv(shownOf(draftOf(presets[0])));
  assert.match(text, /^rank,id,token,bytes,count,p,logprob\r\n/);
  assert.equal(text.replace(/"(?:[^"]|"")*"/g, '').match(/(?<!\r)\n/), null, 'lines end in CRLF');
  const Papa = createRequire(new URL('../../../pkg/package.json', import.meta.url))('papaparse');
  const { data, errors } = Papa.parse(text, {
    header: true,
    skipEmptyLines: true,
    newline: '\r\n',
  });
  assert.deepEqual(errors, []);
  assert.deepEqual(
    data.slice(0, 4).map((row) => row.token),
    oddPrediction.candidates.map((one) => one.text),
  );
  assert.deepEqual(
    data.map((row) => Number(row.p)),
    [0.5, 0.2, 0.1, 0.05, 0.15],
  );
  assert.equal(data[3].bytes, 'E2 80');
  assert.equal(data[4].count, '49148');
  assert.equal(csv(shownOf(draftOf(presets[0]), { prediction: null })), null);
  const quote = { ...oddPrediction, candidates: [token('"', 1, 1)] };
  const [, line] = csv(shownOf(draftOf(presets[0]), { prediction: quote })).text.split('\r\n');
  assert.equal(line, '1,1,"""",22,1,1,0', 'a quote that stands alone is quoted and doubled');
  const formula = { ...oddPrediction, candidates: [token('=1+1', 1, 1)] };
  const [, second] = csv(shownOf(draftOf(presets[0]), { prediction: formula })).text.split('\r\n');
  assert.equal(second, "1,1,'=1+1,3D 31 2B 31,1,1,0", 'a spreadsheet does not compute a token');
});

test('JSON: the task in it renders to the prompt in it', () => {
  for (const draft of [
    draftOf(presetById('sentiment')),
    edited(
      'topics',
      { type: 'query', text: `${oddText}\ud83d` },
      { type: 'append', text: ' Sports' },
    ),
    edited('translate', { type: 'text', text: 'free text =>' }),
    edited(
      'arithmetic',
      { type: 'exclude', index: 0, excluded: true },
      { type: 'instruction', text: 'Add.' },
    ),
  ]) {
    const shown = shownOf(draft);
    const all = JSON.parse(json(shown).text);
    const { task, shots, query, appended } = all;
    assert.equal(renderPrompt(task, { shots, query }).text + appended, shown.prompt);
    assert.equal(all.prompt, shown.prompt);
    assert.equal(all.prediction.candidates[3].bytes, 'E2 80');
    assert.deepEqual([all.format, all.version], ['shotglass-prediction', 1]);
  }
});

test('HTML: nothing of the prompt or of a token becomes markup', () => {
  const draft = edited(
    'sentiment',
    { type: 'query', text: oddText },
    { type: 'demonstration', index: 0, field: 'input', text: '<img src=x onerror=alert(1)> & "q"' },
    { type: 'instruction', text: '</shot-glass><b>' },
  );
  const { text } = html(shownOf(draft));
  const tags = [...text.matchAll(/<\/?([a-z-]+)/g)].map(([, name]) => name);
  const ours = [
    'script',
    'shot-glass',
    'p',
    'dl',
    'dt',
    'dd',
    'table',
    'caption',
    'thead',
    'tbody',
    'tr',
    'th',
    'td',
    'data',
    'code',
  ];
  assert.deepEqual(
    [...new Set(tags)].filter((name) => !ours.includes(name)),
    [],
  );
  assert.equal(tags.filter((name) => name === 'shot-glass').length, 2);
  assert.match(text, /^<shot-glass template="review" labels="Negative, Positive" shots="4"/m);
  assert.ok(text.includes('&#13;{{ x }}'), 'a carriage return survives the parser');
  assert.ok(text.includes('&lt;img src=x onerror=alert(1)&gt; &amp; &quot;q&quot;'));
  assert.equal(text.match(/<dt>/g).length, 5);
  assert.equal(text.match(/<dd>/g).length, 4);
  assert.equal(tags.filter((name) => name === 'script').length, 2);
  assert.ok(text.includes('<td><data value="0.15">15.0%</data></td>'));
  assert.ok(!html(shownOf(draft, { prediction: null })).text.includes('<table'));
});

test('HTML: the tag says all that the list does not', () => {
  const tagOf = (draft, more) =>
    /^<shot-glass [^>]*/m.exec(html(shownOf(draft, more)).text)[0].replaceAll('&quot;', '"');
  const classification = {
    labels: [
      { label: 'Negative', p: 0.25 },
      { label: 'Positive', p: 0.75 },
    ],
    mass: 0.5,
    predicted: 1,
  };
  const labels = html(shownOf(draftOf(presetById('sentiment')), { classification })).text;
  assert.match(labels, /^<shot-glass preset="sentiment" shots="4" view="labels">/m);
  assert.ok(labels.includes('<th scope="row">Positive</th><td><data value="0.75">75.0%</data>'));
  assert.ok(labels.includes('<th scope="row">All labels together</th><td><data value="0.5">'));

  const settings = { ...defaultSettings, comparison: 'contentFree' };
  const compared = tagOf(draftOf(presetById('sentiment')), { classification, settings });
  assert.match(compared, /view="tokens"/, 'the element compares labels with nothing');

  const format = presetById('writing').task.template;
  const other = edited('sentiment', { type: 'format', template: format });
  assert.match(tagOf(other), /^<shot-glass template="\{.*\}" labels="Negative, Positive" /);
  const named = edited('plural', { type: 'labels', labels: ['a, b', 'c'] });
  assert.match(tagOf(named), /^<shot-glass template="questionAnswer" labels="\["a, b","c"\]" /);
  const bare = edited('topics', { type: 'instruction', text: '' });
  assert.match(tagOf(bare), /^<shot-glass template=/, 'the preset would bring its instruction');
  const appended = edited('plural', { type: 'append', text: ' The' });
  assert.match(tagOf(appended), /^<shot-glass template="\{.*\}" shots="0" /);
  assert.ok(html(shownOf(appended)).text.includes('A: The</dt>'));
  const indented = edited('plural', { type: 'query', text: '\nhorse' });
  assert.match(tagOf(indented), /^<shot-glass task="\{.*\}" /, 'or the element would trim it');
});

test('HTML: all is there that the slider needs, the script and the rows that are not in the prompt', () => {
  const draft = edited(
    'plural',
    { type: 'demonstration', index: 9, field: 'output', text: 'last & least' },
    { type: 'exclude', index: 1, excluded: true },
  );
  const { text } = html(shownOf(draft));
  const [note, script] = text.split('\n');
  assert.match(note, /^<!-- .*npx shotglass embed shotglass.* -->$/);
  assert.equal(script, '<script type="module" src="shotglass/dist/element/define.js"></script>');
  const { shots } = draft;
  const all = draft.task.demonstrations.filter(({ excluded }) => !excluded);
  const pairs = [...text.matchAll(/<dt( hidden)?>(.*?)<\/dt><dd( hidden)?>(.*?)<\/dd>/g)];
  assert.deepEqual(
    pairs.map(([, isHidden, input, isAlso, output]) => [
      isHidden === ' hidden',
      input,
      output,
      isHidden === isAlso,
    ]),
    all.map(({ input, output }, i) => [i >= shots, input, output.replace('&', '&amp;'), true]),
  );
  assert.ok(pairs.length > shots, 'there are rows that are not in the prompt');
});

/** Runs a module in Node, with `shotglass` to be found. */
async function run(source) {
  const folder = mkdtempSync(join(tmpdir(), 'shotglass-'));
  const file = join(folder, 'snippet.mjs');
  writeFileSync(
    file,
    source.replace("from 'shotglass'", `from ${JSON.stringify(import.meta.resolve('shotglass'))}`),
  );
  try {
    return await new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [file], { stdio: ['ignore', 'pipe', 'pipe'] });
      let out = '';
      let error = '';
      child.stdout.on('data', (data) => (out += data));
      child.stderr.on('data', (data) => (error += data));
      child.on('exit', (code) => (code === 0 ? resolve(out) : reject(new Error(error))));
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('JavaScript: the snippet runs as it stands, and prints the numbers of the page', async () => {
  const draft = edited(
    'sentiment',
    { type: 'query', text: 'A "fine" film.\r\n\u2028 中文' },
    { type: 'shots', shots: 3 },
  );
  const settings = { ...defaultSettings, rule: 'perToken', comparison: 'contentFree', topK: 5 };
  const prompt = promptOf(draft).text;
  const { task, shots } = askedOf(draft);
  const prediction = await model.predict(prompt, { topK: 5 });
  const reference = ['N/A', '', '[MASK]'].map((query) => renderPrompt(task, { shots, query }));
  const classification = await classify(model, prompt, taskLabels(task), {
    rule: 'perToken',
    reference,
  });
  const own = { name: 'm', file: modelFile, sha256: 'ef'.repeat(32), activationBits: 16 };
  const of = (more) =>
    javascript(shownOf(draft, { settings, prediction, classification, model: own, ...more })).text;
  const right = of({ model: { ...own, sha256: model.info.sha256 } });
  assert.match(
    right,
    /Model\.load\(undefined, \{ activationBits: 16 \}\)/,
    'the default model has no address',
  );
  // Another file than the default one is named and checked, so the snippet is run in that form.
  const other = of({});
  assert.match(other, /sha256: "(ef){32}"/);
  const out = await run(other.replaceAll('ef'.repeat(32), model.info.sha256));
  const lines = out.trim().split('\n');
  prediction.candidates.forEach(({ text, p }, index) => {
    const line = lines[index];
    assert.ok(line.startsWith(JSON.stringify(text)), `${line} is not ${text}`);
    assert.ok(Math.abs(Number(line.split(' ').at(-1)) - p) < 1e-6);
  });
  const labelLines = lines.slice(-3, -1).map((line) => line.split(' '));
  classification.labels.forEach(({ label, p }, index) => {
    assert.equal(labelLines[index][0], label);
    assert.ok(Math.abs(Number(labelLines[index][1]) - p) < 1e-6);
  });
  assert.ok(Math.abs(Number(lines.at(-1).split(' ').at(-1)) - classification.mass) < 1e-6);
});

/** As lm-evaluation-harness joins them: `get_context` in lm_eval/api/samplers.py, `fewshot_context` in task.py. */
function harnessPrompt(files) {
  const [yaml, ...data] = files;
  const value = (name) => {
    const [, text] = new RegExp(`^${name}: (.*)$`, 'm').exec(yaml.text) ?? [];
    return text === undefined ? undefined : text.startsWith('"') ? JSON.parse(text) : text;
  };
  const rowsOf = (split) => {
    const [, name] = new RegExp(`^ {4}${split}: (.*)$`, 'm').exec(yaml.text) ?? [];
    const file = data.find((one) => one.name === (name && JSON.parse(name)));
    return file
      ? file.text
          .trimEnd()
          .split('\n')
          .map((line) => JSON.parse(line))
      : [];
  };
  const docToText = (row) => renderJinja(value('doc_to_text'), row);
  const [doc] = rowsOf('test');
  let prompt = renderJinja(value('description') ?? '', doc);
  const shown = rowsOf('train').slice(0, Number(value('num_fewshot')));
  for (const row of shown) {
    prompt += docToText(row);
    const target = row[value('doc_to_target')];
    if (target !== '') prompt += value('target_delimiter') + target + value('fewshot_delimiter');
  }
  return prompt + docToText(doc);
}

test('lm-evaluation-harness builds the same prompt', () => {
  const odd = {
    type: 'insert',
    at: 0,
    demonstrations: [{ input: oddText, output: `${oddText} ` }],
  };
  const drafts = [
    ...presets.map(draftOf),
    edited('sentiment', { type: 'shots', shots: 0 }),
    edited('topics', odd, { type: 'query', text: `  ${oddText}\n` }),
    edited('past-tense', { type: 'instruction', text: oddText }),
    edited(
      'past-tense',
      { type: 'template', field: 'inputPrefix', text: '{' },
      { type: 'template', field: 'outputPrefix', text: '{%\r\n' },
    ),
    edited(
      'past-tense',
      { type: 'template', field: 'inputSuffix', text: '' },
      { type: 'template', field: 'outputPrefix', text: '\n' },
    ),
    edited(
      'past-tense',
      { type: 'template', field: 'outputSeparator', text: '' },
      { type: 'template', field: 'demonstrationSeparator', text: '' },
    ),
    edited('past-tense', { type: 'demonstration', index: 1, field: 'output', text: '' }),
    edited('arithmetic', { type: 'append', text: ' 1' }),
    edited('arithmetic', { type: 'text', text: oddText }),
    edited('arithmetic', { type: 'exclude', index: 1, excluded: true }),
  ];
  for (const draft of drafts) {
    const shown = shownOf(draft);
    assert.equal(harnessPrompt(harness(shown)), shown.prompt);
  }
});

test('lm-evaluation-harness: labels are choices, with the space before them', () => {
  const [yaml, rows, demonstrations] = harness(shownOf(draftOf(presetById('sentiment'))));
  for (const line of [
    'dataset_path: json',
    'output_type: multiple_choice',
    'target_delimiter: " "',
    'fewshot_delimiter: "\\n\\n"',
    'num_fewshot: 4',
    '  - "Negative"',
    'fewshot_split: train',
    '  sampler: first_n',
  ]) {
    assert.ok(yaml.text.split('\n').includes(line), line);
  }
  assert.equal(yaml.name, 'shotglass_sentiment.yaml');
  assert.ok(
    yaml.text.includes(`    train: "${demonstrations.name}"`) &&
      yaml.text.includes(`    test: "${rows.name}"`),
  );
  const shown = demonstrations.text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.deepEqual(
    shown,
    presetById('sentiment').task.demonstrations.slice(0, 4),
    'in their order, and no others',
  );
  const [free] = harness(shownOf(draftOf(presetById('past-tense'))));
  assert.ok(
    free.text.includes('output_type: generate_until') && !free.text.includes('doc_to_choice'),
  );
  assert.match(free.text, /until: \["\\n\\n"\]/);
});

test('the picture holds what the table holds: bars as long as their numbers, a row for the rest, no markup', () => {
  const draft = edited('past-tense', { type: 'query', text: `<b>&\u0001\ud83d` });
  const light = picture(shownOf(draft), 'light').text;
  const dark = picture(shownOf(draft), 'dark').text;
  assert.equal(
    light.replace(/#[0-9a-f]{6}/g, ''),
    dark.replace(/#[0-9a-f]{6}/g, ''),
    'themes differ in colours alone',
  );
  assert.notEqual(light, dark);
  const bars = [...light.matchAll(/width="([\d.]+)" height="20" fill="[^"]+" data-p="([\d.]+)"/g)];
  assert.deepEqual(
    bars.map(([, , p]) => Number(p)),
    [0.5, 0.2, 0.1, 0.05, 0.15],
  );
  const [, track] = /width="([\d.]+)" height="20" fill="[^"]+"\/>/.exec(light);
  for (const [, length, p] of bars)
    assert.ok(Math.abs(Number(length) - Number(track) * Number(p)) < 0.01);
  for (const text of [
    '>50.0%<',
    '>15.0%<',
    '49,148 other tokens',
    'U+0001',
    'U+D83D',
    'SHA-256 abababab…',
    '1.23 nats',
  ]) {
    assert.ok(light.includes(text), text);
  }
  assert.ok(light.includes('&lt;b&gt;&amp;') && light.includes('&lt;/td&gt;'));
  assert.doesNotMatch(light, /<(style|script|image|foreignObject)|href=|style=/);
  const tags = [...light.matchAll(/<(\/?)([a-zA-Z]+)[^>]*?(\/?)>/g)];
  const open = [];
  for (const [, closes, name, empty] of tags) {
    if (closes) assert.equal(open.pop(), name);
    else if (!empty) open.push(name);
  }
  assert.deepEqual(open, [], 'every element is closed');
  assert.equal(picture(shownOf(draft, { prediction: null }), 'light'), null);
});

test('a receipt of the real model matches, and one altered number does not', async () => {
  const draft = draftOf(presetById('sentiment'));
  const prompt = promptOf(draft).text;
  const asked = askedOf(draft);
  const prediction = await model.predict(prompt, { topK: 20 });
  const of = await classify(model, prompt, taskLabels(asked.task), { rule: 'sum' });
  const { name, sha256, activationBits } = model.info;
  const facts = {
    shotglass: '0.1.0',
    model: { name, file: null, sha256, activationBits },
    promptSha256: await sha256Of(prompt),
    sampling: defaultSettings.sampling,
  };
  const receipt = receiptOf(facts, prediction, { of, rule: 'sum', comparison: 'nothing' });
  const verdict = async (receipt, prompt_ = prompt) => {
    const context = { signal: new AbortController().signal, before: null, report() {} };
    for await (const found of verify(model, prompt_, asked, receipt)(context)) return found;
  };
  const right = await verdict(receipt);
  assert.equal(right.matches, true);
  assert.ok(right.largest.difference < 2e-6, 'six digits are all that is lost');
  const altered = {
    ...receipt,
    top: receipt.top.with(3, { ...receipt.top[3], p: receipt.top[3].p + 0.001 }),
  };
  const wrong = await verdict(altered);
  const { what, recorded } = wrong.largest;
  assert.deepEqual([wrong.matches, what], [false, 'token']);
  assert.ok(Math.abs(recorded - altered.top[3].p) < 1e-9);
  const elsewhere = await verdict(receipt, `${prompt} `);
  assert.deepEqual([elsewhere.matches, elsewhere.samePrompt], [false, false]);
});
