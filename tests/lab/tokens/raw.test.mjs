// The prompt as text: what the table becomes when the text is edited.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { labModule } from '../module.mjs';

const { written, rewritten } = await labModule('tokens/raw.ts');
const { findingsOf } = await labModule('tokens/lint.ts');
const { openPreset, reduce } = await labModule('app/state.ts');
const { askedOf, promptOf } = await labModule('app/prompt.ts');
const { presetById } = await labModule('presets/index.ts');

const open = (...actions) => actions.reduce(reduce, openPreset(presetById('past-tense')));
const asked = (draft) => askedOf({ ...draft, text: null });
const textOf = (draft) => promptOf(draft).text;
const write = (draft, text) => written(draft, asked(draft), textOf, text);
const inputs = (draft) => draft.task.demonstrations.map(({ input }) => input);

test('a text that the template gives changes the table', () => {
  const { draft } = open({ type: 'exclude', index: 1, excluded: true });
  const all = inputs(draft);
  const text = textOf(draft);
  assert.equal(write(draft, text).task.demonstrations, draft.task.demonstrations, 'nothing to do');

  const edited = write(draft, text.replace('walk\nA: walked', 'jump\nA: jumped'));
  assert.equal(edited.text, null);
  assert.deepEqual(inputs(edited), ['jump', ...all.slice(1)]);
  assert.equal(edited.task.demonstrations[1].excluded, true);

  const asking = write(draft, text.replace(/Q: .*\nA:$/, 'Q: dig\nA:'));
  assert.equal(asking.query, 'dig');
  assert.equal(asking.task.demonstrations, draft.task.demonstrations);
});

test('a demonstration may be written in or taken out, and the shots follow', () => {
  const { draft } = open();
  const all = inputs(draft);
  const text = textOf(draft);
  const more = write(draft, `Q: dig\nA: dug\n\n${text}`);
  assert.deepEqual(inputs(more), ['dig', ...all]);
  assert.equal(more.shots, draft.shots + 1);

  const fewer = write(draft, text.slice(text.indexOf('\n\n') + 2));
  assert.deepEqual(inputs(fewer), all.slice(1), 'those beyond the shots stay');
  assert.equal(fewer.shots, draft.shots - 1);

  const none = write(draft, 'Q: dig\nA:');
  assert.deepEqual([none.shots, none.query], [0, 'dig']);
  assert.deepEqual(inputs(none), all.slice(draft.shots));
});

test('what stands behind the prompt is appended', () => {
  const { draft } = open();
  const text = textOf(draft);
  assert.deepEqual(write(draft, `${text} sang`).appended, [' sang']);
  const appended = { ...draft, appended: [' s', 'ang'] };
  assert.equal(
    write(appended, `${text} sang`).appended,
    appended.appended,
    'token by token, as it was',
  );
});

test('every other text is free, and comes back as it is', () => {
  const { draft } = open();
  for (const text of ['', 'Once upon a time', ' \n\n\t\r\n  ', 'Q: half', '\ud800']) {
    const free = write(draft, text);
    assert.equal(free.text, text);
    assert.equal(textOf(free), text);
    assert.equal(free.task, draft.task, 'the table stays as it was');
  }
  const free = write(draft, 'Once');
  assert.equal(write(free, textOf(draft)).text, null, 'and the way back is open');
});

test('a draft that does not give the text, such as under a chat template, is not taken', () => {
  const { draft } = open();
  const text = textOf(draft);
  const elsewhere = (changed) => `<|im_start|>${textOf(changed)}`;
  assert.equal(written(draft, asked(draft), elsewhere, text).text, text);
});

test('whatever is typed is what the prompt is', () => {
  const { draft } = open({ type: 'exclude', index: 0, excluded: true });
  const text = textOf(draft);
  let now = draft;
  for (let at = 0; at < text.length; at += 3) {
    const typed = `${text.slice(0, at)}\n\nQ: ${text.slice(at)}`;
    now = write(now, typed);
    assert.equal(textOf(now), typed);
    now = write(now, text);
    assert.equal(textOf(now), text);
  }
  assert.equal(inputs(now)[0], 'walk', 'the excluded row is still there');
});

test('typing is one step of undo, whether it matches or not', () => {
  const first = open();
  const type = (state, text) =>
    reduce(state, { type: 'open', draft: write(state.draft, text), typing: 'text' });
  const text = textOf(first.draft);
  const typed = ['', 'On', text.replace('walk', 'jump'), 'Once'].reduce(type, first);
  assert.equal(typed.draft.text, 'Once');
  assert.equal(typed.past.length, 1);
  assert.deepEqual(reduce(typed, { type: 'undo' }).draft, first.draft);
});

test('rows in the middle give way, those at the ends stay the same rows', () => {
  const row = (input, excluded) => ({ input, output: 'out', ...(excluded ? { excluded } : {}) });
  const rows = [row('a'), row('x', true), row('b'), row('c'), row('unused')];
  const shown = ['a', 'b', 'c'].map((input) => row(input));
  const names = (...now) =>
    rewritten(
      rows,
      shown,
      now.map((input) => row(input)),
    )
      .map(({ input }) => input)
      .join(' ');
  assert.equal(names('a', 'B', 'c'), 'a x B c unused');
  assert.equal(names('a', 'b', 'n', 'c'), 'a x b n c unused');
  assert.equal(names('n', 'a', 'b', 'c'), 'n a x b c unused');
  assert.equal(names('a', 'c'), 'a x c unused');
  assert.equal(names('a', 'b', 'c', 'd'), 'a x b c d unused');
  assert.equal(names(), 'x unused');
  assert.equal(rewritten(rows, shown, shown), rows);
});

test('a finding is about rows of the table, and its fix is a draft', () => {
  const { draft } = open(
    { type: 'exclude', index: 0, excluded: true },
    { type: 'demonstration', index: 1, field: 'output', text: 'played ' },
  );
  const [finding] = findingsOf(draft, asked(draft));
  assert.equal(finding.code, 'inconsistent-end');
  assert.deepEqual(finding.places[0].part, { kind: 'output', row: 1 });
  assert.equal(finding.places[0].excerpt, 'played ');
  assert.equal(finding.fixed.task.demonstrations[1].output, 'played');
  assert.equal(finding.fixed.task.demonstrations[0].excluded, true);
  assert.deepEqual(findingsOf(finding.fixed, asked(finding.fixed)), []);
});

test('a prompt that ends in a space is told of, unless something was appended there', () => {
  const { draft } = open({ type: 'template', field: 'outputPrefix', text: 'A: ' });
  const codes = (one) => findingsOf(one, asked(one)).map(({ code }) => code);
  assert.ok(codes(draft).includes('trailing-space'));
  assert.ok(!codes({ ...draft, appended: ['sang'] }).includes('trailing-space'));

  const free = { ...draft, text: 'Sing, sang, ' };
  const [finding] = findingsOf(free, asked(free));
  assert.equal(finding.code, 'trailing-space');
  assert.equal(finding.fixed.text, 'Sing, sang,');
});
