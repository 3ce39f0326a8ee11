import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { mapColumns, parseRows } from '../../../pkg/dist/data/index.js';
import { random } from '../../../pkg/dist/math/random.js';

/** Rows as `[line, ...cells]`, problems as `[line, message]`. */
function short({ columns, rows, problems, ...rest }) {
  return {
    ...rest,
    columns,
    rows: rows.map(({ line, values }) => [line, ...columns.map((column) => values[column])]),
    problems: problems.map(({ line, message }) => [line, message]),
  };
}

const parsed = async (source, options) => short(await parseRows(source, options));
const bytes = (...parts) => new Uint8Array(Buffer.concat(parts.map((part) => Buffer.from(part))));
const linesOf = (problems) => problems.map(([line]) => line);

/** All problems match, in order: `[line, pattern]`. */
function assertProblems(problems, expected) {
  assert.deepEqual(linesOf(problems), linesOf(expected));
  for (const [i, [, pattern]] of expected.entries()) assert.match(problems[i][1], pattern);
}

test('CSV: quotes, quoted quotes, separators and line breaks, and lines of the file', async () => {
  const csv = 'text,label\nplain,a\n"one, two",b\n"she said ""no""\nand left",c\n\n"",d\nlast,e';
  assert.deepEqual(await parsed(csv), {
    format: 'csv',
    encoding: null,
    columns: ['text', 'label'],
    rows: [
      [2, 'plain', 'a'],
      [3, 'one, two', 'b'],
      [4, 'she said "no"\nand left', 'c'],
      [7, '', 'd'],
      [8, 'last', 'e'],
    ],
    problems: [],
  });
});

test('line breaks of Windows, of old Macs, and mixed', async () => {
  const rows = [
    [2, '1', 'x'],
    [3, '2', 'y'],
  ];
  for (const csv of [
    'a,b\r\n1,x\r\n2,y\r\n',
    'a,b\r1,x\r2,y\r',
    'a,b\n1,x\r\n2,y',
    'a,b\r\n1,x\n2,y',
  ]) {
    const { columns, ...table } = await parsed(csv);
    assert.deepEqual([columns, table.rows, table.problems], [['a', 'b'], rows, []], csv);
  }
  // Within quotes a line break is what it is.
  const { rows: quoted } = await parsed(
    'a,b\r\n1,"x\r\ny"\r\n2,"z\r"\r\n3,","\r\n4,"""\r"\r\n5,q"\r\n',
  );
  assert.deepEqual(quoted, [
    [2, '1', 'x\r\ny'],
    [4, '2', 'z\r'],
    [5, '3', ','],
    [6, '4', '"\r'],
    [7, '5', 'q"'],
  ]);
});

test('semicolons, where the header has no comma', async () => {
  assert.deepEqual((await parsed('"a,1";b\n1,5;x\n')).rows, [[2, '1,5', 'x']]);
  assert.deepEqual((await parsed('a,b;c\n1,5;x\n')).rows, [[2, '1', '5;x']]);
});

test('TSV and the clipboard of spreadsheets', async () => {
  const pasted =
    'text\tlabel\n"two\nlines"\ta\n"well", he said\tb\na, b\tc\n"open\td\n5" pipe\te\n';
  const table = await parsed(pasted);
  assert.equal(table.format, 'tsv');
  assert.deepEqual(table.rows, [
    [2, 'two\nlines', 'a'],
    [4, '"well", he said', 'b'],
    [5, 'a, b', 'c'],
    [6, '"open', 'd'],
    [7, '5" pipe', 'e'],
  ]);
  assert.deepEqual(table.problems, []);
});

test('TSV: an open quote does not swallow the rows up to the next one', async () => {
  // By RFC 4180 the quote of line 2 is closed in line 4, and one cell has three lines.
  const { rows, problems } = await parsed('t\tl\n"one\ta\ntwo\tb\nthree"\tc\r\n"four\td\r\n');
  assert.deepEqual(rows, [
    [2, '"one', 'a'],
    [3, 'two', 'b'],
    [4, 'three"', 'c'],
    [5, '"four', 'd'],
  ]);
  assert.deepEqual(problems, []);
});

