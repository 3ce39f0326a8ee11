// The result in a link: what goes out comes back, what is hostile or damaged takes nothing with it, and the numbers are shown
// of the prompt that they are about and of no other.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { labModule } from '../module.mjs';

const { decodeLink, encodeLink } = await labModule('share/link.ts');
const { isAbout, packSent } = await labModule('share/sent.ts');
const { presetLink, readPresetLink } = await labModule('share/preset-link.ts');
const { compared } = await labModule('share/receipt-check.ts');
const { fingerprint } = await labModule('util/fingerprint.ts');
const { draftOf } = await labModule('app/state.ts');
const { defaultSettings } = await labModule('app/settings.ts');
const { presetById, presets } = await labModule('presets/index.ts');

const model = {
  name: 'SmolLM2-135M-Instruct',
  quantization: 'Q4_1',
  sha256: 'ab'.repeat(32),
  activationBits: 16,
};
const prompt = 'Q: a';

/** As large as a result of ours is: 20 tokens, five words, labels, and a ladder of eleven columns. */
const result = {
  shotglass: '0.1.0',
  model,
  prompt: fingerprint(prompt),
  prediction: {
    candidates: Array.from({ length: 20 }, (_, i) => ({
      id: 1000 + 37 * i,
      text: ` word${i}`,
      logprob: Math.log(Number((0.5 / 2 ** i).toPrecision(6))),
      ...(i === 3 && { text: '\ufffd', bytes: 'e280' }),
    })),
    rest: { count: 49_132, p: Number(0.5 ** 20).toPrecision(6) * 1 },
    entropy: 1.38629,
    tokens: 64,
  },
  words: [
    [' horses', 0.916123],
    [' horse', 0.0312345],
  ],
  classification: {
    rule: 'sum',
    labels: [
      { label: 'Positive', p: 0.75 },
      { label: 'Negative', p: 0.25 },
    ],
    mass: 0.912345,
  },
  ladder: {
    answer: 'horses',
    ofLabels: true,
    columns: Array.from({ length: 11 }, (_, k) => ({
      k,
      p: k === 5 ? null : 0.0123457 * k,
      name: k === 6 ? null : 'horses',
      posterior: 0.765432,
      mass: 0.912345,
    })),
  },
};
const draft = { ...draftOf(presetById('sentiment')), query: 'A joy.' };
const shared = { draft, settings: defaultSettings, receipt: null };
const near = (actual, expected) => {
  const flat = (value) =>
    JSON.parse(JSON.stringify(value), (_, one) =>
      typeof one === 'number' ? Number(one.toPrecision(5)) : one,
    );
  assert.deepEqual(flat(actual), flat(expected));
};

test('a link gives back the result that was put into it, to six digits', async () => {
  const link = await encodeLink(shared, result);
  const opened = await decodeLink(link);
  assert.equal(opened.unreadable, null);
  near(opened.result, result);
  assert.deepEqual(opened.draft, draft);
  assert.equal(isAbout(opened.result, prompt), true);
  assert.equal(isAbout(opened.result, `${prompt} `), false);
  const words = { ...result, prediction: null, classification: null, ladder: null };
  near((await decodeLink(await encodeLink(shared, words))).result, words);
});

test('a result adds little to a link: 1.3 kB with all that there is', async () => {
  const link = await encodeLink(shared, result);
  assert.ok(link.length < 1300, `${link.length} characters`);
});

test('a link without a result, as it was made before there were any, opens as ever', async () => {
  const {
    draft: opened,
    result: none,
    unreadable,
  } = await decodeLink(
    'v1/' +
      deflateRawSync(
        Buffer.from('{"body":{"draft":{"preset":"sentiment","of":"x","query":"old"}}}'),
      ).toString('base64url'),
  );
  assert.deepEqual([opened.query, none, unreadable], ['old', null, null]);
});

const partOf = (body, sum = fingerprint(JSON.stringify(body))) =>
  deflateRawSync(Buffer.from(JSON.stringify({ sum, body }))).toString('base64url');

/** What is wrong with a link whose result is this; its state must open whatever it is. */
async function reason(part) {
  const opened = await decodeLink(`${await encodeLink(shared)}.${part}`);
  assert.deepEqual(opened.draft, draft, 'the state opens');
  const { unreadable } = opened;
  assert.equal(opened.result === null, unreadable !== null);
  return unreadable && `${unreadable.why} ${unreadable.where}`.trim();
}

test('a result that is cut off or changed on the way leaves the state whole', async () => {
  const whole = (await encodeLink(shared, result)).split('.')[1];
  assert.equal(await reason(whole), null);
  for (let length = 0; length < whole.length; length += 7) {
    assert.equal(await reason(whole.slice(0, length)), 'damaged', `${length} characters`);
  }
  const body = packSent(result);
  assert.equal(await reason(partOf(body, 'deadbeef')), 'damaged');
  assert.equal(await reason('%%%'), 'damaged');
  assert.equal(await reason(`${whole}.${whole}`), 'damaged');
});

test('a state that is cut off is not read, whatever result follows', async () => {
  const [state, part] = (await encodeLink(shared, result)).split('.');
  await assert.rejects(decodeLink(`${state.slice(0, -4)}.${part}`), { why: 'damaged' });
});

