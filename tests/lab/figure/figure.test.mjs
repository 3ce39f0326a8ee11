// Figures that leave: the same numbers in the picture and in the table, whatever the names are.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { test } from 'node:test';
import { labModule } from '../module.mjs';
import { chartsNamed, info, ps } from './charts.mjs';

const { svg } = await labModule('figure/svg/whole.ts');
const { csv } = await labModule('figure/csv.ts');
const { methodsLine, templateText } = await labModule('figure/methods.ts');
const Papa = createRequire(new URL('../../../pkg/package.json', import.meta.url))('papaparse');

const ids = [
  ...['tokens', 'words', 'labels', 'ladder', 'examples', 'order', 'outputs', 'calibrate'],
  ...['format', 'layers', 'patching', 'heads', 'probe', 'vector', 'choose', 'many-shots'],
  ...['sentences', 'sentence-tokens', 'curve', 'compare', 'models', 'confusion', 'reliability'],
];
const hostile = {
  markup: '</text><script>alert(1)</script>]]>&amp;"\'',
  bidi: '\u202eright to left\u2066 \u05d0\u05d1\u05d2',
  controls: 'a\u0000b\u0001\u000b\u001b\ufffe\ud83d\u0085\u2028c',
  formula: '=HYPERLINK("https://example.org")',
  wide: '马'.repeat(200),
  long: 'never ending '.repeat(770),
  unbroken: 'x'.repeat(10_000),
  empty: '',
};

const parse = (text) => {
  const { data, errors } = Papa.parse(text, {
    header: true,
    skipEmptyLines: true,
    newline: '\r\n',
  });
  assert.deepEqual(errors, []);
  return data;
};

/** Reads XML as strictly as a parser does, as far as we write it; gives its elements and its texts. */
function readXml(text) {
  assert.doesNotMatch(
    text,
    /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u,
    'XML has no such character',
  );
  const token =
    /<(\/?)([a-zA-Z]+)((?:\s+[a-zA-Z][a-zA-Z0-9:-]*="(?:[^"<&]|&(?:amp|lt|gt|quot);)*")*)(\/?)>|((?:[^<&]|&(?:amp|lt|gt|quot);)+)/y;
  const open = [];
  const elements = [];
  while (token.lastIndex < text.length) {
    const at = token.lastIndex;
    const found = token.exec(text);
    assert.ok(found, `at ${at}: ${text.slice(at, at + 60)}`);
    const [, closes, name, attributes, isEmpty] = found;
    if (name === undefined) continue;
    if (closes) assert.equal(open.pop(), name);
    else {
      elements.push([
        name,
        Object.fromEntries(
          [...attributes.matchAll(/([a-zA-Z][a-zA-Z0-9:-]*)="([^"]*)"/g)].map(([, key, value]) => [
            key,
            value,
          ]),
        ),
      ]);
      if (!isEmpty) open.push(name);
    }
  }
  assert.deepEqual(open, [], 'every element is closed');
  return elements;
}

test('every figure of the page is a chart', () => {
  assert.deepEqual(
    chartsNamed('a name').map(({ id }) => id),
    ids,
  );
});

