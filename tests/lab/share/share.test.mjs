// Links, receipts and the kept work: what goes out comes back, and what is broken is said in one word.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { deflateRawSync } from 'node:zlib';
import { seeded } from '../../support/seeded.mjs';
import { labModule } from '../module.mjs';

const { addressOf, decodeLink, encodeLink, isLink } = await labModule('share/link.ts');
const { readReceiptFile, receiptFile } = await labModule('share/shared.ts');
const { receiptOf } = await labModule('share/receipt.ts');
const { checkReceipt } = await labModule('share/receipt-check.ts');
const { packKept, readKept, writeKept } = await labModule('share/store.ts');
const { draftOf, openPreset, reduce } = await labModule('app/state.ts');
const { defaultSettings } = await labModule('app/settings.ts');
const { presets, presetById } = await labModule('presets/index.ts');

test('a link says in which language it opens only where somebody asked for one', () => {
  const at = (query) => addressOf(`https://lab.example/sub/${query}`, 'v1/abc');
  assert.equal(at(''), 'https://lab.example/sub/#v1/abc');
  assert.equal(at('?preset=sentiment#v1/old'), 'https://lab.example/sub/#v1/abc');
  assert.equal(
    at('?preset=topics&lang=zh-CN'),
    'https://lab.example/sub/zh.html?lang=zh-Hans#v1/abc',
  );
  assert.equal(at('?lang=en&lang=zh'), 'https://lab.example/sub/?lang=en#v1/abc');
  assert.equal(at('zh.html?lang=en'), 'https://lab.example/sub/?lang=en#v1/abc');
  assert.equal(at('zh.html'), 'https://lab.example/sub/#v1/abc');
  assert.equal(at('?lang=klingon'), 'https://lab.example/sub/#v1/abc', 'nobody speaks it here');
});

const odd = [
  '',
  ' ',
  '\t',
  '\r',
  '\r\n',
  '\n\n',
  'é',
  '中文',
  '👩‍👩‍👧',
  '\ud83d',
  '\udc00',
  '\0',
  '\u2028',
  '\ufeff',
  '</script>',
  '"quoted"',
  '\\',
  '{{ input }}',
  '`',
  '|',
  '&amp;',
  '__proto__',
  'null',
  '1',
  'word',
];

function randomDraft(random) {
  const pick = (from) => from[Math.floor(random() * from.length)];
  const text = () => Array.from({ length: Math.floor(random() * 4) }, () => pick(odd)).join('');
  const maybe = (value) => (random() < 0.5 ? value : null);
  let state = openPreset(pick(presets));
  const { draft } = state;
  const actions = [
    maybe({ type: 'instruction', text: text() }),
    maybe({ type: 'query', text: text() }),
    maybe({ type: 'template', field: pick(Object.keys(draft.task.template)), text: text() }),
    maybe({ type: 'insert', at: 1, demonstrations: [{ input: text(), output: text() }] }),
    maybe({ type: 'exclude', index: 0, excluded: true }),
    maybe({ type: 'remove', index: 2 }),
    maybe({ type: 'shots', shots: Math.floor(random() * 12) }),
    maybe({ type: 'labels', labels: maybe([text(), text()]) }),
    maybe({ type: 'chat', chat: true }),
    maybe({ type: 'append', text: text() }),
    maybe({ type: 'append', text: text() }),
    maybe({ type: 'text', text: text() }),
  ];
  for (const action of actions) if (action) state = reduce(state, action);
  return state.draft;
}

const settings = {
  ...defaultSettings,
  rule: 'perByte',
  sampling: { ...defaultSettings.sampling, seed: 7 },
};

test('a link gives back what was put into it, whatever the characters', async () => {
  const random = seeded(5);
  for (let i = 0; i < 300; i++) {
    const draft = randomDraft(random);
    const link = await encodeLink({ draft, settings, receipt: null });
    assert.match(link, /^v1\/[\w-]+$/);
    assert.deepEqual(await decodeLink(`#${link}`), {
      ...{ draft, settings, receipt: null, pinned: null, drifted: false },
      ...{ result: null, pinnedResult: null, unreadable: null },
    });
  }
});

