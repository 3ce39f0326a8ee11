// Twelve pictures of the lab, of what needs no model. `UPDATE_PICTURES=1 node --test tests/browser/visual.test.mjs` takes
// them anew; look at each before you keep it. How they are compared, and why so: `src/DESIGN.md`.

import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { useLab } from './lab.mjs';
import {
  compare,
  difference,
  flags,
  isOther,
  kept,
  openStill,
  pathOf,
  picture,
  small,
  wear,
} from './pictures.mjs';

// The headless shell draws letters otherwise.
const lab = useLab({ model: null, flags, kind: 'whole' });
/** A page of its own, in which pictures are compared. */
let judge;

before(async () => {
  const { browser } = await lab.ready();
  judge = await browser.newPage();
});

const dark = { colorScheme: 'dark' };
const phone = { viewport: { width: 390, height: 720 } };

async function open({ preset = null, ...options } = {}) {
  const page = await openStill(lab.browser, lab.url, options);
  if (preset !== null) {
    await page.selectOption('#preset', preset);
    await page.locator('.of-labels').waitFor();
  }
  return page;
}

/** Shows what an experiment might find: the question is asked, and a figure of fixed numbers is the answer. */
async function answerWith(page, figure) {
  await page.locator(`#why-tab-${figure.experiment}`).click();
  await page.locator('lab-why').evaluate(async (why, figure) => {
    // That of no model: the question is answered below, and only has to be allowed.
    why.info = {};
    await why.updateComplete;
    const asked = new Promise((resolve) => {
      why.addEventListener(
        'lab-why',
        (event) => {
          event.stopImmediatePropagation();
          resolve(event.detail);
        },
        { once: true },
      );
    });
    why.querySelector('#why-run').click();
    const { experiment, of } = await asked;
    await experiment.fetchCard();
    const found = {
      of,
      result: figure,
      running: false,
      stopped: false,
      progress: null,
      problem: null,
    };
    why.jobState = found;
    // The lab, which has found nothing, would take it back with whatever it draws next.
    Object.defineProperty(why, 'jobState', { get: () => found, set: () => {} });
    await why.updateComplete;
  }, figure);
  await page.locator('.why-figure').waitFor();
}

const effects = {
  experiment: 'influence',
  method: 'shapley',
  about: 'Positive',
  isFree: false,
  all: 0.62,
  none: 0.31,
  effects: [
    ['A warm, funny film that never talks down to its audience.', 'Positive', 0.74],
    ['The plot makes no sense and the jokes fall flat.', 'Negative', -0.41],
    ['It drags on and on, and then it simply stops.', 'Negative', -0.12],
    ['I would gladly watch it again tomorrow.', 'Positive', 0.48],
  ].map(([text, output, nats], demonstration) => ({
    role: 'demonstration',
    demonstration,
    text,
    output,
    nats,
  })),
};

const names = ['Number', 'Location', 'Person', 'Description', 'Entity', 'Ab'];
const reading = (ps) => ({
  answers: ps.map((p, i) => ({ name: names[i], p })),
  predicted: ps.indexOf(Math.max(...ps)),
  mass: 0.9,
});
const labels = {
  experiment: 'labels',
  about: 'Entity',
  isFree: false,
  variants: [
    ['gold', [0.05, 0.1, 0.05, 0.2, 0.55, 0.05]],
    ['random', [0.1, 0.15, 0.1, 0.3, 0.3, 0.05]],
    ['flipped', [0.3, 0.1, 0.1, 0.1, 0.1, 0.3]],
    ['abstract', [0.1, 0.1, 0.4, 0.2, 0.1, 0.1]],
    ['none', [0.2, 0.2, 0.2, 0.2, 0.1, 0.1]],
  ].map(([variant, ps]) => ({ variant, reading: reading(ps) })),
};

const share = async (page) => {
  await page.locator('#share').click();
  await page.locator('input[name=share-format][value=markdown]').check();
};

const transfer = async (page) => {
  await page.locator('lab-transfer').scrollIntoViewIfNeeded();
  await page.locator('.runs').waitFor();
};

