// The presets, what is recorded of them, and what the page says of both. No model is asked.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { defaultModel, renderPrompt } from 'shotglass';
import { presets as packaged } from 'shotglass/presets';
import * as digits from '../../../www/record/digits.mjs';
import { seeded } from '../../support/seeded.mjs';
import { labModule } from '../module.mjs';
import { at, leadRecorded, measuredOf, predictionOf, recordings } from '../recordings.mjs';

const { presets } = await labModule('presets/index.ts');
const { contentText } = await labModule('recorded/content.ts');
const { presets: en } = await labModule('strings/en/presets.ts');
const { presets: zh } = await labModule('strings/zh/presets.ts');
const { formatLogprob, formatProbability } = await labModule('ui/numbers.ts');

const ids = packaged.map(({ id }) => id);
const recordFolder = new URL('../../../pkg/src/records/', import.meta.url);
const recordFile = (id) => JSON.parse(readFileSync(new URL(`${id}.json`, recordFolder), 'utf8'));

test('no row is solved above it', () => {
  for (const { id, task, mended, rows } of packaged) {
    const shown = [...task.demonstrations, ...(mended?.task.demonstrations ?? [])];
    const solved = new Set(shown.map(({ input }) => input.trim().toLowerCase()));
    for (const { input } of rows) {
      assert.ok(!solved.has(input.trim().toLowerCase()), `${id}: ${input}`);
    }
    assert.equal(new Set(rows.map(({ input }) => input)).size, rows.length, `${id}: a row twice`);
  }
});

test('where an answer could be copied, no row has that of a demonstration', () => {
  const copied = [
    'capital',
    'qa',
    'translate',
    'unscramble',
    'extract',
    'table',
    'past-tense',
    'plural',
    'antonym',
    'cloze',
  ];
  for (const { id, task, rows } of packaged.filter((preset) => copied.includes(preset.id))) {
    const outputs = new Set(task.demonstrations.map(({ output }) => output));
    for (const { input, output } of rows) assert.ok(!outputs.has(output), `${id}: ${input}`);
  }
});

test('every row has an answer that can be right', () => {
  for (const { id, task, rows } of packaged) {
    if (id === 'writing') assert.equal(rows.length, 0);
    else assert.ok(rows.length >= 20 && rows.length <= 30, `${id}: ${rows.length} rows`);
    for (const { input, output } of rows) {
      assert.equal(output, output.trim(), `${id}: ${input}`);
      assert.notEqual(output, '', `${id}: ${input}`);
      assert.doesNotMatch(output, /\n/, `${id}: ${input}`);
      if (task.labels) assert.ok(task.labels.includes(output), `${id}: ${input}`);
    }
  }
});

test('the letters to unscramble are those of the word, in a circle', () => {
  const { task, rows, queries, answer } = packaged.find(({ id }) => id === 'unscramble');
  const first = { input: queries[0], output: answer };
  for (const { input, output } of [first, ...task.demonstrations, ...rows]) {
    assert.notEqual(input, output);
    assert.equal(input.length, output.length);
    assert.ok(`${output}${output}`.includes(input), `${input}, ${output}`);
  }
});

test('the sums are right', () => {
  const { task, rows, queries, answer } = packaged.find(({ id }) => id === 'arithmetic');
  const first = { input: queries[0], output: answer };
  for (const { input, output } of [first, ...task.demonstrations, ...rows]) {
    const [a, b] = input.split(' plus ').map(Number);
    assert.equal(a + b, Number(output), input);
  }
});

test('every task renders, and ends where an answer begins', () => {
  for (const { id, task, mended, queries, rows } of packaged) {
    for (const one of [task, ...(mended ? [mended.task] : [])]) {
      for (const query of [...queries, ...rows.map(({ input }) => input)]) {
        const { text } = renderPrompt(one, { query });
        assert.ok(text.endsWith(query + one.template.inputSuffix + one.template.outputPrefix), id);
        assert.doesNotMatch(text, /\s$|\r|\t/, id);
      }
      for (const { output } of one.demonstrations) {
        assert.doesNotMatch(output, /^\s|\s$|\n/, id);
      }
    }
  }
});