test('no labels, an empty list of them, and those of the preset are three things', async () => {
  const preset = draftOf(presetById('sentiment'));
  const { labels: _, ...unlabelled } = preset.task;
  for (const task of [preset.task, unlabelled, { ...preset.task, labels: [] }]) {
    const shared = { draft: { ...preset, task }, settings, receipt: null };
    assert.deepEqual((await decodeLink(await encodeLink(shared))).draft.task, task);
  }
});

test('a preset as it stands is a short link, and an edit makes it little longer', async () => {
  const short = async (draft) =>
    (await encodeLink({ draft, settings: defaultSettings, receipt: null })).length;
  const draft = draftOf(presetById('topics'));
  assert.ok((await short(draft)) < 120);
  assert.ok((await short({ ...draft, query: 'Shares fell.' })) < 150);
});

const linkOf = (value) =>
  `v1/${deflateRawSync(Buffer.from(typeof value === 'string' ? value : JSON.stringify(value))).toString('base64url')}`;
const why = async (link) => {
  try {
    await decodeLink(link);
  } catch (error) {
    assert.equal(error.name, 'Unreadable', `${link.slice(0, 60)}: ${error.stack}`);
    return error.where === '' ? error.why : `${error.why} ${error.where}`;
  }
  return null;
};

test('a link that cannot be read says why', async () => {
  const whole = linkOf({ body: { draft: { preset: 'sentiment', of: '00000000' } } });
  assert.equal(await why(whole), null);
  assert.equal(await why('v2/abc'), 'newer');
  assert.equal(await why('v1/'), 'damaged');
  assert.equal(await why('v1/%%%'), 'damaged');
  assert.equal(await why('v1/a'), 'damaged');
  assert.equal(await why('elsewhere'), 'other');
  assert.equal(await why(linkOf('{')), 'damaged');
  assert.equal(await why(linkOf(Buffer.from([0x22, 0xff, 0x22]).toString('latin1'))), 'wrong link');
  assert.equal(await why(linkOf([])), 'wrong link');
  assert.equal(await why(linkOf('null')), 'wrong link');
  assert.equal(await why(linkOf({})), 'wrong link');
  assert.equal(await why(`v1/${'A'.repeat(500_000)}`), 'long');
  assert.equal(
    await why(linkOf({ sum: 'deadbeef', body: { draft: { preset: 'sentiment', of: 'x' } } })),
    'damaged',
  );
  const draft = (more) => linkOf({ body: { draft: { preset: 'sentiment', of: 'x', ...more } } });
  assert.equal(await why(draft({ preset: 'unknown' })), 'wrong draft.preset');
  assert.equal(await why(draft({ query: 3 })), 'wrong draft.query');
  assert.equal(await why(draft({ shots: 99 })), 'wrong draft.shots');
  assert.equal(await why(draft({ shots: 1.5 })), 'wrong draft.shots');
  assert.equal(await why(draft({ labels: ['a', null] })), 'wrong draft.labels[1]');
  assert.equal(
    await why(draft({ template: { inputPrefix: [] } })),
    'wrong draft.template.inputPrefix',
  );
  assert.equal(
    await why(draft({ demonstrations: [['a', 'b'], ['a']] })),
    'wrong draft.demonstrations[1][1]',
  );
  assert.equal(
    await why(draft({ demonstrations: [['a', 'b', 2]] })),
    'wrong draft.demonstrations[0][2]',
  );
  assert.equal(
    await why(linkOf({ body: { draft: { preset: 'sentiment' } } })),
    'wrong draft.template',
  );
  const set = (settings) => linkOf({ body: { draft: { preset: 'sentiment', of: 'x' }, settings } });
  assert.equal(await why(set({ rule: 'toString' })), 'wrong settings.rule');
  assert.equal(await why(set({ comparison: '__proto__' })), 'wrong settings.comparison');
  assert.equal(await why(set({ sampling: { seed: -1 } })), 'wrong sampling.seed');
});