test('JSONL: numbers keep their text, and only what is wrong is left out', async () => {
  const lines = [
    '{"text": "a\\nb", "label": 1}',
    '',
    '{"text": "7 \\"1.0\\"", "label": 1.0, "id": 12345678901234567890}',
    '{"text": "open',
    '["a", "b"]',
    '{"label": -1e3, "text": "c", "ok": true, "none": null}',
    '{"text": {"en": "d"}, "label": "x", "tags": ["t"]}',
    '{"text": "\\ud83d", "label": "x"}',
    '{"__proto__": "p", "text": "e"}\r',
  ];
  const { format, columns, rows, problems } = await parseRows(lines.join('\n'));
  assert.equal(format, 'jsonl');
  assert.deepEqual(columns, ['text', 'label', 'id', 'ok', 'none', 'tags', '__proto__']);
  assert.deepEqual(
    rows.map(({ line, values }) => [line, Object.entries(values)]),
    [
      [
        1,
        [
          ['text', 'a\nb'],
          ['label', '1'],
        ],
      ],
      [
        3,
        [
          ['text', '7 "1.0"'],
          ['label', '1.0'],
          ['id', '12345678901234567890'],
        ],
      ],
      [
        6,
        [
          ['label', '-1e3'],
          ['text', 'c'],
          ['ok', 'true'],
        ],
      ],
      [7, [['label', 'x']]],
      [
        9,
        [
          ['__proto__', 'p'],
          ['text', 'e'],
        ],
      ],
    ],
  );
  assertProblems(
    problems.map(({ line, message }) => [line, message]),
    [
      [4, /^Not valid JSON: /],
      [5, /^Every line must be an object/],
      [7, /'text' is an object/],
      [7, /'tags' is a list/],
      [8, /surrogate/],
    ],
  );
});

test('Markdown tables', async () => {
  const table = await parsed(
    '| text | label |\n|:-----|------:|\n| a \\| b | x |\n\nc | y\n| d |\n',
  );
  assert.deepEqual([table.format, table.columns], ['markdown', ['text', 'label']]);
  assert.deepEqual(table.rows, [
    [3, 'a | b', 'x'],
    [5, 'c', 'y'],
  ]);
  assertProblems(table.problems, [[6, /1 cell, but the header has 2\.$/]]);
  const unruled = await parsed('a|b\nc|d\ne|f\n', { format: 'markdown' });
  assert.deepEqual(unruled.rows, [[3, 'e', 'f']]);
  assertProblems(unruled.problems, [[2, /\|---\|/]]);
});

test('the format: as asked for, by the name, by the text', async () => {
  const formatOf = async (source, options) => (await parseRows(source, options)).format;
  assert.equal(await formatOf('a\tb\n', { format: 'csv', name: 'x.jsonl' }), 'csv');
  assert.equal(await formatOf('a,b\n', { name: 'data.TSV' }), 'tsv');
  assert.equal(await formatOf('a,b\n', { name: 'x.ndjson' }), 'jsonl');
  assert.equal(await formatOf(new File(['a,b\n'], 'x.tab')), 'tsv');
  assert.equal(await formatOf('\n\n {"a": 1}\n'), 'jsonl');
  assert.equal(await formatOf('[{"a": 1}]'), 'jsonl');
  assert.equal(await formatOf('a | b\n--- | ---\n'), 'markdown');
  assert.equal(await formatOf('a|b\nc|d\n'), 'csv');
  assert.equal(await formatOf('a, b\tc\n'), 'tsv');
  assert.equal(await formatOf('just a line', { name: 'x.txt' }), 'csv');
});