test('each trap differs from the mended task in the one thing that it is about', () => {
  const byId = Object.fromEntries(packaged.map((preset) => [preset.id, preset]));
  const traps = packaged.filter(({ mended }) => mended).map(({ id }) => id);
  assert.deepEqual(traps, ['double-space', 'bad-example', 'flipped', 'imbalanced']);

  const { task: spaced, mended: single } = byId['double-space'];
  assert.deepEqual(
    { ...spaced, template: { ...spaced.template, outputSeparator: ' ' } },
    single.task,
  );
  assert.equal(spaced.template.outputSeparator, '  ');

  const { task: bad, mended: good, shots } = byId['bad-example'];
  const left = bad.demonstrations.filter((one) => !good.task.demonstrations.includes(one));
  assert.deepEqual(left, [{ input: 'red apple', output: 'vegetable' }]);
  assert.ok(bad.demonstrations.indexOf(left[0]) < shots);
  assert.equal(good.shots, shots - 1);

  const { task: contrary, mended: truthful } = byId.flipped;
  for (const [i, { input, output }] of contrary.demonstrations.entries()) {
    assert.equal(input, truthful.task.demonstrations[i].input);
    assert.notEqual(output, truthful.task.demonstrations[i].output);
  }

  const { task: one, mended: both, shots: four } = byId.imbalanced;
  const outputs = (task) => new Set(task.demonstrations.slice(0, four).map((d) => d.output));
  assert.deepEqual([...outputs(one)], ['Positive']);
  assert.equal(outputs(both.task).size, 2);
});

test('no record is older than its preset', () => {
  for (const preset of packaged) {
    const content = createHash('sha256').update(contentText(preset)).digest('hex');
    const again = `${preset.id} has changed: run cargo xtask record`;
    const record = recordFile(preset.id);
    assert.equal(record.content, content, again);
    assert.deepEqual([record.task, record.opensWith], [preset.task, preset.shots], again);
    assert.equal(measuredOf(preset.id).content, content, again);
  }
  const files = readdirSync(recordFolder).filter((name) => name.endsWith('.json'));
  assert.deepEqual(files.sort(), ids.map((id) => `${id}.json`).sort());
});

test('the content is all that a record depends on, whatever the order of the source', () => {
  const [preset] = packaged;
  const { task, ...rest } = preset;
  const { template, ...others } = task;
  const turned = { ...rest, task: { template, ...others } };
  assert.equal(contentText(turned), contentText(preset));
  for (const changed of [
    { task: { ...task, template: { ...template, outputPrefix: 'A' } } },
    { task: { ...task, demonstrations: task.demonstrations.toReversed() } },
    { queries: ['x'] },
    { rows: preset.rows.slice(1) },
    { answer: 'x' },
  ]) {
    assert.notEqual(contentText({ ...preset, ...changed }), contentText(preset));
  }
});

test('records are of the default model, with 16 bits', () => {
  for (const { model } of ids.map(recordFile)) {
    assert.equal(model.sha256, defaultModel.sha256);
    assert.equal(model.bytes, defaultModel.bytes);
    assert.equal(model.activationBits, 16);
  }
  for (const { id, model } of recordings.values())
    assert.deepEqual(model, recordFile(id).model, 'the page names the model of each');
  const measured = new URL('../../../www/src/measured/measured.json', import.meta.url);
  const { model } = JSON.parse(readFileSync(measured, 'utf8'));
  assert.deepEqual([model.sha256, model.activationBits], [defaultModel.sha256, 16]);
});