test('what is cut off or changed on the way is found, and nothing else ever happens', async () => {
  const draft = { ...draftOf(presetById('sentiment')), query: 'A film about rain, twice.' };
  const link = await encodeLink({ draft, settings, receipt: null });
  for (let length = 3; length < link.length; length++) {
    assert.ok(await why(link.slice(0, length)), `${length} characters of ${link.length} were read`);
  }
  const random = seeded(11);
  const bytes = Buffer.from(link.slice(3), 'base64url');
  for (let i = 0; i < 400; i++) {
    const flipped = Buffer.from(bytes);
    flipped[Math.floor(random() * bytes.length)] ^= 1 << Math.floor(random() * 8);
    const text = `v1/${flipped.toString('base64url')}`;
    // A bit may be one that deflate does not look at: then what is read must be what was written.
    if ((await why(text)) === null) assert.deepEqual((await decodeLink(text)).draft, draft);
  }
});

test('a small link that inflates to a great deal is not inflated', async () => {
  const bomb = linkOf(`{"body":"${' '.repeat(200_000_000)}"}`);
  assert.ok(bomb.length < 300_000);
  assert.equal(await why(bomb), 'long');
});

test('keys of the prototype are harmless', async () => {
  const json =
    '{"body":{"draft":{"preset":"sentiment","of":"x","__proto__":{"query":"evil"},"constructor":1},"__proto__":{"receipt":1}}}';
  const { draft, receipt } = await decodeLink(linkOf(json));
  assert.equal(draft.query, presetById('sentiment').task.query);
  assert.equal(receipt, null);
  assert.equal({}.query, undefined);
});

test('a link says when its preset is not what it was', async () => {
  const { drifted } = await decodeLink(
    linkOf({ body: { draft: { preset: 'sentiment', of: '00000000' } } }),
  );
  assert.equal(drifted, true);
});

test('only hashes with a version are links', () => {
  assert.deepEqual(['#v1/abc', '#v12/', '#answer-heading', '', '#v1'].map(isLink), [
    true,
    true,
    false,
    false,
    false,
  ]);
});

// Receipts

const sha = 'ab'.repeat(32);
const logprobs = Float32Array.from([0.5, 0.3, 0.15, 0.05].map(Math.log));
const prediction = {
  candidates: [0, 1].map((id) => ({
    id,
    text: ` t${id}`,
    bytes: new Uint8Array(),
    p: Math.exp(logprobs[id]),
    logprob: logprobs[id],
    rank: id + 1,
  })),
  rest: { count: 2, p: 0.2 },
  entropy: 1.14,
};
const classification = {
  labels: [
    { label: 'Yes', p: 0.75 },
    { label: 'No', p: 0.25 },
  ],
  mass: 0.6,
};
const facts = {
  shotglass: '0.1.0',
  model: { name: 'tiny', file: 'tiny.gguf', sha256: sha, activationBits: 16 },
  promptSha256: 'cd'.repeat(32),
  sampling: defaultSettings.sampling,
};
const receipt = receiptOf(facts, prediction, {
  of: classification,
  rule: 'sum',
  comparison: 'nothing',
});
const measured = {
  sha256: sha,
  activationBits: 16,
  promptSha256: facts.promptSha256,
  logprobs,
  entropy: 1.14,
  classification,
};

test('a receipt has six digits, and travels in a link and in a file, with all of the draft', async () => {
  assert.equal(receipt.top[0].p, 0.5);
  assert.equal(receiptOf(facts, { ...prediction, entropy: 1.23456789 }, null).entropy, 1.23457);
  const shared = { draft: draftOf(presetById('sentiment')), settings, receipt };
  const fromLink = await decodeLink(await encodeLink(shared));
  const none = { pinned: null, result: null, pinnedResult: null, unreadable: null };
  assert.deepEqual(fromLink, { ...shared, ...none, drifted: false });
  const file = receiptFile(shared);
  assert.equal(JSON.parse(file).draft.of, undefined, 'the draft is whole');
  const { drifted: __, ...fromFile } = readReceiptFile(file);
  assert.deepEqual(fromFile, { ...shared, pinned: null });
});

