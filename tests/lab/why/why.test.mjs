// The pure parts of the experiments: what is compared, which rows are used, and where a dot stands.

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { fakeModel } from '../../package/experiments/fake.mjs';
import { labModule } from '../module.mjs';

let question;
let rows;
let shown;
let variants;
let formats;
let evaluation;
let calibration;
let order;
before(async () => {
  question = await labModule('why/question.ts');
  rows = await labModule('why/evaluate/rows.ts');
  shown = await labModule('why/shown.ts');
  variants = await labModule('why/variants/variants.ts');
  formats = await labModule('why/variants/formats.ts');
  evaluation = await labModule('why/evaluate/evaluation.ts');
  calibration = await labModule('why/calibration/card.ts');
  order = await labModule('why/order/why-order.ts');
});

const template = {
  instructionSeparator: '\n\n',
  inputPrefix: 'Q: ',
  inputSuffix: '\n',
  outputPrefix: 'A:',
  outputSeparator: ' ',
  demonstrationSeparator: '\n\n',
};
const pairs = (...outputs) => outputs.map((output, i) => ({ input: `input ${i}`, output }));
const taskOf = (demonstrations, labels) => ({
  instruction: '',
  template,
  demonstrations,
  ...(labels && { labels }),
});

test('outputs that come again are labels, others are free text', () => {
  const { isFreeText } = question;
  assert.equal(isFreeText(taskOf(pairs('walked', 'played', 'went', 'sang'))), true);
  assert.equal(isFreeText(taskOf(pairs('yes', 'no', 'no', 'yes'))), false);
  assert.equal(isFreeText(taskOf(pairs('yes', 'yes', 'yes', 'yes'))), true, 'one is no choice');
  assert.equal(isFreeText(taskOf(pairs('walked'), ['Positive', 'Negative'])), false, 'named');
  assert.equal(isFreeText(taskOf([])), true);
});

test('the right answer comes from the task, from its rows, or from the table', () => {
  const { knownAnswer } = question;
  const known = {
    id: 'any',
    queries: ['sing', 'climb'],
    answer: 'sang',
    rows: [{ input: 'teach', output: 'taught' }],
  };
  const table = [{ input: ' fly ', output: 'flew' }];
  assert.equal(knownAnswer('sing', known, table), 'sang');
  assert.equal(knownAnswer('teach', known, table), 'taught');
  assert.equal(knownAnswer('fly', known, table), 'flew');
  assert.equal(knownAnswer('climb', known, table), null);
  assert.equal(knownAnswer('sing', { id: 'any', queries: ['sing'] }, []), null);
});

test('what is known of a preset is asked of its own task alone', async () => {
  const { questionOf, firstChoices, keyOf } = question;
  const { openPreset, reduce } = await labModule('app/state.ts');
  const { defaultSettings } = await labModule('app/settings.ts');
  const { presetById } = await labModule('presets/index.ts');
  const plural = presetById('plural');
  const ask = (...actions) => {
    const { draft } = actions.reduce(reduce, openPreset(plural));
    return questionOf(draft, null, defaultSettings, firstChoices);
  };
  assert.equal(ask().answer, plural.answer);
  assert.deepEqual(ask().rows, plural.rows);
  // The row is beyond the shots: the prompt is the same, and the task is another.
  const changed = ask({ type: 'demonstration', index: 9, field: 'output', text: 'x' });
  assert.equal(changed.answer, null);
  assert.deepEqual(changed.rows, []);
  assert.notEqual(keyOf({}, changed), keyOf({}, ask()));
  assert.deepEqual(ask({ type: 'new', id: 'a' }).rows, []);
});