for (const [kind, name] of Object.entries(hostile)) {
  test(`the SVG is well-formed and stands alone, and the CSV is a table: ${kind}`, () => {
    for (const chart of chartsNamed(name)) {
      const text = svg(chart);
      const elements = readXml(text);
      const allowed = [
        'svg',
        'title',
        'defs',
        'pattern',
        'g',
        'rect',
        'line',
        'circle',
        'polyline',
        'text',
        'tspan',
      ];
      for (const [tag, attributes] of elements) {
        assert.ok(allowed.includes(tag), `${chart.id}: <${tag}>`);
        for (const [key, value] of Object.entries(attributes)) {
          assert.doesNotMatch(key, /^(on|style|class|href|xlink)/);
          assert.doesNotMatch(value, /NaN|undefined|Infinity|\[object/, `${chart.id}: ${key}`);
          if (key.startsWith('x') && key !== 'xmlns' && !key.startsWith('xml'))
            assert.ok(value >= 0 && value <= 640, `${chart.id}: ${key}="${value}"`);
        }
      }
      assert.ok(text.length < 60_000, `${chart.id}: ${text.length} characters`);
      assert.equal(elements[0][1].width, '640');
      assert.doesNotMatch(text, /[\u202a-\u202e\u2066-\u2069]/, 'nothing turns the text around');
      const rows = parse(csv(chart));
      assert.equal(
        rows.length,
        chart.series.reduce((sum, { data }) => sum + data.length, 0),
      );
      for (const row of rows)
        for (const field of Object.values(row)) assert.doesNotMatch(field, /^[=+@\t]/, field);
    }
  });
}

test('every number is in the CSV with all its digits, with what it is of and how it came about', () => {
  for (const chart of chartsNamed('a name')) {
    const rows = parse(csv(chart));
    const expected = chart.series.flatMap(({ key, data }) =>
      data.map(({ at, value, low, high }) => ({
        key,
        name: chart.categories.all[at].name,
        value,
        low,
        high,
      })),
    );
    for (const [i, { key, name, value, low, high }] of expected.entries()) {
      const row = rows[i];
      assert.equal(row.figure, chart.id);
      assert.equal(row[chart.seriesColumn], key);
      assert.equal(row[chart.categories.column], name);
      assert.equal(row.value === '' ? null : Number(row.value), value, `${chart.id} ${i}`);
      for (const [is, was] of [
        [row.low, low],
        [row.high, high],
      ])
        assert.equal(is ? Number(is) : undefined, was);
      assert.equal(row.model, 'a name');
      assert.equal(row.model_sha256, info.sha256, 'whole');
      assert.equal(row.activation_bits, '16');
      const isApart = chart.id.startsWith('sentence');
      assert.equal(row.demonstrations, isApart ? '' : '10');
      const template = 'Review: {input}\\nSentiment: {output}\\n\\n';
      assert.equal(row.template, isApart ? '' : template);
      assert.match(row.shotglass, /^\d+\.\d+\.\d+/);
    }
  }
  const [tokens, , labels] = chartsNamed('a name');
  assert.deepEqual(
    parse(csv(tokens)).map(({ value, rank, count }) => [Number(value), rank, count]),
    [...ps.map((p, i) => [p, String(i + 1), '1']), [1 / 900, '', '49147']],
  );
  assert.deepEqual(
    [parse(csv(labels))[0].rule, parse(csv(labels))[0].reference],
    ['sum', 'nothing'],
  );
  assert.equal(parse(csv(tokens))[0].rule, '', 'no label was scored');
});

test('bars are as long as their numbers, and each number is written beside its bar', () => {
  const charts = Object.fromEntries(chartsNamed('a name').map((chart) => [chart.id, chart]));
  for (const id of ['tokens', 'labels', 'calibrate']) {
    const elements = readXml(svg(charts[id]));
    const bars = elements.filter(([, { 'data-p': p }]) => p !== undefined).map(([, one]) => one);
    const values = charts[id].categories.all.flatMap((_, at) =>
      charts[id].series.map(({ data }) => data.find((one) => one.at === at).value),
    );
    assert.deepEqual(
      bars.map((one) => Number(one['data-p'])),
      values,
    );
    const track = elements.filter(([tag, { height }]) => tag === 'rect' && height === '20');
    const whole = Math.max(...track.map(([, { width }]) => Number(width)));
    for (const { width, 'data-p': p } of bars)
      assert.ok(Math.abs(Number(width) - Math.max(1, whole * p)) < 0.02, `${id}: ${p}`);
  }
  const text = svg(charts.tokens);
  for (const shown of [
    '>33.3%<',
    '>14.3%<',
    '>&lt;0.01%<',
    '>0.11%<',
    '49,147 other tokens',
    '>25%<',
  ])
    assert.ok(text.includes(shown), shown);
  const effects = readXml(svg(charts.examples)).filter(([, one]) => one['data-p'] !== undefined);
  assert.equal(effects.length, 4, 'one is not known yet');
  const zero = Number(effects[0][1].x);
  assert.ok(
    Math.abs(Number(effects[1][1].x) + Number(effects[1][1].width) - zero) < 0.02,
    'to the left',
  );
  assert.ok(svg(charts.examples).includes('>−0.14<'));
});

test('the curve stands where its numbers are, between the ends of its intervals', () => {
  const curve = chartsNamed('a name').find(({ id }) => id === 'curve');
  const elements = readXml(svg(curve));
  const [, line] = elements.find(([tag]) => tag === 'polyline');
  const ys = line.points.split(' ').map((pair) => Number(pair.split(',')[1]));
  const grid = elements
    .filter(([tag, one]) => tag === 'line' && one.x1 === '66')
    .map(([, one]) => Number(one.y1));
  const [foot, top] = [Math.max(...grid), Math.min(...grid)];
  ys.forEach((y, i) => {
    assert.ok(Math.abs(y - (foot - ps[i] * (foot - top))) < 0.02, `${i}`);
  });
  assert.equal(
    elements.filter(([tag, one]) => tag === 'line' && one['stroke-width'] === '2.5').length - 1,
    5,
    'five runs, and the legend',
  );
});

test('the methods line says all of it, and the columns are named for programs', () => {
  const charts = chartsNamed('a name');
  const curve = charts.find(({ id }) => id === 'curve');
  const line = methodsLine(curve.methods);
  for (const part of [
    'a name (SHA-256 ab12cd34…), 16-bit activations',
    'k = 0–2 of 10 examples',
    'template “Review: {input}\\nSentiment: {output}\\n\\n”',
    'labels scored by total log-probability, calibrated against empty queries',
    '1 row evaluated',
    'seeds 0, 1',
    'shotglass 0.',
  ])
    assert.ok(line.includes(part), `${part} in ${line}`);
  const tokens = methodsLine(charts[0].methods);
  assert.match(tokens, /k = 4 of 10 examples/);
  assert.doesNotMatch(tokens, /scored|evaluated|seed/);
  const columns = Object.keys(parse(csv(curve))[0]);
  assert.ok(
    columns.every((name) => /^[a-z0-9_]+$/.test(name)),
    `of no language: ${columns}`,
  );
});

test('a template is written so that it can be read back', () => {
  const parts = { instructionSeparator: '', inputPrefix: '"', inputSuffix: '\t', outputPrefix: '' };
  const template = { ...parts, outputSeparator: ' ', demonstrationSeparator: '\n' };
  assert.equal(templateText(template), '"{input}\\t {output}\\n');
  const none = { ...template, inputPrefix: '', inputSuffix: '', demonstrationSeparator: '' };
  assert.equal(templateText(none), '{input}', 'free text');
});
