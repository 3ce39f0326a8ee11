// A pinned prompt in a link: it comes back with its result, costs little, and takes nothing with it where it is too long or
// damaged.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { labModule } from '../module.mjs';

const { decodeLink, encodeLink, linkOf } = await labModule('share/link.ts');
const { readReceiptFile, receiptFile } = await labModule('share/shared.ts');
const { fingerprint } = await labModule('util/fingerprint.ts');
const { draftOf, reduce, openPreset } = await labModule('app/state.ts');
const { defaultSettings } = await labModule('app/settings.ts');
const { presetById } = await labModule('presets/index.ts');

const preset = presetById('sentiment');
const edited = (...actions) => actions.reduce(reduce, openPreset(preset)).draft;
const draft = edited({ type: 'query', text: 'A joy.' });
const pinned = edited(
  { type: 'instruction', text: 'Judge the review.' },
  { type: 'shots', shots: 2 },
);
const shared = { draft, settings: defaultSettings, receipt: null, pinned };

const resultOf = (prompt, p) => ({
  shotglass: '0.1.0',
  model: {
    ...{ name: 'a model', quantization: 'Q4_1', sha256: 'ab'.repeat(32), activationBits: 16 },
  },
  prompt: fingerprint(prompt),
  prediction: {
    candidates: [{ id: 7, text: ' word', logprob: Math.log(p) }],
    ...{ rest: { count: 49_151, p: 1 - p }, entropy: 0.5, tokens: 9 },
  },
  words: [[' word', p]],
  classification: null,
  ladder: null,
});
const [result, ofPinned] = [resultOf('b', 0.5), resultOf('a', 0.25)];

test('a link gives back the pinned prompt and both results', async () => {
  const opened = await decodeLink(await encodeLink(shared, result, ofPinned));
  assert.deepEqual(opened.draft, draft);
  assert.deepEqual(opened.pinned, pinned);
  assert.equal(opened.result.words[0][1], 0.5);
  assert.equal(opened.pinnedResult.words[0][1], 0.25);
  assert.equal(opened.pinnedResult.prompt, fingerprint('a'));
  assert.equal(opened.drifted, false);
  const without = await decodeLink(await encodeLink({ ...shared, pinned: null }, result, ofPinned));
  assert.deepEqual([without.pinned, without.pinnedResult], [null, null]);
  const alone = await decodeLink(await encodeLink(shared));
  assert.deepEqual([alone.pinned, alone.result, alone.pinnedResult], [pinned, null, null]);
});

test('a pinned prompt that differs little makes a link little longer', async () => {
  const one = (await encodeLink({ ...shared, pinned: null })).length;
  const both = (await encodeLink(shared)).length;
  assert.ok(both - one < 120, `${both} and ${one} characters`);
  // The reader's own task is whole in both, which deflate sees.
  const own = { ...draft, preset: null, name: 'mine' };
  const ofOwn = { ...shared, draft: own, pinned: { ...own, query: 'Another.' } };
  const alone = (await encodeLink({ ...ofOwn, pinned: null })).length;
  assert.ok((await encodeLink(ofOwn)).length - alone < 150);
});

/** Text that deflate makes little shorter, and the same each time. */
function noise(length) {
  let state = 1;
  let text = '';
  while (text.length < length) {
    state = Math.imul(state, 1_103_515_245) + 12_345;
    text += String.fromCharCode(0x4e00 + ((state >>> 16) & 0x3fff));
  }
  return text;
}

