// The answer in a real browser, on the real model: the ladder over the shots, the labels, two prompts side by side.

import assert from 'node:assert/strict';
import { before, beforeEach, describe, test } from 'node:test';
import { Model } from 'shotglass';
import { analyze } from '../support/axe.mjs';
import { modelFile } from '../support/files.mjs';
import { fits, loadModel, readTable, settled, useLab } from './lab.mjs';

const lab = useLab();
let page;

before(async () => {
  page = await lab.open();
  await loadModel(page);
});

/** The ladder once all of it is there. */
async function readLadder(on = page) {
  await on.locator('.ladder:not(.old) .ladder-finding', { hasText: '%' }).waitFor();
  return on.locator('.ladder').evaluate((ladder) => ({
    title: ladder.getAttribute('aria-label'),
    finding: ladder.querySelector('.ladder-finding').textContent.trim(),
    columns: [...ladder.querySelectorAll('.rung')].map((rung) => ({
      k: Number(rung.dataset.k),
      p: Number(rung.querySelector('.rung-track > span')?.style.getPropertyValue('--p')),
      posterior: Number(rung.querySelector('.rung-posterior')?.style.getPropertyValue('--p')),
      first: rung.dataset.first === 'true',
      name: rung.getAttribute('aria-label'),
      current: rung.getAttribute('aria-current') === 'true',
    })),
  }));
}

const rung = (k) => page.locator(`.rung[data-k="${k}"]`);

/** The labels as the table has them, exactly. */
const readLabels = (on = page) =>
  on.locator('table.of-labels:not(.old)').evaluate((table) =>
    [...table.querySelectorAll('tbody tr')].map((row) => {
      const [posterior, p, score] = [...row.querySelectorAll('data')].map(({ value }) =>
        Number(value),
      );
      const bar = Number(row.querySelector('.bar > :last-child').style.getPropertyValue('--p'));
      return {
        label: row.dataset.label,
        wins: row.dataset.wins === 'true',
        posterior,
        p,
        score,
        bar,
      };
    }),
  );

const edit = (action) =>
  page
    .locator('lab-answer')
    .evaluate(
      (element, detail) =>
        element.dispatchEvent(new CustomEvent('lab-edit', { detail, bubbles: true })),
      action,
    );