test('in free text the right answer competes with what may be copied, each once', () => {
  const { labelsOf } = question;
  const pool = pairs('walked', 'sang', 'walked', ' ', 'went');
  const names = (task, answer) => labelsOf(task, pool, true, answer).map(({ name }) => name);
  assert.deepEqual(names(taskOf(pool.slice(0, 3)), 'sang'), ['sang', 'walked']);
  assert.deepEqual(names(taskOf([]), null), ['walked', 'sang', 'went'], 'none shown: all count');
  const [label] = labelsOf(taskOf(pool), pool, true, 'sang');
  assert.deepEqual(label.words, [' sang'], 'the word begins with the separator');
  const many = pairs(...Array.from({ length: 30 }, (_, i) => `output ${i}`));
  assert.equal(labelsOf(taskOf(many), many, true, 'sang').length, 8);
});

test('a figure is of its question: another answer, row or rule makes another key', () => {
  const { keyOf } = question;
  const asked = {
    task: taskOf(pairs('walked')),
    pool: pairs('walked', 'went'),
    query: 'sing',
    labels: [{ name: 'sang', words: [' sang'] }],
    answer: 'sang',
    rule: 'sum',
    comparison: null,
    rows: pairs('x'),
    train: pairs('walked', 'went'),
    calibration: 'nothing',
    draws: { seeds: 1, orders: 1 },
    isFree: true,
    shots: [0],
  };
  const one = keyOf({}, asked);
  assert.equal(keyOf({}, { ...asked, rows: [] }), one, 'rows are of the evaluation alone');
  for (const change of [
    { answer: null },
    { query: 'fly' },
    { rule: 'perToken' },
    { comparison: { text: '' } },
    { task: taskOf(pairs('x')) },
  ]) {
    assert.notEqual(keyOf({}, { ...asked, ...change }), one, JSON.stringify(change));
  }
  const evaluated = keyOf({ asks: 'rows' }, asked);
  assert.equal(keyOf({ asks: 'rows' }, { ...asked, query: 'fly' }), evaluated);
  assert.equal(keyOf({ asks: 'rows' }, { ...asked, rows: pairs('x') }), evaluated);
  for (const change of [
    { shots: [0, 1] },
    { rows: pairs('y') },
    { train: pairs('walked') },
    { calibration: 'batch' },
    { draws: { seeds: 2, orders: 1 } },
    { rule: 'perToken' },
    { labels: [] },
    { isFree: false },
  ]) {
    const other = keyOf({ asks: 'rows' }, { ...asked, ...change });
    assert.notEqual(other, evaluated, JSON.stringify(change));
  }
});

test('rows that prove nothing are left out, and why is known', () => {
  const { usable } = rows;
  const pool = [{ input: 'seen', output: 'yes' }];
  const labels = ['yes', 'no'].map((name) => ({ name, words: [` ${name}`] }));
  const given = [
    { input: ' seen ', output: 'yes' },
    { input: 'new', output: ' no ' },
    { input: 'odd', output: 'perhaps' },
  ];
  const { rows: left, leftOut } = usable(given, pool, labels);
  assert.deepEqual(left, [{ input: 'new', output: 'no' }]);
  assert.deepEqual(
    leftOut.seen.map(({ input }) => input),
    [' seen '],
  );
  assert.deepEqual(
    leftOut.unknown.map(({ output }) => output),
    ['perhaps'],
  );
  assert.equal(usable(given, pool, null).rows.length, 2, 'any text may be right');
  const many = Array.from({ length: rows.mostRows + 10 }, (_, i) => ({
    input: `${i}`,
    output: 'no',
  }));
  assert.equal(usable(many, pool, labels).leftOut.surplus, 10);
});

test('rows are held out of the table, by label, and at least one stays', async () => {
  const { parted } = rows;
  const table = pairs(...Array.from({ length: 12 }, (_, i) => (i % 3 === 0 ? 'no' : 'yes')));
  const { train, test: held } = parted(table, 6, true);
  assert.deepEqual([train.length, held.length], [6, 6]);
  assert.deepEqual(
    [...train, ...held].sort((a, b) => table.indexOf(a) - table.indexOf(b)),
    table,
  );
  assert.equal(held.filter(({ output }) => output === 'no').length, 2);
  assert.equal(parted([...table], 6, true).test, held, 'the same is the same object');
  assert.notEqual(parted(table, 5, true).test, held);
  assert.deepEqual(parted(table, 0, true), { train: table, test: null });
  assert.equal(parted(table, 99, true).train.length, 1);
});