test('encodings: UTF-8 and UTF-16 with their marks, and windows-1252 when asked', async () => {
  const csv = 'größe,Ω\n😀,é\n';
  const swapped = (text) => Buffer.from(text, 'utf16le').swap16();
  const sources = [
    ['utf-8', bytes(csv)],
    ['utf-8', bytes([0xef, 0xbb, 0xbf], csv)],
    ['utf-16le', bytes([0xff, 0xfe], Buffer.from(csv, 'utf16le'))],
    ['utf-16be', bytes([0xfe, 0xff], swapped(csv))],
  ];
  for (const [encoding, source] of sources) {
    const table = await parsed(source);
    assert.equal(table.encoding, encoding);
    assert.deepEqual(table.columns, ['größe', 'Ω']);
    assert.deepEqual([table.rows, table.problems], [[[2, '😀', 'é']], []]);
  }
  assert.deepEqual((await parsed(`\ufeff${csv}`)).columns, ['größe', 'Ω']);
  assert.deepEqual((await parsed('\ufeff{"a": "b"}')).rows, [[1, 'b']]);

  const latin = bytes('a,b\nfine,1\ncaf', [0xe9], ',2\n', [0x93], 'x', [0x94], ',3\nfine,4\n');
  const asUtf8 = await parsed(latin);
  assert.deepEqual(asUtf8.rows, [
    [2, 'fine', '1'],
    [5, 'fine', '4'],
  ]);
  assertProblems(asUtf8.problems, [
    [3, /not valid UTF-8.*windows-1252/],
    [4, /not valid UTF-8/],
  ]);
  const asked = await parsed(latin, { encoding: 'windows-1252' });
  assert.deepEqual([asked.encoding, asked.problems], ['windows-1252', []]);
  assert.deepEqual(asked.rows.slice(1, 3), [
    [3, 'café', '2'],
    [4, '“x”', '3'],
  ]);
  // In a string the character was there before anything was read.
  assert.deepEqual((await parsed('a\n\ufffd\n')).rows, [[2, '\ufffd']]);
  assertProblems((await parsed(Buffer.from('a\nb\n', 'utf16le'))).problems, [
    [1, /null character/],
    [2, /null character/],
    [3, /null character/],
  ]);
});

test('ragged rows are reported, and the others are there', async () => {
  const { rows, problems } = await parsed('a,b\n1,2\n1\n1,2,3\n"x\ny",2\n,,\n4,5\n"6\n7"\n8,9\n');
  assert.deepEqual(rows, [
    [2, '1', '2'],
    [5, 'x\ny', '2'],
    [8, '4', '5'],
    [11, '8', '9'],
  ]);
  assertProblems(problems, [
    [3, /^This row has 1 cell, but the header has 2\.$/],
    [4, /^This row has 3 cells, but the header has 2\. Put quotes around/],
    [9, /1 cell/],
  ]);
});

test('an unclosed quote costs its own line and no other', async () => {
  const { rows, problems } = await parsed('a,b\n1,2\n"open,3\n4,5\n6,7\n"8\n9",10\n');
  // The quote of line 3 meets that of line 6, which no RFC 4180 would have closed there.
  assert.deepEqual(rows, [
    [2, '1', '2'],
    [4, '4', '5'],
    [5, '6', '7'],
    [6, '8\n9', '10'],
  ]);
  assertProblems(problems, [[3, /quotes are misplaced/]]);

  const toTheEnd = await parsed('a,b\n1,2\n"open,3\n4,5\n"also open,6\n7,8\n"a" b,9\n10,11');
  assert.deepEqual(toTheEnd.rows, [
    [2, '1', '2'],
    [4, '4', '5'],
    [6, '7', '8'],
    [8, '10', '11'],
  ]);
  assert.deepEqual(linesOf(toTheEnd.problems), [3, 5, 7]);
});

test('a misplaced quote costs its row', async () => {
  const { rows, problems } = await parsed('a,b\n"he said "hi" there",1\nsize 5",2\n"x" ,3\n');
  assert.deepEqual(rows, [
    [3, 'size 5"', '2'],
    [4, 'x', '3'],
  ]);
  assertProblems(problems, [[2, /quotes are misplaced/]]);
});