/** Nothing of the answer, in a state of this name, is wrong for axe, wider than its panel, or too small to touch. */
async function isFree(state, width) {
  const { violations } = await analyze(page, '.answer');
  assert.deepEqual(
    violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`),
    [],
    state,
  );
  await fits(page, width, state);
  const leaves = await page.locator('.answer').evaluate((panel) => {
    const { right } = panel.getBoundingClientRect();
    return [...panel.querySelectorAll('*')]
      .filter((one) => one.checkVisibility() && !one.closest('.rungs, .visually-hidden'))
      .filter((one) => one.getBoundingClientRect().right > right)
      .map((one) => one.outerHTML.slice(0, 120));
  });
  assert.deepEqual(leaves, [], `${state}: all of it lies within its panel`);
  const small = await page.locator('.rung, .hold, .held button').evaluateAll((targets) =>
    targets
      .map((target) => target.getBoundingClientRect())
      .filter(({ width, height }) => width < 24 || height < 24)
      .map(({ width, height }) => `${width} × ${height}`),
  );
  assert.deepEqual(small, [], `${state}: targets of 24 px`);
}

test('a task with labels opens with them, as the distribution has them', async () => {
  // Nobody has chosen a view yet.
  assert.equal(await page.locator('#view-words').getAttribute('aria-selected'), 'true');
  await page.selectOption('#preset', 'sentiment');
  await settled(page);
  assert.equal(await page.locator('#view-labels').getAttribute('aria-selected'), 'true');
  const labels = await readLabels();
  const mass = Number(await page.locator('.mass-share').getAttribute('value'));
  const ladder = await readLadder();
  const { rows } = await readTable(page);
  const p = (word) => rows.find(({ token }) => token === `␣${word}`).p;
  const close = (a, b, what) => assert.ok(Math.abs(a - b) < 1e-6, `${what}: ${a}, ${b}`);
  close(mass, p('Negative') + p('Positive'), 'the mass');
  for (const { label, posterior, bar, ...own } of labels) {
    close(own.p, p(label), label);
    close(posterior, own.p / mass, 'the posterior');
    close(bar, posterior, 'the bar');
    close(own.score, Math.log(own.p), 'the score');
  }
  const winner = labels.find(({ wins }) => wins);
  assert.equal(
    ladder.title,
    `Probability of “${winner.label}” after 0–${ladder.columns.length - 1} examples`,
  );
  close(ladder.columns[4].p, winner.p, 'the present column');
  close(ladder.columns[4].posterior, winner.posterior, 'its posterior');
  assert.ok(ladder.columns[0].p < ladder.columns[4].p);

  // What the reader has chosen stays, whatever the task.
  await page.selectOption('#preset', 'topics');
  await settled(page);
  assert.equal(await page.locator('#view-tokens').getAttribute('aria-selected'), 'true');
});

describe('past tense, by tokens', () => {
  beforeEach(async () => {
    if ((await page.locator('.held').count()) > 0) await page.locator('#hold').click();
    await page.selectOption('#preset', 'arithmetic');
    await page.selectOption('#preset', 'past-tense');
    await page.locator('#view-tokens').click();
    await settled(page);
  });

  test('the ladder says of each number of shots what the words say there', async () => {
    const { title, columns, finding } = await readLadder();
    assert.equal(title, 'Probability of “sang” after 0–10 examples');
    assert.deepEqual(
      columns.map(({ k }) => k),
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
    );
    assert.deepEqual(
      columns.filter(({ current }) => current).map(({ k }) => k),
      [4],
    );
    assert.match(finding, /^“sang”: .*% with no examples, .*% with 4, peak .*% with \d+\.$/);
    assert.match(columns[4].name, /^4 examples: sang \d+\.\d%$/);
    assert.ok(columns[0].p > 0, 'the right answer, also where another comes first');
    await page.locator('#view-words').click();
    for (const k of [1, 10, 4]) {
      await rung(k).click();
      await settled(page);
      const row = page.locator('.tree:not(.old)[aria-busy="false"] tr[data-path=" sang"]');
      const p = Number(await row.locator('data').first().getAttribute('value'));
      assert.ok(Math.abs(p - columns[k].p) < 0.01, `${p} and ${columns[k].p} with ${k}`);
      assert.equal(columns[k].first, (await row.getAttribute('aria-posinset')) === '1');
      assert.equal(
        await page.locator('.shots-name').textContent(),
        k === 1 ? 'one-shot' : `${k}-shot`,
      );
    }
  });

  test('moving the shots runs no ladder, and another query does', async () => {
    await readLadder();
    await page.evaluate(() => {
      window.posted = [];
      const { postMessage } = Worker.prototype;
      Worker.prototype.postMessage = function (message, transfer) {
        window.posted.push(JSON.stringify(message));
        return postMessage.call(this, message, transfer);
      };
    });
    // Each rung scores the right answer alone, which nothing else does.
    const runs = () =>
      page.evaluate(
        () => window.posted.filter((text) => text.includes('"continuations":[" jumped"]')).length,
      );
    await page.fill('#query', 'jump');
    await page.locator('.ladder:not(.old)[aria-label*="jumped"]').waitFor();
    const { title, columns } = await readLadder();
    assert.equal(
      title,
      'Probability of “jumped” after 0–10 examples',
      'the right answer to that row of the preset',
    );
    assert.equal(await runs(), columns.length);
    for (const k of [0, 7, 2]) {
      await rung(k).click();
      await settled(page);
      // Time for a ladder that should not be climbed.
      await page.waitForTimeout(400);
    }
    assert.equal(await runs(), columns.length);
  });

  test('the ladder by keyboard: one stop, arrows, Enter', async () => {
    await readLadder();
    assert.equal(await page.locator('.rung[tabindex="0"]').count(), 1);
    await rung(4).focus();
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    const focused = () => page.evaluate(() => document.activeElement.dataset.k);
    assert.equal(await focused(), '2');
    assert.equal(await page.locator('#shots').inputValue(), '4', 'looking changes nothing');
    await page.keyboard.press('Enter');
    await settled(page);
    assert.equal(await page.locator('#shots').inputValue(), '2');
    assert.equal(await focused(), '2', 'and the focus stays');
    await page.keyboard.press('End');
    assert.equal(await focused(), '10');
    await page.keyboard.press('ArrowRight');
    assert.equal(await focused(), '10');
    await page.keyboard.press('Home');
    assert.equal(await focused(), '0');
  });

  test('a prompt that does not fit is a gap that says why, and free text has no ladder', async () => {
    const text = 'word '.repeat(8200);
    await edit({ type: 'demonstration', index: 9, field: 'output', text });
    await settled(page);
    const { columns } = await readLadder();
    assert.match(
      columns[10].name,
      /^10 examples: Use fewer examples or shorten the prompt: it has more tokens/,
    );
    assert.ok(columns[9].p > 0, 'and the others are there');
    await rung(10).click({ force: true });
    assert.equal(await page.locator('#shots').inputValue(), '4', 'a gap is nothing to choose');

    await edit({ type: 'text', text: 'Once upon a' });
    await settled(page);
    assert.equal(await page.locator('.rung').count(), 0);
    assert.match(await page.locator('lab-ladder').textContent(), /Add examples/);
    assert.equal((await readTable(page)).rows[0].token, '␣time');
  });

  test('rules and references: what they say, and where they disagree', async () => {
    await page.selectOption('#preset', 'sentiment');
    await page.locator('#view-labels').click();
    await settled(page);
    const sums = await readLabels();
    await page.locator('lab-labels select[name="rule"]').selectOption('perCharacter');
    await page.waitForFunction(
      (before) =>
        Number(document.querySelectorAll('.of-labels .score-cell data')[0].value) !== before,
      sums[0].score,
    );
    for (const [i, { label, score }] of (await readLabels()).entries()) {
      assert.ok(Math.abs(score - sums[i].score / label.length) < 1e-9, label);
    }
    await page.locator('lab-labels select[name="rule"]').selectOption('sum');
    assert.equal(await page.locator('.verdicts').textContent(), '', 'agreement is not announced');

    await page.selectOption('#preset', 'past-tense');
    await settled(page);
    assert.match(await page.locator('.labels-none').textContent(), /do not repeat/);
    await page.getByRole('button', { name: 'Compare the outputs as labels' }).click();
    await page.locator('lab-labels select[name="comparison"]').selectOption('contentFree');
    await page.locator('.verdicts strong').waitFor();
    const said = await page.locator('.verdicts').textContent();
    const match =
      /^The scoring rules disagree: every rule says (\w+); every rule with calibration says (\w+)\.$/;
    const [, plain, compared] = match.exec(said) ?? assert.fail(said);
    assert.notEqual(plain, compared);
    const winner = (await readLabels()).find(({ wins }) => wins);
    assert.equal(winner.label, compared, 'the table is that of the reference');
    await page.locator('lab-labels select[name="comparison"]').selectOption('nothing');
  });

  test('labels are named in a field, and fewer than two get a sentence', async () => {
    await page.locator('#view-labels').click();
    const field = page.locator('lab-labels').getByRole('textbox', { name: 'Labels' });
    const names = (text) => field.fill(text).then(() => field.press('Enter'));
    await names(' sang, sung ,sang,, ');
    await settled(page);
    await page.waitForFunction(() => document.querySelectorAll('.of-labels tbody tr').length === 2);
    assert.deepEqual(
      (await readLabels()).map(({ label }) => label),
      ['sang', 'sung'],
    );
    const { title } = await readLadder();
    assert.equal(
      title,
      'Probability of “sang” after 0–10 examples',
      'the ladder follows the labels',
    );

    await names('sang');
    await page.locator('.labels-none').waitFor();
    assert.match(await page.locator('.labels-none').textContent(), /two labels or more/);
    assert.equal(await page.locator('table.bars').count(), 0);
    assert.equal(await field.inputValue(), 'sang', 'nothing is lost');
    assert.ok(await field.evaluate((one) => one === document.activeElement), 'nor the focus');
    const inPrompt = page.locator('lab-prompt').getByRole('textbox', { name: 'Labels' });
    await page.locator('details.task-labels > summary').click();
    assert.equal(await inPrompt.inputValue(), 'sang', 'the same labels under the same name');
    await names('');
    await page.getByRole('button', { name: 'Compare the outputs as labels' }).click();
    await page.waitForFunction(
      () => document.querySelectorAll('.of-labels tbody tr').length === 10,
    );
  });

  test('two prompts side by side, as far apart as the package says in Node', async () => {
    await readLadder();
    await page.locator('#hold').click();
    await page.locator('table.pair').waitFor();
    assert.match(await page.locator('.distance').textContent(), /Nothing has changed yet/);
    await rung(1).click();
    await page.locator('.distance', { hasText: 'Total variation' }).waitFor();
    await page.locator('table.pair:not(.old)').waitFor();
    const rows = await page.locator('table.pair').evaluate((table) =>
      [...table.querySelectorAll('tbody tr')].map((row) => ({
        name: row.querySelector('th').textContent.trim(),
        values: [...row.querySelectorAll('data')].map(({ value }) => Number(value)),
        bars: [...row.querySelectorAll('.bar > span')].map((bar) =>
          Number(bar.style.getPropertyValue('--p')),
        ),
        sign: row.querySelector('.points').dataset.sign,
        shown: row.querySelector('.points').textContent.trim(),
      })),
    );
    const query = 'Q: sing\nA:';
    const a = `Q: walk\nA: walked\n\nQ: play\nA: played\n\nQ: go\nA: went\n\nQ: carry\nA: carried\n\n${query}`;
    const model = await Model.load(modelFile, { activationBits: 16 });
    const [held, now] = [
      await model.logprobs(a),
      await model.logprobs(`Q: walk\nA: walked\n\n${query}`),
    ];
    model.close();
    let [apart, divergence] = [0, 0];
    held.forEach((lnP, id) => {
      apart += Math.abs(Math.exp(lnP) - Math.exp(now[id])) / 2;
      divergence += Math.exp(lnP) * (lnP - now[id]);
    });
    const [, tv, kl] = /Total variation ([\d.]+)%; KL\(A ‖ now\) ([\d.]+) nats/.exec(
      await page.locator('.distance').textContent(),
    );
    assert.ok(Math.abs(Number(tv) / 100 - apart) < 0.002, `${tv} for ${apart}`);
    assert.ok(Math.abs(Number(kl) - divergence) < 0.005, `${kl} for ${divergence}`);

    for (const { name, values, bars, sign, shown } of rows) {
      const [before, after, difference] = values;
      assert.deepEqual(bars, [before, after], name);
      assert.equal(difference, after - before);
      const printed = Number(shown.replace('−', '-'));
      assert.ok(Math.abs(printed - 100 * difference) < 0.051, `${shown} for ${difference}`);
      assert.equal(sign, printed === 0 ? 'none' : printed > 0 ? 'more' : 'less');
    }
    for (const side of [0, 1]) {
      const sum = rows.reduce((sum, { values }) => sum + values[side], 0);
      assert.ok(Math.abs(sum - 1) < 1e-5, `${sum}`);
    }

    // The labels stand beside each other, too.
    await page.locator('#view-labels').click();
    await page.getByRole('button', { name: 'Compare the outputs as labels' }).click();
    await page.locator('.of-labels .bar.two').first().waitFor();
    assert.equal(await page.locator('.of-labels .bar.two').count(), 10);
    await page.locator('#view-tokens').click();

    await page.getByRole('button', { name: 'Swap' }).press('Enter');
    await page.locator('table.pair:not(.old)').waitFor();
    assert.equal(await page.locator('#shots').inputValue(), '4');
    assert.match(await page.locator('.held').textContent(), /one-shot, “sing”/);
    const first = await page
      .locator('table.pair tbody:first-of-type tr:first-child .points')
      .textContent();
    assert.notEqual(first.trim(), rows[0].shown, 'the signs are the other way round');

    await page.getByRole('button', { name: 'Unpin' }).press('Enter');
    await settled(page);
    assert.equal(await page.locator('.held, table.pair').count(), 0);
    const id = await page.evaluate(() => document.activeElement.id);
    assert.equal(id, 'hold', 'the focus is where it was');
  });

  test('a pinned prompt stands beside the present one in every view, and after a reload', async () => {
    await page.locator('#view-words').click();
    await settled(page);
    await page.locator('#hold').click();
    await rung(0).click();
    const words = page.locator('lab-compare-words table.pair:not(.old)');
    await words.waitFor();
    const first = await words.locator('tbody tr').first().innerText();
    assert.match(first, /sang/, 'four examples say it, and none does not');
    await page.locator('.rung-posterior.of-held').nth(10).waitFor();
    assert.match(await rung(2).getAttribute('aria-label'), /; A \d/);

    await page.locator('#view-text').click();
    const [a, now] = await page.locator('.both-texts dd').all();
    await page.waitForFunction(
      () => document.querySelector('.both-texts dd').textContent.trim() === 'sang',
    );
    assert.notEqual((await now.textContent()).trim(), (await a.textContent()).trim());

    // The page keeps what is pinned when it is left.
    await page.reload();
    await page.locator('.held').waitFor();
    assert.match(await page.locator('.held').textContent(), /4-shot, “sing”/);
    await loadModel(page);
    await page.locator('#view-tokens').click();
    await page.locator('table.pair:not(.old)').waitFor();
    await page.locator('#hold').click();
    assert.equal(await page.locator('.rung-posterior.of-held').count(), 0);
  });

  test('what has not been answered cannot be held, and what is held outlives it', async () => {
    const empty = () => edit({ type: 'text', text: '' });
    const sentence = page.locator('.answer .sentence[data-code="empty-prompt"]');
    await empty();
    await sentence.waitFor();
    const hold = page.locator('#hold');
    assert.equal(await hold.getAttribute('aria-disabled'), 'true');
    await hold.click({ force: true });
    assert.equal(await page.locator('.held').count(), 0);

    await edit({ type: 'text', text: null });
    await settled(page);
    await hold.click();
    await empty();
    await sentence.waitFor();
    await edit({ type: 'text', text: 'Q: swim\nA:' });
    await page.locator('table.pair:not(.old)').waitFor();
    assert.match(await page.locator('.held').textContent(), /4-shot, “sing”/);
  });

  test('tokens: bytes of the row that is pointed at, nats or bits, and an axis that says what it is', async () => {
    const { rows } = await readTable(page);
    await page.locator('tr[data-rank="2"] .token').focus();
    const text = rows[1].token.replaceAll('␣', ' ');
    const hex = [...new TextEncoder().encode(text)]
      .map((byte) => byte.toString(16).toUpperCase().padStart(2, '0'))
      .join(' ');
    assert.ok((await page.locator('.token-detail').textContent()).includes(hex), hex);

    await page.locator('summary', { hasText: 'Scales' }).click();
    await page.getByRole('radio', { name: 'bits' }).check();
    const shown = await page.locator('tr[data-rank="1"] td data').nth(1).textContent();
    const bits = rows[0].logprob / Math.LN2;
    assert.ok(Math.abs(Number(shown.replace('−', '-')) - bits) < 0.00051, `${shown} for ${bits}`);

    const bar = () =>
      page
        .locator('tr[data-rank="10"] .bar > span')
        .evaluate((bar) => Number(bar.style.getPropertyValue('--p')));
    assert.equal(await bar(), rows[9].p);
    await page.getByLabel('log', { exact: true }).check();
    assert.ok(Math.abs((await bar()) - (1 + Math.log10(rows[9].p) / 6)) < 1e-9);
    assert.match(await page.locator('.of-tokens .axis').textContent(), /10−6.*1/);
    await page.getByLabel('linear').check();
    await page.getByRole('radio', { name: 'nats' }).check();
    await page.locator('summary', { hasText: 'Scales' }).click();
  });

  test('nothing is in the way of anyone, narrow and wide, light and dark, in both languages', async () => {
    const check = async (state) => {
      for (const [width, colorScheme, language] of [
        [320, 'light', 'zh-Hans'],
        [1280, 'dark', 'en'],
      ]) {
        await page.emulateMedia({ colorScheme });
        await page.setViewportSize({ width, height: 900 });
        await page.locator('.language select').selectOption(language);
        await page.locator(`html[lang="${language}"]`).waitFor();
        await isFree(`${state}, ${width} px`, width);
      }
    };
    await readLadder();
    await check('tokens');
    await page.locator('#hold').click();
    await rung(0).click();
    await page.locator('table.pair:not(.old)').waitFor();
    await readLadder();
    await check('side by side');
    await page.locator('#view-labels').click();
    await page.locator('.labels-none button').click();
    await page.locator('.of-labels .bar.two').first().waitFor();
    await readLadder();
    await check('labels, held');
    await page.selectOption('#preset', 'topics');
    await page.locator('table.of-labels:not(.old)').waitFor();
    await readLadder();
    await check('topics');
  });
});