/** Each state by name: how the page is opened, what is done there, and the part that is looked at (none: the window). */
const states = {
  first: [{}],
  'first-dark': [dark],
  'first-phone': [phone],
  'first-phone-dark': [{ ...phone, ...dark }],
  table: [{ preset: 'sentiment' }, null, 'lab-demonstrations'],
  answer: [{ preset: 'sentiment' }, null, '.panel.answer'],
  'answer-forced': [{ preset: 'sentiment', forcedColors: 'active', ...dark }, null, '.answer'],
  effects: [{ preset: 'sentiment' }, (page) => answerWith(page, effects), '.why-figure'],
  'labels-dark': [
    { preset: 'question-type', ...dark },
    (page) => answerWith(page, labels),
    '.why-panel',
  ],
  share: [{ preset: 'sentiment' }, share, '.share-dialog'],
  stations: [{}, transfer, '.stations'],
  'transfer-dark': [dark, transfer, '.transfer-run'],
  'scale-phone-dark': [
    { viewport: { width: 320, height: 900 }, ...dark },
    null,
    '.scale-multiples',
  ],
};

/** Pages that nothing is done to but to look and to scroll, by how they were opened. */
const looked = new Map();

function pageToLookAt(options) {
  const how = JSON.stringify(options);
  if (!looked.has(how)) looked.set(how, open(options));
  return looked.get(how);
}

/** The picture of a state, on a page of its own where something is done there. `change` is worn for this picture alone. */
async function take([options, act = null, selector = null], change = null) {
  const isOwn = act !== null && act !== transfer;
  const page = await (isOwn ? open(options) : pageToLookAt(options));
  await act?.(page);
  const takeOff = change === null ? null : await wear(page, change);
  const taken = await picture(page, selector);
  await takeOff?.();
  if (isOwn) await page.context().close();
  return taken;
}

/** The picture that others are held against below, which is taken once. */
let answer = null;
function takeAnswer() {
  answer ??= take(states.answer);
  return answer;
}

for (const [name, state] of Object.entries(states)) {
  test(`the picture of ${name}`, async () => {
    const path = join(kept, `${name}.webp`);
    const taken = await (state === states.answer ? takeAnswer() : take(state));
    if (process.env.UPDATE_PICTURES === '1') {
      mkdirSync(kept, { recursive: true });
      writeFileSync(path, await small(judge, taken));
      return;
    }
    assert.ok(existsSync(path), `${path} is missing: UPDATE_PICTURES=1 takes it`);
    const { sizes, squares } = await compare(judge, readFileSync(path), taken);
    const others = squares.filter(isOther);
    if (sizes === null && others.length === 0) return;
    const actual = pathOf(`${name}.png`);
    writeFileSync(actual, taken);
    if (sizes !== null) assert.fail(`the size was ${sizes[0]} and is ${sizes[1]}: ${actual}`);
    const marked = pathOf(`${name}-difference.png`);
    writeFileSync(marked, await difference(judge, taken, others));
    const { x, y } = others[0];
    assert.fail(`${others.length} squares differ, the first at ${x}, ${y}: ${actual}, ${marked}`);
  });
}

// What must not pass: each is as small as a picture has to tell.
const changes = {
  'a bar that is two pixels shorter':
    '.of-labels [data-wins="true"] .bar > span { max-inline-size: calc(var(--p) * 100% - 2px) }',
  'rungs that are two pixels lower':
    '.rung-track > span { max-block-size: calc(var(--p) * 100% - 2px) }',
  'bars of another colour': ':root { --bar: #bf6f35 }',
  'a little more room': ':root { --space-2: 0.5625rem }',
};

for (const [name, change] of Object.entries(changes)) {
  test(`a picture tells ${name}`, async () => {
    const [before, now] = [await takeAnswer(), await take(states.answer, change)];
    const { sizes, squares } = await compare(judge, before, now);
    assert.ok(sizes !== null || squares.some(isOther));
  });
}

test('a picture taken of two pages is the same', async () => {
  const [options, , selector] = states.answer;
  const [before, now] = [await takeAnswer(), await picture(await open(options), selector)];
  assert.deepEqual(await compare(judge, before, now), { sizes: null, squares: [] });
});