test('a broken header is a header all the same', async () => {
  const { columns, rows, problems } = await parsed('"a,b\n1,2\n');
  assert.deepEqual([columns, rows], [['"a', 'b'], [[2, '1', '2']]]);
  assert.deepEqual(linesOf(problems), [1]);
});

test('duplicate and missing headers', async () => {
  const { columns, rows, problems } = await parsed('\n text ,text,,text,text (2)\n1,2,3,4,5\n');
  assert.deepEqual(columns, ['text', 'text (3)', 'column 3', 'text (4)', 'text (2)']);
  assert.deepEqual(rows, [[3, '1', '2', '3', '4', '5']]);
  assertProblems(problems, [
    [2, /^Column 2 repeats the name 'text'\. It is called 'text \(3\)' here\.$/],
    [2, /^Column 3 has no name\. It is called 'column 3' here\.$/],
    [2, /^Column 4 repeats the name 'text'/],
  ]);
});

test('nothing, and nothing but a header', async () => {
  for (const source of ['', '\n\r\n  \n', new Uint8Array(), new Blob([]), '\ufeff']) {
    const table = await parsed(source);
    assert.deepEqual([table.columns, table.rows], [[], []]);
    assertProblems(table.problems, [[1, /table is empty/]]);
  }
  assertProblems((await parsed('\na,b\n')).problems, [[2, /no rows below the header/]]);
  assertProblems((await parsed('a,a\n')).problems, [
    [1, /repeats the name 'a'/],
    [1, /no rows below the header/],
  ]);
  assertProblems((await parsed('a,b\n1\n')).problems, [[2, /1 cell/]]);
  assertProblems((await parsed('', { format: 'jsonl' })).problems, [[1, /table is empty/]]);
});

test('what cannot be a table is an error', async () => {
  const fails = (source, options, code, message) =>
    assert.rejects(parseRows(source, options), { name: 'ShotglassError', code, message });
  await fails(7, {}, 'invalid-option', /^source must be/);
  await fails(null, {}, 'invalid-option', /^source must be/);
  await fails(bytes('PK\x03\x04rest'), {}, 'invalid-option', /ZIP.*CSV/);
  await fails('a', { format: '' }, 'invalid-option', /^format must be/);
  await fails('a', { format: 'xml' }, 'invalid-option', /^format must be/);
  await fails(bytes('a'), { encoding: 'latin1' }, 'invalid-option', /^encoding must be/);
  await fails('a', { signal: 1 }, 'invalid-option', /^signal/);
  await fails('a', { onProgress: 1 }, 'invalid-option', /^onProgress/);
  const gone = new Blob(['a,b\n']);
  gone.slice = () => ({ arrayBuffer: () => Promise.reject(new Error('changed on disk')) });
  await fails(gone, {}, 'read-failed', /changed on disk/);
});

const fileRows = 110_000;
const bigFile = () => {
  const rows = ['text,label,id'];
  for (let i = 0; i < fileRows; i++) {
    rows.push(
      i % 10 === 0
        ? `"row ${i}, with a comma\nand “a line”, ${'x'.repeat(40)}",a,${i}`
        : `row ${i}, ,${'y'.repeat(60)}`,
    );
  }
  return new File([rows.join('\n')], 'big.csv');
};