test('an evaluation asks of the held-out rows, and shows the others alone', async () => {
  const { questionOf, firstChoices } = question;
  const { openPreset } = await labModule('app/state.ts');
  const { defaultSettings } = await labModule('app/settings.ts');
  const { presetById } = await labModule('presets/index.ts');
  const { draft } = openPreset(presetById('plural'));
  const asked = questionOf(draft, null, defaultSettings, { ...firstChoices, holdOut: 4 });
  assert.equal(asked.rows.length, 4);
  const inputs = new Set(asked.rows.map(({ input }) => input));
  assert.equal(asked.train.length, asked.pool.length - 4);
  assert.ok(asked.train.every(({ input }) => !inputs.has(input)));
  assert.deepEqual(asked.shots, [0, 1, 2, 4], 'eight are no longer there');
});

test('every calibration of an evaluation is one that the package has, and all are others', async () => {
  const { evaluate } = await import('shotglass/experiments');
  const { calibrations, optionsOf } = await labModule('why/evaluate/calibrations.ts');
  const task = taskOf(pairs('yes', 'no', 'no', 'yes'));
  const found = [];
  for (const calibration of calibrations) {
    let last;
    const tested = ['a', 'bcd', 'ef'].map((input) => ({ input, output: 'yes' }));
    const options = { shots: [2], ...optionsOf(calibration) };
    for await (const { result } of evaluate(fakeModel(), task, tested, options)) last = result;
    found.push(
      JSON.stringify(
        last.cells[0].rows.map(({ classification }) => classification.labels.map(({ p }) => p)),
      ),
    );
  }
  assert.equal(new Set(found).size, calibrations.length);
});

test('columns are found by name, else by place', () => {
  const { guessColumns } = rows;
  assert.deepEqual(guessColumns(['id', 'Text', 'Label']), { input: 'Text', output: 'Label' });
  assert.deepEqual(guessColumns(['label', 'sentence']), { input: 'sentence', output: 'label' });
  assert.deepEqual(guessColumns(['a', 'b', 'c']), { input: 'a', output: 'b' });
  assert.deepEqual(guessColumns(['word', 'answer']), { input: 'word', output: 'answer' });
  assert.deepEqual(guessColumns(['b', 'input']), { input: 'input', output: 'b' });
});

test('an order of the shown rows is an order of the table, in which all others stay', () => {
  const { shownRows, tableOrder } = shown;
  const table = [{}, { excluded: true }, {}, {}, {}];
  assert.deepEqual(shownRows(table, 3), [0, 2, 3]);
  assert.deepEqual(tableOrder(table, [2, 0, 1]), [3, 1, 0, 2, 4]);
  assert.deepEqual(tableOrder(table, [0, 1, 2]), [0, 1, 2, 3, 4]);
});

test('chips are for rows that are shown, and whose effect is known', () => {
  const { rowEffects } = shown;
  const draft = { task: { demonstrations: [{ excluded: true }, {}, {}, {}] }, shots: 2 };
  const effects = [
    { demonstration: 0, nats: 0.5 },
    { demonstration: 1, nats: -1.25 },
    { demonstration: 2, nats: 9 },
  ];
  assert.deepEqual(
    [...rowEffects(draft, { effects })],
    [
      [1, { text: '+0.50', sign: 'more' }],
      [2, { text: '−1.25', sign: 'less' }],
    ],
  );
  assert.equal(rowEffects(draft, { effects: [{ demonstration: 0, nats: null }] }).size, 0);
  assert.equal(rowEffects(draft, null).size, 0);
});

