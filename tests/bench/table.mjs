// The result of a run as text for a terminal.

import { isKept, measures } from './measures.mjs';
import { of } from './numbers.mjs';

const columns = [
  ['prefill 64', 'prefill-64', 0],
  ['prefill 256', 'prefill-256', 0],
  ['prefill 1,024', 'prefill-1024', 0],
  ['prefill 2,048', 'prefill-2048', 0],
  ['decode', 'decode', 0],
  ['load s', 'load', 2],
  ['few-shot s', 'few-shot', 1],
];

/** Everything that a run has to say. */
export function report(result) {
  const { machine, versions, model } = result;
  return [
    `${machine.cpu}, ${machine.cores} cores, ${machine.platform} · ${result.date.slice(0, 10)}`,
    Object.entries(versions)
      .map(([name, version]) => `${name} ${version}`)
      .join(' · '),
    `${model.file}, ${megabytes(model.bytes)}; the other quantizations are made from it`,
    '',
    'Tokens per second, seconds where it says so: the median (least–most) of its samples. ×1, ×2: threads.',
    '',
    speeds(result),
    '',
    ...notes(result),
    '',
    'Linear memory on the file itself (of llama.cpp: of its process, with the mapped file), and modules:',
    '',
    sizes(result),
    '',
    'What the project set itself (bounds; a benchmark fails nothing):',
    '',
    ratios(result),
  ].join('\n');
}

function speeds({ subjects }) {
  const rows = subjects
    .filter(({ samples }) => samples.length > 0)
    .map((subject) => [
      subject.name,
      ...columns.map(([, key, digits]) => cell(of(subject, key), digits)),
    ]);
  return grid([['', ...columns.map(([name]) => name)], ...rows]);
}

function cell(summary, digits) {
  if (summary === null) return '–';
  const { median, least, most, count } = summary;
  const [middle, low, high] = [median, least, most].map((value) => value.toFixed(digits));
  return count === 1 ? middle : `${middle} (${low}–${high})`;
}

function notes({ rounds, subjects }) {
  const failures = subjects
    .filter(({ failed }) => failed)
    .map(({ name, failed, samples }) =>
      samples.length === 0
        ? `${name} was left out: ${failed}`
        : `${name} failed after ${samples.length} of its samples: ${failed}`,
    );
  const once =
    'A number without a spread was measured once: long prompts and the few-shot job are slow ' +
    'in the other packages. What two rounds showed to be far behind was not measured again.';
  return [
    rounds === 1
      ? 'One round: no number has a spread.'
      : `${rounds} rounds, all subjects in each. ${once}`,
    ...failures,
  ];
}

function sizes({ subjects, model, wasm }) {
  const memory = subjects
    .filter(({ memory }) => memory)
    .map(({ name, memory }) => {
      const share = (bytes) =>
        `${megabytes(bytes)} = ${(bytes / model.bytes).toFixed(2)} × the file`;
      return [
        name,
        `loaded ${share(memory['memory-loaded'])}`,
        `after 256 tokens ${share(memory['memory-prompt'])}`,
      ];
    });
  const kilobytes = (bytes) => `${(bytes / 1000).toFixed(0)} kB`;
  const modules = wasm.map(({ name, bytes, gzipped }) => [
    name,
    `module ${kilobytes(bytes)}`,
    `gzipped ${kilobytes(gzipped)}`,
  ]);
  return grid([...memory, ...modules]);
}

function ratios(result) {
  const rows = measures(result).map((measure) => {
    const { what, value, bound, atLeast, unit, of } = measure;
    const digits = unit === 'kB' ? 0 : 2;
    const limit = bound === null ? '' : `${atLeast ? '≥' : '≤'} ${bound} ${unit}`;
    const measured = Number.isNaN(value) ? 'not measured' : `${value.toFixed(digits)} ${unit}`;
    const mark = { true: '✓', false: '✗', null: '' }[isKept(measure)];
    return [what, limit, measured, mark, of];
  });
  return grid([['', 'bound', 'measured', '', 'of'], ...rows]);
}

function megabytes(bytes) {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

/** Rows of cells in columns as wide as they must be. */
function grid(rows) {
  const widths = [];
  for (const row of rows)
    row.forEach((cell, i) => {
      widths[i] = Math.max(widths[i] ?? 0, cell.length);
    });
  return rows
    .map((row) => `  ${row.map((cell, i) => cell.padEnd(widths[i])).join('  ')}`.trimEnd())
    .join('\n');
}