test('8 MB are parsed in pieces, and the event loop has its turns', async (t) => {
  const file = bigFile();
  assert.ok(file.size > 8e6, `${file.size} bytes`);
  let turns = 0;
  let longest = 0;
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    turns++;
  }, 1);
  t.after(() => clearInterval(timer));
  const seen = [];
  const sliced = [];
  const slice = file.slice.bind(file);
  file.slice = (start, end) => {
    sliced.push(end - start);
    return slice(start, end);
  };
  const { rows, problems, encoding } = await parseRows(file, {
    onProgress: (progress) => seen.push(progress),
  });
  t.diagnostic(`${turns} turns, the longest wait ${longest.toFixed(0)} ms`);
  assert.equal(encoding, 'utf-8');
  assert.deepEqual([rows.length, problems], [fileRows, []]);
  for (const i of [0, 1, 10, 54_321, fileRows - 1]) {
    // Every tenth row has two lines, and the header one.
    assert.equal(rows[i].line, 2 + i + Math.ceil(i / 10));
    assert.ok(rows[i].values.text.startsWith(`row ${i}`));
  }
  assert.equal(rows[10].values.text, `row 10, with a comma\nand “a line”, ${'x'.repeat(40)}`);
  assert.ok(turns >= 10, `${turns} turns`);
  assert.ok(Math.max(...sliced) <= 1 << 18, 'the file is never read whole');
  assert.ok(seen.length >= 30);
  assert.deepEqual(seen.at(-1), { fraction: 1, rows: fileRows });
  assert.deepEqual(
    seen,
    seen.toSorted((a, b) => a.fraction - b.fraction || a.rows - b.rows),
  );
});

test('an abort stops it', async () => {
  const controller = new AbortController();
  const seen = [];
  const onProgress = ({ fraction }) => {
    seen.push(fraction);
    if (fraction > 0.3) controller.abort('enough');
  };
  await assert.rejects(parseRows(bigFile(), { signal: controller.signal, onProgress }), {
    name: 'AbortError',
    code: 'aborted',
    cause: 'enough',
  });
  assert.ok(seen.at(-1) < 0.4, `stopped at ${seen.at(-1)}`);
  // From outside, while a string is parsed: only a turn of the event loop can bring it.
  const late = new AbortController();
  const parsing = parseRows(await bigFile().text(), { signal: late.signal });
  setTimeout(() => late.abort(), 1);
  await assert.rejects(parsing, { code: 'aborted' });
  await assert.rejects(parseRows('a,b\n', { signal: AbortSignal.abort() }), { code: 'aborted' });
});

test('rows and characters across the ends of pieces', async () => {
  // Lengths that are prime to those of the pieces, so that they end everywhere.
  const rows = Array.from({ length: 20_000 }, (_, i) => [`😀é${i}"\r\n`, 'x'.repeat(i % 97)]);
  const csv = (newline) =>
    ['a,b', ...rows.map(([a, b]) => `"${a.replaceAll('"', '""')}",${b}`)].join(newline);
  for (const newline of ['\n', '\r\n']) {
    const text = csv(newline);
    for (const source of [text, new Blob([text]), Buffer.from(`\ufeff${text}`, 'utf16le')]) {
      const table = await parseRows(source);
      assert.deepEqual(table.problems, []);
      assert.deepEqual(
        table.rows.map(({ values }) => Object.values(values)),
        rows,
      );
      assert.equal(table.rows.at(-1).line, 2 + 2 * (rows.length - 1));
    }
  }
});

test('files that were put together, each with its mark', async () => {
  const lines = Array.from({ length: 20_000 }, (_, i) => `\ufeff${'x'.repeat(i % 13)},${i}\n`);
  const { rows, problems } = await parsed(`a,b\n${lines.join('')}`);
  assert.deepEqual(problems, []);
  assert.deepEqual(
    rows,
    lines.map((_, i) => [i + 2, 'x'.repeat(i % 13), String(i)]),
  );
});

test('an open quote at the beginning of a big file', async () => {
  const lines = Array.from({ length: 60_000 }, (_, i) => `${'z'.repeat(30)},${i}`);
  const seen = [];
  const { rows, problems } = await parsed(
    ['a,b', '"open,0', ...lines, '"two\nlines",1'].join('\n'),
    { onProgress: (progress) => seen.push(progress) },
  );
  assert.equal(rows.length, lines.length + 1);
  assert.deepEqual(rows.slice(-2), [
    [60_002, 'z'.repeat(30), '59999'],
    [60_003, 'two\nlines', '1'],
  ]);
  assert.deepEqual(linesOf(problems), [2]);
  // It is given up long before the end.
  assert.ok(seen.find(({ fraction }) => fraction > 0.7).rows > 20_000);
  // Every line has one: they do not cost the square of their number.
  const started = performance.now();
  const all = await parsed(['a,b', ...lines.map((line) => `"${line}`), 'c,d'].join('\n'));
  assert.deepEqual(all.rows, [[60_002, 'c', 'd']]);
  assert.equal(all.problems.length, 60_000);
  assert.ok(performance.now() - started < 10_000);
});