test('a file that is no receipt says why', () => {
  const file = JSON.parse(receiptFile({ draft: draftOf(presets[0]), settings, receipt }));
  const reason = (value) => {
    try {
      readReceiptFile(typeof value === 'string' ? value : JSON.stringify(value));
    } catch (error) {
      return `${error.why} ${error.where}`.trim();
    }
    return null;
  };
  assert.equal(reason(file), null);
  assert.equal(reason('not json'), 'other');
  assert.equal(reason('[]'), 'wrong file');
  assert.equal(reason('{"some":"json"}'), 'other');
  assert.equal(reason({ ...file, version: 2 }), 'newer');
  assert.equal(reason({ ...file, receipt: undefined }), 'wrong receipt');
  const changed = (change) => ({ ...file, receipt: { ...file.receipt, ...change } });
  assert.equal(reason(changed({ top: [{ id: 1, text: 'a', p: 1.5 }] })), 'wrong receipt.top[0].p');
  assert.equal(reason(changed({ promptSha256: 'short' })), 'wrong receipt.promptSha256');
  assert.equal(reason(changed({ entropy: '1.1' })), 'wrong receipt.entropy');
});

test('the same numbers match; each that was altered does not, and is named', () => {
  const same = checkReceipt(receipt, measured);
  assert.equal(same.matches, true);
  assert.ok(same.largest.difference < 1e-6);

  const alter = (change) => checkReceipt({ ...receipt, ...change }, measured);
  const top = (index, p) => receipt.top.map((token, i) => (i === index ? { ...token, p } : token));
  for (const [change, kind, name] of [
    [{ top: top(0, 0.5002) }, 'token', '␣t0'],
    [{ top: top(1, 0.2) }, 'token', '␣t1'],
    [{ rest: { count: 2, p: 0.21 } }, 'rest', null],
    [{ classification: { ...receipt.classification, mass: 0.5 } }, 'mass', null],
    [
      {
        classification: {
          ...receipt.classification,
          labels: [
            { name: 'Yes', p: 0.7 },
            { name: 'No', p: 0.25 },
          ],
        },
      },
      'label',
      'Yes',
    ],
  ]) {
    const verdict = alter(change);
    assert.equal(verdict.matches, false, kind);
    assert.deepEqual([verdict.largest.what, verdict.largest.name], [kind, name]);
  }
  const entropy = alter({ entropy: 1.2 });
  assert.deepEqual(
    [entropy.matches, entropy.entropy.recorded, entropy.entropy.fresh],
    [false, 1.2, 1.14],
  );
  // As far as rounding may take it.
  assert.equal(alter({ top: top(0, 0.50009) }).matches, true);
  const unknown = alter({ top: [...receipt.top, { id: 99, text: '?', p: 0.01 }] });
  assert.deepEqual([unknown.matches, unknown.largest.fresh], [false, null]);
});

test('another model, another prompt and other activations are told apart', () => {
  const here = (change) => checkReceipt(receipt, { ...measured, ...change });
  assert.deepEqual(
    ['sha256', 'promptSha256'].map((of) => here({ [of]: 'ef'.repeat(32) }).matches),
    [false, false],
  );
  assert.equal(here({ sha256: 'ef'.repeat(32) }).sameModel, false);
  assert.equal(here({ promptSha256: 'ef'.repeat(32) }).samePrompt, false);
  const bits = here({ activationBits: 8 });
  // The numbers decide; the reader is told why they might differ.
  assert.deepEqual([bits.matches, bits.sameBits], [true, false]);
  assert.equal(here({ classification: null }).matches, false);
});

// What is kept