test('a hostile result is named and shown nowhere', async () => {
  const body = JSON.parse(JSON.stringify(packSent(result)));
  const changed = (change) => reason(partOf({ ...body, ...change }));
  const top = (at, token) => ({ top: body.top.map((one, i) => (i === at ? token : one)) });
  const columns = (change) => ({
    ladder: { ...body.ladder, columns: change(body.ladder.columns) },
  });
  for (const [change, expected] of [
    [{}, null],
    [{ shotglass: 'v'.repeat(41) }, 'wrong result.shotglass'],
    [{ model: ['a', 'b', 'short', 16] }, 'wrong result.model[2]'],
    [{ model: { name: 'a' } }, 'wrong result.model'],
    [{ prompt: 'x'.repeat(9) }, 'wrong result.prompt'],
    [{ top: {} }, 'wrong result.top'],
    [top(0, [1, ' a', 1.5]), 'wrong result.top[0][2]'],
    [top(0, [1, ' a', 0]), 'wrong result.top[0][2]'],
    [top(0, [1, ' a'.repeat(600), 0.5]), 'wrong result.top[0][1]'],
    [top(0, [1.5, ' a', 0.5]), 'wrong result.top[0][0]'],
    [top(1, [1, ' a', 0.6]), 'wrong result.top[1]'],
    [top(3, [1, ' a', 0.0625, 'xyz']), 'wrong result.top[3][3]'],
    [{ top: Array.from({ length: 101 }, () => [1, 'a', 0.001]) }, 'wrong result.top'],
    [{ rest: [5, 0.9] }, 'wrong result.rest'],
    [{ rest: [-5, 0] }, 'wrong result.rest[0]'],
    [{ entropy: null }, 'wrong result.entropy'],
    [
      {
        words: [
          [' a', 0.9],
          [' b', 0.9],
        ],
      },
      'wrong result.words',
    ],
    [{ words: [['a', '1']] }, 'wrong result.words[0][1]'],
    [{ labels: [['a', 0.2]] }, 'wrong result.labels'],
    [{ mass: 1.5 }, 'wrong result.mass'],
    [{ ladder: [] }, 'wrong result.ladder'],
    [columns((all) => [all[1], all[0]]), 'wrong result.ladder.columns[1][0]'],
    [columns(([[k, , ...others]]) => [[k, 7, ...others]]), 'wrong result.ladder.columns[0][1]'],
    [columns(() => [[0, 0.5, 'x'.repeat(1001)]]), 'wrong result.ladder.columns[0][2]'],
    [
      columns(() => Array.from({ length: 101 }, (_, k) => [k, 0.5, 'x'])),
      'wrong result.ladder.columns',
    ],
  ]) {
    assert.equal(await changed(change), expected, JSON.stringify(change).slice(0, 80));
  }
  assert.equal(await reason('A'.repeat(50_000)), 'long');
  const bomb = deflateRawSync(Buffer.from(`{"body":"${' '.repeat(5_000_000)}"}`));
  assert.equal(await reason(bomb.toString('base64url')), 'long');
  const polluted = inflateRawSync(Buffer.from(partOf(body), 'base64url'))
    .toString()
    .replace('"shotglass"', '"__proto__":{"shotglass":"evil"},"other"');
  const part = deflateRawSync(Buffer.from(polluted.replace(/"sum":"\w+",/, '')));
  assert.equal(await reason(part.toString('base64url')), 'wrong result.shotglass');
});

test('what the model says here is compared with what was sent, within 1e-4', () => {
  const ps = [0.5, 0.3, 0.15, 0.05];
  const sent = {
    candidates: [0, 1].map((id) => ({ id, text: ` t${id}`, logprob: Math.log(ps[id]) })),
    rest: { count: 2, p: 0.2 },
    entropy: 1.14,
    classification: null,
  };
  const fresh = (first) => ({
    logprobs: Float32Array.from([first, ...ps.slice(1)], Math.log),
    entropy: 1.14,
    classification: null,
  });
  assert.equal(compared(sent, fresh(0.50005)).agrees, true);
  const { agrees, largest } = compared(sent, fresh(0.51));
  assert.deepEqual([agrees, largest.what, largest.name], [false, 'token', '␣t0']);
});

test('a preset as it ships has a short link, which opens it with as many shots', () => {
  for (const preset of presets) {
    const shipped = draftOf(preset);
    assert.equal(presetLink(shipped), `preset=${preset.id}`);
    const one = preset.shots === 1 ? 2 : 1;
    assert.equal(presetLink({ ...shipped, shots: one }), `preset=${preset.id}&k=${one}`);
    assert.deepEqual(readPresetLink(`?preset=${preset.id}&k=${one}`), { preset, shots: one });
    assert.equal(presetLink({ ...shipped, query: 'another' }), null);
    assert.equal(presetLink({ ...shipped, chat: true }), null);
  }
  const preset = presetById('sentiment');
  for (const k of ['99', '-1', '1.5', 'x', '', '1e1']) {
    assert.deepEqual(readPresetLink(`?preset=sentiment&k=${k}`), { preset, shots: null }, k);
  }
  assert.equal(readPresetLink('?preset=unknown'), null);
  assert.equal(readPresetLink(''), null);
});