test('bars and rest are everything', () => {
  for (const preset of packaged) {
    const recorded = recordings.get(preset.id);
    assert.equal(recorded.results.length, preset.task.demonstrations.length + 1, preset.id);
    for (const shots of recorded.results.keys()) {
      const { candidates, rest, tokens } = predictionOf(recorded, shots);
      const where = `${preset.id}, ${shots} shots`;
      const sum = candidates.reduce((all, { p }) => all + p, rest.p);
      assert.ok(Math.abs(sum - 1) < 1e-4, `${where}: ${sum}`);
      assert.equal(candidates.length + rest.count, 49_152, where);
      assert.deepEqual(
        candidates.map(({ rank }) => rank),
        [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
      );
      const p = candidates.map((candidate) => candidate.p);
      assert.deepEqual(
        p,
        p.toSorted((a, b) => b - a),
        `${where}: best first`,
      );
      for (const { text, bytes } of candidates) {
        assert.equal(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes), text, where);
      }
      assert.ok(shots === 0 || tokens > recorded.results[shots - 1].tokens, where);
    }
    assert.throws(() => predictionOf(recorded, recorded.results.length), /recorded for 0 to/);
  }
});

test('a token that is a part of a character has its bytes', () => {
  const results = [{ candidates: [{ id: 1, text: '\uFFFD', bytes: 'e28e', logprob: -1 }] }];
  const { candidates } = predictionOf({ id: 'x', results }, 0);
  assert.deepEqual([...candidates[0].bytes], [0xe2, 0x8e]);
});

test('the greedy text begins with the best candidate, and has at most twelve tokens', () => {
  for (const [id, { results }] of recordings) {
    for (const { candidates, text } of results) {
      assert.ok(text.length <= 12, id);
      if (text.length === 0) assert.match(candidates[0].text, /^\n|^<\|/, id);
      else assert.deepEqual(text[0], candidates[0], id);
    }
  }
});

test('a recorded number is shown as the live one', () => {
  const next = seeded(7);
  const numbers = Array.from({ length: 3000 }, () => next() ** (1 + 12 * next()));
  // Borders of roundings, and certainty: six digits would not do for these.
  numbers.push(0.99949999999, 0.9999999, 0.12349999999, 0.00994999999, 1 - 2 ** -40, 1e-300);
  for (const p of numbers) {
    const nats = Math.log(p);
    const recorded = digits.logprob(nats);
    assert.equal(formatProbability(digits.probability(p)), formatProbability(p), `${p}`);
    assert.equal(formatProbability(Math.exp(recorded)), formatProbability(Math.exp(nats)), `${p}`);
    assert.equal(formatLogprob(recorded), formatLogprob(nats), `${p}`);
  }
  assert.equal(digits.probability(0.123456789), 0.123457);
  assert.equal(digits.logprob(-3.0195412345), -3.01954);
});

test('labels are those of the task, with a posterior; free text has none', () => {
  for (const { id, task, answer } of packaged) {
    for (const { classification, answer: logprob } of recordings.get(id).results) {
      assert.equal(logprob === null, answer === null, id);
      if (!task.labels) {
        assert.equal(classification, null, id);
        continue;
      }
      const { labels, mass } = classification;
      assert.deepEqual(
        labels.map(({ label }) => label),
        task.labels,
        id,
      );
      assert.ok(Math.abs(labels.reduce((sum, { p }) => sum + p, 0) - 1) < 1e-4, id);
      // All label words together have what the right one has, and more.
      assert.ok(mass <= 1 && mass > Math.exp(logprob), id);
    }
  }
});