test('a row that is too long is skipped', async () => {
  const long = 'x'.repeat(3 << 19);
  for (const [source, name, row] of [
    [`a,b\n1,2\n${long},3\n4,5\n`, 'x.csv', [4, '4', '5']],
    [`a,b\n1,2\n"${long}",3\n4,5\n`, 'x.csv', [4, '4', '5']],
    [`a,b\n1,2\n"${'x'.repeat(1 << 20)}",3\n4,5\n`, 'x.csv', [4, '4', '5']],
    [`a\tb\n1\t2\n${long}\t3\n4\t5\n`, 'x.tsv', [4, '4', '5']],
    [`{"a":"1","b":"2"}\n\n{"a":"${long}"}\n{"a":"4","b":"5"}`, 'x.jsonl', [4, '4', '5']],
  ]) {
    const { rows, problems } = await parsed(source, { name });
    assert.deepEqual(rows.at(-1), row);
    assert.equal(rows.length, 2);
    assertProblems(problems, [[3, /longer than/]]);
  }
});

test('what was written is read back: random cells', async () => {
  const { integer } = random(20);
  const parts = [
    '"',
    '""',
    ',',
    '\n',
    '\r\n',
    '\r',
    ' ',
    'a',
    'é',
    '😀',
    ';',
    "'",
    '|',
    '\\',
    'word',
    '\t',
  ];
  const cell = (allowed) =>
    Array.from({ length: integer(6) }, () => allowed[integer(allowed.length)]).join('');
  const quoted = (text) => `"${text.replaceAll('"', '""')}"`;
  const separators = { csv: ',', tsv: '\t' };
  for (let round = 0; round < 600; round++) {
    const format = round % 2 ? 'csv' : 'tsv';
    const separator = separators[format];
    // In TSV a cell with a line break and a tab is taken for an open quote.
    const allowed = format === 'csv' ? parts : parts.filter((part) => part !== '\t');
    const newline = integer(2) ? '\n' : '\r\n';
    const columns = Array.from({ length: 1 + integer(4) }, (_, i) => `c${i}`);
    const rows = Array.from({ length: integer(8) }, () => columns.map(() => cell(allowed)));
    const written = rows.map((row) =>
      row.map((text) => {
        const mustQuote = /["\r\n]/.test(text) || text.includes(separator);
        return mustQuote || integer(2) ? quoted(text) : text;
      }),
    );
    const lines = [columns, ...written].map((row) => row.join(separator));
    // A lone `\r` in the first piece is a line break only where there is no `\n`.
    const text = `${lines.join(newline)}${integer(2) ? '' : newline}\n`;
    const table = await parseRows(integer(2) ? text : bytes(text), { format });
    let line = 2;
    const expected = [];
    for (const [i, row] of rows.entries()) {
      if (row.some((value) => value.trim() !== '')) expected.push({ line, row });
      line += lines[i + 1].split('\n').length;
    }
    const found = table.rows.map(({ line, values }) => ({ line, row: Object.values(values) }));
    assert.deepEqual(found, expected, JSON.stringify(text));
    const isBare = rows.length === 0 || (expected.length === 0 && table.rows.length === 0);
    assert.equal(table.problems.length, isBare ? 1 : 0, JSON.stringify(text));
  }
});

test('what was written is read back: random objects in JSONL', async () => {
  const { integer } = random(21);
  const parts = ['"', '\\', '\n', '\u2028', ',', '{', '1', '-2.5', ' ', 'é', '😀', 'n'];
  const word = () =>
    Array.from({ length: integer(7) }, () => parts[integer(parts.length)]).join('');
  const objects = Array.from({ length: 2000 }, () =>
    Object.fromEntries(
      Array.from({ length: 1 + integer(4) }, () => [
        `k${word()}`,
        integer(2) ? word() : integer(1e6) / 8,
      ]),
    ),
  );
  const { rows, problems } = await parseRows(objects.map((o) => JSON.stringify(o)).join('\n'));
  assert.deepEqual(problems, []);
  assert.deepEqual(
    rows.map(({ values }) => values),
    objects.map((o) => Object.fromEntries(Object.entries(o).map(([k, v]) => [k, String(v)]))),
  );
});

test('columns become demonstrations', async () => {
  const table = await parseRows('id,review,sentiment\n1,fine,good\n2,  ,bad\n3,dull, bad \n4,,\n');
  assert.deepEqual(mapColumns(table, { input: 'review', output: 'sentiment' }), {
    demonstrations: [
      { input: 'fine', output: 'good' },
      { input: 'dull', output: ' bad ' },
    ],
    problems: [
      { line: 3, code: 'empty-cell', message: "There is no text in 'review'." },
      { line: 5, code: 'empty-cell', message: "There is no text in 'review', 'sentiment'." },
    ],
  });
  const lacking = await parseRows(
    '{"q": "a", "valueOf": "b"}\n{"q": "c"}\n{"q": "d", "valueOf": null}',
  );
  const { demonstrations, problems } = mapColumns(lacking, { input: 'q', output: 'valueOf' });
  assert.deepEqual(demonstrations, [{ input: 'a', output: 'b' }]);
  assert.deepEqual(
    problems.map(({ line }) => line),
    [2, 3],
  );
  assert.throws(() => mapColumns(table, { input: 'text', output: 'sentiment' }), {
    code: 'invalid-option',
    message: "input: there is no column 'text'. Columns: 'id', 'review', 'sentiment'.",
  });
  assert.throws(() => mapColumns(table, { input: 'review', output: 'toString' }), {
    code: 'invalid-option',
    message: /^output: there is no column 'toString'/,
  });
});

test('each problem has a code, whatever its sentence says', async () => {
  const codesIn = async (source, options) =>
    (await parseRows(source, options)).problems.map(({ code }) => code);
  assert.deepEqual(await codesIn('a,b\n1,2,3\n"he said "hi" there",3\n'), ['cell-count', 'quotes']);
  assert.deepEqual(await codesIn('a,,a\n1,2,3\n'), ['column-name', 'column-name']);
  assert.deepEqual(await codesIn('a,b\n'), ['no-rows']);
  assert.deepEqual(await codesIn(''), ['no-rows']);
  assert.deepEqual(await codesIn('{"a": [1]}\n{a}\n[1]\n'), [
    'nested-value',
    'not-json',
    'not-an-object',
  ]);
  assert.deepEqual(await codesIn('| a | b |\n| 1 | 2 |\n', { format: 'markdown' }), ['no-ruler']);
  assert.deepEqual(await codesIn(bytes('a,b\ncaf', [0xe9], ',2\n')), ['encoding']);
  const { problems } = mapColumns(await parseRows('a,b\n1,\n'), { input: 'a', output: 'b' });
  assert.deepEqual(
    problems.map(({ line, code }) => [line, code]),
    [[2, 'empty-cell']],
  );
});

test('the example of the README prints what it says', async () => {
  const readme = await readFile(new URL('../../../pkg/README.md', import.meta.url), 'utf8');
  const [, example, output] = readme.match(/```js\n([^`]*parseRows\(.*?)```\s+```text\n(.*?)```/s);
  const args = ['--input-type=module', '--eval', example];
  const cwd = fileURLToPath(new URL('../../../', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd });
  assert.equal(stdout, output);
});