test('in free text outputs change places, and never become the right answer', () => {
  const { freeVariants } = variants;
  const task = taskOf(pairs('one', 'two', 'three'));
  const labels = ['right', 'one'].map((name) => ({ name, words: [` ${name}`] }));
  const texts = Object.fromEntries(
    freeVariants(task, 'query', labels).map(({ variant, prompt }) => [variant, prompt.text]),
  );
  const outputsIn = (text) => [...text.matchAll(/A: (.*)/g)].map(([, output]) => output);
  assert.deepEqual(outputsIn(texts.gold), ['one', 'two', 'three']);
  assert.deepEqual(outputsIn(texts.flipped), ['two', 'three', 'one']);
  assert.deepEqual(outputsIn(texts.random), ['three', 'two', 'one']);
  assert.deepEqual(outputsIn(texts.abstract), ['foo', 'bar', 'baz']);
  assert.deepEqual(outputsIn(texts.none), []);
  for (const text of Object.values(texts)) assert.ok(text.endsWith('Q: query\nA:'), text);
  const alone = freeVariants(taskOf(pairs('one')), 'query', labels).map(({ variant }) => variant);
  assert.deepEqual(alone, ['gold', 'abstract', 'none'], 'one output cannot change places');
});

test('no format is there twice', () => {
  const { templatesFor, asAsked } = formats;
  const names = (template) => templatesFor(template).map(({ name }) => name);
  assert.deepEqual(names(template), [asAsked, 'Input: … Output:', '… =>', 'q: … a:']);
  assert.equal(names({ ...template, inputPrefix: 'Review: ' }).length, 5);
});

test('what nothing asked for says is what the calibration takes away', () => {
  const plain = {
    labels: [
      { label: 'a', score: Math.log(0.3), p: 0.75 },
      { label: 'b', score: Math.log(0.1), p: 0.25 },
    ],
  };
  // Divided by 0.6 and 0.2: the odds of 3 to 1 were those of the bias alone.
  const calibrated = {
    labels: [
      { score: Math.log(0.3 / 0.6), p: 0.5 },
      { score: Math.log(0.1 / 0.2), p: 0.5 },
    ],
  };
  const [a, b] = calibration.calibratedAnswers(plain, calibrated);
  assert.deepEqual([a.name, a.asked, a.calibrated], ['a', 0.75, 0.5]);
  assert.ok(Math.abs(a.empty - 0.75) < 1e-12 && Math.abs(b.empty - 0.25) < 1e-12);
});

test('dots that would cover each other stand apart', () => {
  assert.deepEqual(order.levelsOf([0.1, 0.5, 0.9]), [0, 0, 0]);
  assert.deepEqual(order.levelsOf([0.5, 0.5, 0.51, 0.6]), [0, 1, 2, 0]);
  assert.deepEqual(order.levelsOf([]), []);
});

const cell = (shots, gold, isComplete = true) => ({
  shots,
  isComplete,
  rows: gold.map((name) => ({ gold: name })),
});

test('an evaluation says what it cannot say', () => {
  const { cautionsOf } = evaluation;
  const none = { seen: [], unknown: [], surplus: 0 };
  const labels = [{ name: 'yes' }, { name: 'no' }];
  const of = (cells, leftOut = none, notRun = []) =>
    cautionsOf({ evaluation: { cells, labels, notRun }, leftOut }).map(({ kind }) => kind);
  const balanced = Array.from({ length: 30 }, (_, i) => (i % 2 ? 'yes' : 'no'));
  assert.deepEqual(of([cell(0, balanced)]), []);
  assert.deepEqual(of([cell(0, balanced), cell(1, balanced)]), ['tuning']);
  assert.deepEqual(of([cell(0, ['yes', 'yes'])]), ['missing', 'few']);
  assert.deepEqual(of([cell(0, ['yes'], false)]), [], 'rows that are missing yet say nothing');
  const leftOut = { seen: [{ input: 'x' }], unknown: [{ output: 'y' }], surplus: 2 };
  assert.deepEqual(of([], leftOut, [{ shots: 8 }, { shots: 8 }]), [
    'seen',
    'unknown',
    'surplus',
    'too-long',
  ]);
});