test('what was measured agrees with itself and with the ladder', () => {
  for (const { id, task, shots, mended, rows } of packaged) {
    const measured = measuredOf(id);
    if (rows.length === 0) {
      assert.deepEqual(measured.points, []);
      continue;
    }
    assert.equal(measured.metric, task.labels ? 'label' : 'exact', id);
    for (const k of [0, 1, 2, 4, 8, shots]) at(measured.points, k);
    assert.equal(measured.mended === null, mended === null, id);
    if (mended) at(measured.mended, mended.shots);
    for (const point of [...measured.points, ...(measured.mended ?? [])]) {
      const { n, correct, labels, text } = point;
      assert.equal(n, rows.length, id);
      assert.ok(correct >= 0 && correct <= n, id);
      if (labels)
        assert.equal(
          labels.predicted.reduce((sum, count) => sum + count, 0),
          n,
          id,
        );
      else {
        assert.equal(text.sureRight === null, correct === 0, id);
        assert.equal(text.sureWrong === null, correct === n, id);
      }
    }
    for (const { shots: k, p } of measured.points) {
      const { answer, classification } = recordings.get(id).results[k];
      const gold = task.labels?.indexOf(packaged.find((one) => one.id === id).answer);
      const expected = classification ? classification.labels[gold].p : Math.exp(answer);
      assert.ok(Math.abs(expected - p) < 1e-4, `${id}, ${k} shots`);
    }
  }
});

test('the page opens on a preset whose answer comes from nowhere and leads, in at most 5 kB', () => {
  const [lead] = presets;
  assert.equal(leadRecorded.id, lead.id);
  const right = ` ${lead.answer}`;
  const texts = (shots) => predictionOf(leadRecorded, shots).candidates.map(({ text }) => text);
  assert.ok(!texts(0).includes(right));
  assert.equal(texts(lead.shots)[0], right);
  const { measured, ...file } = leadRecorded;
  const length = gzipSync(JSON.stringify({ ...file, measured })).length;
  assert.ok(length <= 5120, `${length} bytes`);
});

/** Numbers as they stand in a sentence. */
const numbersIn = (text) => text.match(/\d+(?:,\d{3})*(?:\.\d+)?%?/g) ?? [];

test('every preset has words in both languages, and they say what was measured', () => {
  for (const { id, mended, shots } of packaged) {
    const measured = measuredOf(id);
    const english = en[id].shows(measured);
    const chinese = zh[id].shows(measured);
    assert.ok(en[id].name !== '' && zh[id].name !== '', id);
    assert.match(zh[id].name, /\p{Script=Han}/u, id);
    assert.doesNotMatch(english, /undefined|null|NaN|\p{Script=Han}/u, id);
    assert.doesNotMatch(chinese, /undefined|null|NaN/, id);
    assert.match(chinese, /\p{Script=Han}/u, id);
    if (measured.metric === null) continue;
    // Both languages give the same figures, except that English writes numbers of examples, and none right, as words.
    const figures = new Set(numbersIn(english));
    const both = new Set([...figures, ...['0', '1', '2', '4', '6', '8']]);
    assert.deepEqual(
      [...figures].filter((figure) => !numbersIn(chinese).includes(figure)),
      [],
      `${id}\n${english}\n${chinese}`,
    );
    assert.deepEqual(
      numbersIn(chinese).filter((figure) => !both.has(figure)),
      [],
      `${id}\n${english}\n${chinese}`,
    );
    // At least these.
    const opened = at(measured.points, shots);
    const own = [String(opened.correct), formatProbability(opened.p)];
    assert.ok(
      own.some((figure) => figures.has(figure)),
      `${id}: ${english}`,
    );
    if (mended) {
      const without = at(measured.mended, mended.shots);
      const other = [String(without.correct), formatProbability(without.p)];
      assert.ok(
        other.some((figure) => figures.has(figure)),
        `${id}: ${english}`,
      );
    }
  }
});