test('a pinned prompt with which nobody could read the link is left out, and that is told', async () => {
  const text = noise(120_000);
  const long = { ...shared, draft: { ...draft, query: text } };
  assert.equal((await linkOf(long)).isWhole, true);
  const both = { ...long, pinned: { ...pinned, query: noise(240_000).slice(120_000) } };
  const { link, isWhole } = await linkOf(both, result, ofPinned);
  assert.equal(isWhole, false);
  assert.ok(link.length < 450_000, `${link.length} characters`);
  const opened = await decodeLink(link);
  assert.equal(opened.draft.query, text);
  assert.deepEqual([opened.pinned, opened.pinnedResult], [null, null]);
  assert.equal(opened.result.words[0][1], 0.5);
  // What inflates to more than a page reads is left out, too.
  const wide = {
    ...shared,
    pinned: { ...pinned, query: 'a'.repeat(999_000), text: 'b'.repeat(999_999) },
  };
  wide.pinned.appended = ['c'.repeat(100_000)];
  assert.equal((await linkOf(wide)).isWhole, false);
});

const partOf = (body, sum = fingerprint(JSON.stringify(body))) =>
  deflateRawSync(Buffer.from(JSON.stringify({ sum, body }))).toString('base64url');
const bodyOf = (part) => JSON.parse(inflateRawSync(Buffer.from(part, 'base64url')).toString()).body;

test('what is wrong with a pinned prompt is named with its place', async () => {
  const state = bodyOf((await encodeLink(shared)).slice('v1/'.length));
  const why = (change) =>
    decodeLink(`v1/${partOf({ ...state, pinned: change(state.pinned) })}`).then(
      () => null,
      ({ why, where }) => `${why} ${where}`,
    );
  assert.equal(await why((one) => one), null);
  assert.equal(await why(() => 7), 'wrong pinned.draft');
  assert.equal(await why((one) => ({ ...one, shots: -1 })), 'wrong pinned.draft.shots');
  assert.equal(await why((one) => ({ ...one, query: 5 })), 'wrong pinned.draft.query');
  assert.equal(await why((one) => ({ ...one, preset: 'gone' })), 'wrong pinned.draft.preset');
  const drifted = await decodeLink(
    `v1/${partOf({ ...state, pinned: { ...state.pinned, of: '00000000' } })}`,
  );
  assert.equal(drifted.drifted, true);
});

test('a result of the pinned prompt that cannot be read leaves both prompts', async () => {
  const [state, part] = (await encodeLink(shared, result, ofPinned)).split('.');
  const body = bodyOf(part);
  const opened = await decodeLink(
    `${state}.${partOf({ ...body, pinned: { ...body.pinned, words: [[' word', 7]] } })}`,
  );
  assert.deepEqual([opened.draft, opened.pinned], [draft, pinned]);
  assert.deepEqual([opened.result, opened.pinnedResult], [null, null]);
  const { why, where } = opened.unreadable;
  assert.deepEqual([why, where], ['wrong', 'pinned.result.words[0][1]']);
  for (let length = 0; length < part.length; length += 11) {
    const cut = await decodeLink(`${state}.${part.slice(0, length)}`);
    assert.equal(cut.unreadable.why, 'damaged');
    assert.deepEqual(cut.pinned, pinned);
  }
});

test('a receipt keeps all of the pinned prompt, whatever becomes of its preset', () => {
  const receipt = {
    shotglass: '0.1.0',
    model: { name: 'a model', file: null, sha256: 'ab'.repeat(32), activationBits: 16 },
    promptSha256: 'cd'.repeat(32),
    sampling: defaultSettings.sampling,
    top: [{ id: 7, text: ' word', p: 0.5 }],
    rest: { count: 49_151, p: 0.5 },
    entropy: 0.5,
    classification: null,
  };
  const file = receiptFile({ ...shared, receipt });
  assert.equal(JSON.parse(file).pinned.of, undefined);
  assert.deepEqual(readReceiptFile(file).pinned, pinned);
});

test('a link of an older page has no pinned prompt', async () => {
  const { pinned: none, pinnedResult } = await decodeLink(
    `v1/${partOf({ draft: { preset: 'sentiment', of: 'x', query: 'old' } })}`,
  );
  assert.deepEqual([none, pinnedResult], [null, null]);
  assert.equal(draftOf(preset).preset, 'sentiment');
});