test('the commonest label, and the numbers that stand beside the paper', async () => {
  const { commonestShare, zeroOneFew } = evaluation;
  const { offeredShots } = await labModule('why/evaluate/offered.ts');
  const labels = [{ name: 'yes' }, { name: 'no' }];
  assert.equal(commonestShare({ cells: [cell(0, ['yes', 'no', 'no', 'no'])], labels }), 0.75);
  assert.equal(commonestShare({ cells: [cell(0, ['a'])], labels: null }), null);
  const curve = [4, 0, 8, 2].map((shots) => ({ shots, mean: shots / 10 }));
  assert.deepEqual(
    zeroOneFew({ curve }).map(({ shots }) => shots),
    [0, 8],
  );
  assert.deepEqual(
    zeroOneFew({ curve: [{ shots: 1, mean: 1 }] }).map(({ shots }) => shots),
    [1],
  );
  assert.deepEqual(offeredShots(10), [0, 1, 2, 4, 8]);
  assert.deepEqual(offeredShots(0), [0]);
  assert.equal(offeredShots(500).at(-1), 32);
});

test('what an evaluation costs is said before: as many prompts as the package then makes', async () => {
  const { evaluate } = await import('shotglass/experiments');
  const { promptsAt, costOf, cellKey, isSpread } = evaluation;
  const pool = pairs('yes', 'no', 'no', 'yes', 'no');
  const tested = ['a', 'b', 'c'].map((input) => ({ input, output: 'yes' }));
  const model = {
    score: async (_, continuations) =>
      continuations.map((continuation) => ({
        continuation,
        tokens: [],
        logprob: -1,
        perToken: -1,
        perCharacter: -1,
        perByte: -1,
        reference: null,
        adjusted: null,
      })),
  };
  const shots = [0, 1, 2, 4];
  for (const draws of [
    { seeds: 1, orders: 1 },
    { seeds: 3, orders: 4 },
    { seeds: 2, orders: 8 },
  ]) {
    let last;
    const seeds = Array.from({ length: draws.seeds }, (_, seed) => seed);
    const { orders } = draws;
    const asked = { shots, seeds, orders };
    for await (const step of evaluate(model, taskOf(pool), tested, asked)) last = step.result;
    assert.deepEqual(
      shots.map((k) => promptsAt(k, draws)),
      shots.map((k) => last.cells.filter((one) => one.shots === k).length),
    );
    assert.equal(new Set(last.cells.map(cellKey)).size, last.cells.length, 'each has its own key');
    assert.equal(isSpread(last), draws.seeds * draws.orders > 1);
  }
  const labels = ['yes', 'no'].map((name) => ({ name, words: [` ${name}`] }));
  const asking = {
    task: taskOf(pool),
    train: pool,
    calibration: 'nothing',
    labels,
    isFree: false,
    rows: tested,
    shots,
  };
  const cost = (change) => costOf({ ...asking, draws: { seeds: 1, orders: 1 }, ...change });
  assert.deepEqual([cost({}).rows, cost({}).prompts], [3, 4]);
  const seen = [...tested, pool[0]];
  assert.equal(cost({ rows: seen }).rows, 3, 'rows that are left out cost nothing');
  assert.equal(cost({ rows: [] }).rows, 0);
  const many = cost({ draws: { seeds: 10, orders: 1 } });
  assert.ok(many.tokens > 5 * cost({}).tokens);
  assert.ok(cost({ isFree: true }).tokens > cost({}).tokens, 'answers are generated, too');
  assert.ok(cost({ calibration: 'channel' }).tokens > cost({}).tokens, 'once for each label');
});