/** What the sentences say in words, in numbers: where a fresh record breaks one, the sentence is no longer true. */
const claims = {
  antonym: (m) => right(m, 4) > m.n / 2 && right(m, 0) === 0,
  arithmetic: (m) => Math.max(...m.points.map(({ correct }) => correct)) <= 2,
  'bad-example': (m) =>
    right(m.mended, 4) - right(m, 5) >= 5 &&
    m.leaveOneOut[2] === Math.max(...m.leaveOneOut) &&
    at(m.points, 5).p < 0.5 &&
    at(m.mended, 4).p > 0.5,
  capital: (m) => right(m, 1) <= right(m, 2) && right(m, 2) < right(m, 4) && right(m, 8) < m.n,
  cloze: (m) => right(m, 1) <= 3 && right(m, 8) - right(m, 1) >= 5,
  code: (m) => right(m, 0) > 0 && right(m, 4) > right(m, 0) && right(m, 8) < right(m, 4),
  'double-space': (m) =>
    at(m.points, 4).p < at(m.mended, 4).p / 5 &&
    at(m.points, 4).text.firstToken < at(m.mended, 4).text.firstToken / 5 &&
    Math.abs(right(m, 4) - right(m.mended, 4)) <= 1,
  extract: (m) => right(m, 0) < right(m, 1) && right(m, 1) < right(m, 2),
  flipped: (m) =>
    right(m, 4) > m.n / 2 && right(m, 8) > m.n / 2 && right(m, 8) < right(m.mended, 8),
  imbalanced: (m) =>
    said(m, 4, 1) === m.n &&
    said(m.mended, 4, 1) === m.n &&
    Math.abs(at(m.points, 4).labels.calibrated - right(m, 4)) <= 2 &&
    at(m.mended, 4).p > at(m.points, 4).p &&
    at(m.mended, 4).p < 0.5 &&
    said(m, 8, 0) > (m.n * 3) / 4,
  'past-tense': (m) => right(m, 0) === 0 && right(m, 1) < right(m, 2) && right(m, 4) > 0.8 * m.n,
  plural: (m) => right(m, 0) === 0 && right(m, 1) < right(m, 2) && right(m, 4) > 0.8 * m.n,
  qa: (m) => {
    const { sureRight, sureWrong } = at(m.points, 4).text;
    return right(m, 0) < right(m, 4) && sureWrong < sureRight && sureWrong > sureRight / 2;
  },
  'question-type': (m) =>
    right(m, 1) > right(m, 0) && right(m, 6) < right(m, 0) && said(m, 6, 5) > m.n / 2,
  sentiment: (m) =>
    at(m.points, 0).labels.mass < 0.1 &&
    at(m.points, 4).labels.mass > 0.9 &&
    right(m, 4) < right(m, 0),
  'sentiment-zh': ({ also, ...m }) =>
    right(m, 4) === m.n / 2 &&
    right(also, 0) < 0.7 * m.n &&
    right(also, 2) > right(also, 1) &&
    right(also, 4) > 0.9 * m.n,
  table: (m) => right(m, 0) <= 3 && right(m, 1) > 0.9 * m.n && right(m, 2) > 0.9 * m.n,
  topics: (m) => said(m, 1, 2) > right(m, 1) && at(m.points, 1).labels.calibrated > right(m, 1),
  translate: (m) => Math.max(...m.points.map(({ correct }) => correct)) <= 4,
  unscramble: (m) => Math.max(...m.points.map(({ correct }) => correct)) <= 4,
};
const right = (m, k) => at(m.points ?? m, k).correct;
const said = (m, k, label) => at(m.points ?? m, k).labels.predicted[label];

test('what the sentences say in words is what was measured', () => {
  for (const { id } of packaged.filter(({ rows }) => rows.length > 0)) {
    const measured = measuredOf(id);
    assert.ok(
      claims[id]({ ...measured, n: measured.points[0].n }),
      `${id}: ${en[id].shows(measured)}`,
    );
  }
});

test('another measurement makes another sentence', () => {
  for (const { id } of packaged) {
    const measured = measuredOf(id);
    if (measured.metric === null) continue;
    const changed = structuredClone(measured);
    const { also } = changed;
    for (const point of [...changed.points, ...(changed.mended ?? []), ...(also?.points ?? [])]) {
      point.n = 997;
      point.correct = point.correct === 0 ? 3 : point.correct;
    }
    for (const words of [en, zh]) {
      assert.notEqual(words[id].shows(changed), words[id].shows(measured), id);
      assert.ok(words[id].shows(changed).includes('997'), id);
    }
  }
});