function shelf(limit = Number.POSITIVE_INFINITY) {
  const kept = new Map();
  return {
    kept,
    getItem: (key) => kept.get(key) ?? null,
    removeItem: (key) => kept.delete(key),
    setItem: (key, value) => {
      if (value.length > limit) throw new DOMException('full', 'QuotaExceededError');
      kept.set(key, value);
    },
  };
}

const worked = (steps) => {
  let state = openPreset(presetById('sentiment'));
  for (let i = 0; i < steps; i++) {
    state = reduce(reduce(state, { type: 'query', text: `step ${i} \ud83d` }), { type: 'pause' });
  }
  return reduce(reduce(state, { type: 'undo' }), { type: 'undo' });
};

test('work comes back with its history, which is bounded', () => {
  const shelves = { tab: shelf(), site: shelf() };
  const kept = { state: worked(10), settings, held: null };
  assert.equal(writeKept(shelves, kept, true), true);
  assert.deepEqual(readKept(shelves), kept);
  writeKept(shelves, { state: worked(150), settings }, true);
  const { past, draft } = readKept(shelves).state;
  assert.deepEqual(
    [past.length, past.at(-1).query, draft.query],
    [50, 'step 146 \ud83d', 'step 147 \ud83d'],
  );
  assert.equal(readKept({ tab: null, site: null }), null);
});

test('a tab shows its own work, a new tab the last one edited', () => {
  const site = shelf();
  const [one, two] = [
    { tab: shelf(), site },
    { tab: shelf(), site },
  ];
  const work = (query) => ({
    state: openPreset({ ...presets[0], task: { ...presets[0].task, query } }),
    settings,
  });
  writeKept(one, work('one'), true);
  writeKept(two, work('two'), true);
  writeKept(one, work('only opened'), false);
  const query = (shelves) => readKept(shelves).state.draft.query;
  assert.deepEqual(
    [query(one), query(two), query({ tab: shelf(), site })],
    ['only opened', 'two', 'two'],
  );
});

test('the pinned prompt is kept with the work', () => {
  const shelves = { tab: shelf(), site: shelf() };
  const { draft: held } = worked(3);
  writeKept(shelves, { state: worked(1), settings, held }, true);
  assert.equal(readKept(shelves).held.query, held.query);
  writeKept(shelves, { state: worked(1), settings, held: null }, true);
  assert.equal(readKept(shelves).held, null);
});

test('a storage that is full keeps the work before its history, and says when it cannot', () => {
  const kept = { state: worked(20), settings };
  const least = packKept(kept, 0).length;
  const small = { tab: shelf(least), site: shelf() };
  assert.equal(writeKept(small, kept, true), true);
  assert.deepEqual(readKept(small).state.past, []);
  assert.equal(readKept(small).state.draft.query, kept.state.draft.query);
  assert.equal(writeKept({ tab: shelf(10), site: shelf() }, kept, true), false);
  assert.equal(writeKept({ tab: null, site: shelf() }, kept, true), false);
});

test('a table of thousands of rows keeps its work, with as much history as fits', () => {
  const rows = Array.from({ length: 3000 }, (_, i) => ({
    input: `row ${i} ${'x'.repeat(80)}`,
    output: 'y',
  }));
  let state = reduce(openPreset(presets[0]), { type: 'insert', at: 0, demonstrations: rows });
  for (let i = 0; i < 20; i++)
    state = reduce(reduce(state, { type: 'query', text: `${i}` }), { type: 'pause' });
  const text = packKept({ state, settings });
  assert.ok(text.length < 1_300_000, `${text.length} characters`);
  assert.equal(JSON.parse(text).draft.query, '19');
});

test('what was kept and cannot be read is as if there were none', () => {
  const tab = shelf();
  for (const text of ['', '{', 'null', '{"draft":{}}', '{"past":{},"draft":1}']) {
    tab.setItem('shotglass.work', text);
    assert.equal(readKept({ tab, site: null }), null, text);
  }
});
