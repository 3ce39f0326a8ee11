// The element in a page with a strict security policy: what it shows before anybody asks, and what a reader can do.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { Model, renderPrompt } from 'shotglass';
import { build } from 'vite';
import { analyze } from '../support/axe.mjs';
import { modelFile, mustExist } from '../support/files.mjs';
import {
  html,
  live,
  read,
  servePages,
  snapshotOf,
  tag,
  tinyFile,
  useElements,
} from './element.mjs';
import { loadModel, openLab, readTable, serveLab, settled } from './lab.mjs';

mustExist(modelFile, 'cargo xtask model');
const plural = await snapshotOf('plural');
const sentiment = await snapshotOf('sentiment');
const files = {
  '/plural.json': JSON.stringify(plural),
  '/sentiment.json': JSON.stringify(sentiment),
};
const tolerance = 1e-4;

/** What an author has: the demonstrations of some shots, and a table for them. */
const written = (shots, inner = '') => {
  const { task, results } = plural;
  const pairs = task.demonstrations
    .slice(0, shots)
    .map(({ input, output }) => `<dt>${input}</dt><dd>${output}</dd>`);
  const rows = results[shots].candidates.map(
    ({ text, logprob }) =>
      `<tr><th scope="row"><code>${text.replace(' ', '␠')}</code></th><td><data value="${Math.exp(logprob)}">${Math.exp(logprob)}</data></td></tr>`,
  );
  const { count, p } = results[shots].rest;
  return `<dl>${pairs.join('')}<dt>${task.query}</dt></dl>
    <table><caption>Recorded for a test</caption><thead><tr><th scope="col">Token</th><th scope="col">p</th></tr></thead>
    <tbody>${rows.join('')}<tr><th scope="row">${count.toLocaleString('en')} other tokens</th><td><data value="${p}">${p}</data></td></tr></tbody></table>${inner}`;
};

const { chromium, withPage } = useElements({ files });

/** The p of each candidate of a recorded result, and of the rest. */
const recordedRows = ({ candidates, rest }) => [
  ...candidates.map(({ logprob }) => Math.exp(logprob)),
  rest.p,
];

/** The p of each row of a live element with {@link tinyFile}, as the package has them in Node. */
async function tinyRows(task, shots) {
  const model = await Model.load(tinyFile, { activationBits: 16 });
  const { candidates, rest } = await model.predict(renderPrompt(task, { shots }));
  model.close();
  return [...candidates.map(({ p }) => p), rest.p];
}

function assertClose(rows, expected, message) {
  assert.equal(rows.length, expected.length);
  for (const [i, { p }] of rows.entries()) {
    const difference = Math.abs(p - expected[i]);
    assert.ok(difference <= tolerance, `${message}: row ${i} is off by ${difference}`);
  }
}

test('without a script, the page reads by itself', async () => {
  const server = await servePages({ '/': html(tag('preset="plural" shots="2"', written(2))) });
  const context = await chromium.browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(server.url);
  const text = await page.locator('shot-glass').innerText();
  for (const part of ['cat', 'boxes', 'horse', '␠horses', '49,142 other tokens']) {
    assert.ok(text.includes(part), `${part} is not to be read`);
  }
  await context.close();
  server.close();
});

test('what stands in the page becomes bars, and nothing is fetched for it', async () => {
  const body = tag('template="questionAnswer" shots="2" view="tokens"', written(2));
  await withPage(body, async ({ glass, server, page }) => {
    await glass.locator('.badge').waitFor();
    const shown = await read(glass);
    assert.equal(shown.badge, 'recorded');
    assert.equal(shown.caption, 'Next token after 2 shots');
    assert.equal(shown.source, 'Recorded for a test');
    assert.equal(shown.shots, '2 of 2');
    assert.equal(shown.button, 'Run it live — 98 MB, once');
    assertClose(shown.rows, recordedRows(plural.results[2]), 'the table');
    assert.deepEqual(
      [shown.rows[0].name, shown.rows[0].shown, shown.rows.at(-1).name],
      ['␠horses', '92.5%', '49,142 other tokens'],
    );
    const whole = shown.rows.reduce((sum, { p }) => sum + p, 0);
    assert.ok(Math.abs(whole - 1) < 1e-4, `the rows sum to ${whole}`);
    for (const { p, width } of shown.rows) {
      assert.ok(Math.abs(Number.parseFloat(width) / 100 - p) < 1e-4, 'a bar is as long as its p');
    }
    await glass.getByRole('slider').press('Home');
    const none = await read(glass);
    assert.equal(none.absence, 'There is no recorded result for this prompt.');
    assert.equal(none.badge, null);
    await page.waitForTimeout(200);
    const others = server.log.filter((path) => !path.startsWith('/pkg/dist/'));
    assert.deepEqual(
      others.filter((path) => path !== '/favicon.ico'),
      ['/'],
    );
  });
});

test('the slider goes through all that the snapshot has, with nothing downloaded; then live, and the numbers are the same', async () => {
  const body = tag(
    'preset="plural" shots="2" view="tokens" model="/model.gguf" snapshot="/plural.json"',
    written(2),
  );
  await withPage(body, async ({ page, glass, server }) => {
    await page.evaluate(() => {
      window.heard = [];
      for (const name of ['state', 'result', 'error']) {
        addEventListener(`shotglass-${name}`, ({ type, detail, composed }) =>
          window.heard.push({
            type,
            composed,
            shots: detail.shots,
            view: detail.view,
            target: true,
          }),
        );
      }
    });
    await glass.getByText('2 of 10').waitFor();
    const slider = glass.getByRole('slider', { name: 'Shots' });
    await slider.press('Home');
    for (const [shots, result] of plural.results.entries()) {
      const shown = await read(glass);
      assert.equal(shown.badge, 'recorded');
      assert.equal(shown.shots, `${shots} of 10`);
      assertClose(shown.rows, recordedRows(result), `${shots} shots`);
      await slider.press('ArrowRight');
    }
    assert.equal(await glass.getAttribute('shots'), '10', 'the attribute goes along');
    const before = await page.evaluate(() => window.heard.splice(0));
    assert.deepEqual(
      before.map(({ shots }) => shots),
      [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
    );
    assert.ok(before.every(({ type, composed }) => type === 'shotglass-state' && composed));
    assert.ok(!server.log.includes('/model.gguf'), 'nobody has asked for the model');

    await page.evaluate(() => {
      document.querySelector('shot-glass').shots = 4;
    });
    await glass.getByText('4 of 10').waitFor();
    assert.deepEqual(await page.evaluate(() => window.heard), [], 'set from outside: no event');

    await glass.getByRole('button', { name: /^Run it live/ }).click();
    await live(glass);
    const shown = await read(glass);
    assert.equal(shown.badge, 'live');
    assertClose(shown.rows, recordedRows(plural.results[4]), 'live');
    assert.match(shown.source, /computed in this page\. Live and recorded numbers agree\.$/);
    const heard = await page.evaluate(() => window.heard);
    assert.deepEqual(
      heard.map(({ type, shots, view }) => [type, shots, view]),
      [['shotglass-result', 4, 'tokens']],
    );
    await glass.locator('[role=status].heard', { hasText: /Top token: space horses/ }).waitFor();
  });
});

test('labels and text: recorded, then live the same', async () => {
  const common = 'model="/model.gguf" snapshot=';
  const body =
    tag(`preset="sentiment" shots="3" view="labels" ${common}"/sentiment.json"`) +
    tag(`preset="plural" shots="1" view="text" ${common}"/plural.json"`);
  await withPage(body, async ({ glass }) => {
    const [labels, text] = [glass.nth(0), glass.nth(1)];
    await labels.locator('.badge').waitFor();
    await text.locator('.badge').waitFor();
    const { classification } = sentiment.results[3];
    const expected = [...classification.labels.map(({ p }) => p), classification.mass];
    const before = await read(labels);
    assertClose(before.rows, expected, 'recorded');
    assert.deepEqual(
      before.rows.map(({ name }) => name),
      ['Negative', 'Positive', 'All labels together'],
    );
    const recordedText = (await read(text)).text;
    assert.equal(recordedText, '␣horses');
    for (const one of [labels, text]) await one.getByRole('button', { name: /^Run/ }).click();
    await live(labels);
    await live(text);
    assertClose((await read(labels)).rows, expected, 'live');
    assert.equal((await read(text)).text, recordedText);
  });
});

test('two elements: one download, one worker; and taking one out and putting it in again goes on', async () => {
  const one = tag('preset="plural" shots="1" view="tokens" model="/tiny.gguf"');
  await withPage(one + one, async ({ page, glass, server }) => {
    let workers = 0;
    page.on('worker', () => workers++);
    const run = (i) => glass.nth(i).getByRole('button', { name: /^Run/ }).click();
    await run(0);
    await run(1);
    await page.evaluate(() => {
      const [first] = document.querySelectorAll('shot-glass');
      first.remove();
      window.taken = first;
    });
    await page.waitForTimeout(50);
    await page.evaluate(() => document.querySelector('main').prepend(window.taken));
    await live(glass.nth(0));
    await live(glass.nth(1));
    assert.equal(server.log.filter((path) => path === '/tiny.gguf').length, 1);
    assert.equal(workers, 1);
    const [first, second] = [await read(glass.nth(0)), await read(glass.nth(1))];
    assert.deepEqual(first.rows, second.rows);
    assertClose(first.rows, await tinyRows(plural.task, 1), 'live');
  });
});

test('properties that were set before there was a class count; rich data as properties', async () => {
  const body = '<shot-glass></shot-glass>';
  // A module that is written before that of the element runs before it.
  const head = '<script type="module" src="/early.js"></script>';
  const early = `const glass = document.querySelector('shot-glass');
    glass.snapshot = ${JSON.stringify(plural)};
    glass.state = { shots: 3, view: 'tokens' };
    glass.editable = true;`;
  await withPage(
    body,
    async ({ page, glass }) => {
      await glass.getByText('3 of 10').waitFor();
      const shown = await read(glass);
      assertClose(shown.rows, recordedRows(plural.results[3]), 'recorded');
      assert.equal(await glass.getByLabel('Query').inputValue(), 'horse');
      const task = {
        ...plural.task,
        query: 'bench',
        demonstrations: [{ input: 'a', output: 'b' }],
      };
      const state = await page.evaluate((task) => {
        const [glass] = document.getElementsByTagName('shot-glass');
        glass.task = task;
        return { state: glass.state, editable: glass.getAttribute('editable'), shots: glass.shots };
      }, task);
      assert.deepEqual(state.state.task, task);
      assert.deepEqual([state.state.shots, state.editable, state.shots], [1, '', 3]);
      await glass.getByText('1 of 1').waitFor();
    },
    { head, pages: { '/early.js': early } },
  );
});

test('a reader edits: the model answers, and one undo is one field', async () => {
  const body = tag('editable preset="plural" shots="2" view="tokens" model="/tiny.gguf"');
  await withPage(body, async ({ page, glass }) => {
    await glass.getByText('2 of 10').waitFor();
    const query = glass.getByLabel('Query');
    const before = await query.inputValue();
    await query.fill('');
    await query.pressSequentially('bench');
    await live(glass);
    const bench = { ...plural.task, query: 'bench' };
    assertClose((await read(glass)).rows, await tinyRows(bench, 2), 'what was typed');
    const undo = glass.getByRole('button', { name: 'Undo' });
    await undo.click();
    assert.equal(await query.inputValue(), before);
    await live(glass);
    assertClose((await read(glass)).rows, await tinyRows(plural.task, 2), 'as before');
    assert.equal(await undo.getAttribute('aria-disabled'), 'true');

    await glass.getByRole('button', { name: 'Remove example 1', exact: true }).click();
    assert.equal((await read(glass)).shots, '1 of 9');
    assert.equal(await glass.getByLabel('Input 1', { exact: true }).inputValue(), 'box');
    await glass.getByRole('button', { name: 'Undo' }).click();
    assert.equal((await read(glass)).shots, '2 of 10');
    await glass.getByRole('button', { name: 'One shot more' }).click();
    assert.equal((await read(glass)).shots, '3 of 10');
    await glass.getByRole('button', { name: 'Add an example' }).click();
    const focused = await page.evaluate(() =>
      document.querySelector('shot-glass').shadowRoot.activeElement.getAttribute('aria-label'),
    );
    assert.equal(focused, 'Input 11', 'the new row is where one writes next');
    await live(glass);
  });
});

test('from the first Tab to a live number with the keyboard alone', async () => {
  const body = tag('editable preset="plural" shots="1" view="tokens" model="/tiny.gguf"');
  await withPage(body, async ({ page, glass }) => {
    await glass.getByText('1 of 10').waitFor();
    const focused = () =>
      page.evaluate(() => {
        const inner = document.querySelector('shot-glass').shadowRoot.activeElement;
        if (!inner) return null;
        const { width, height } = inner.getBoundingClientRect();
        return {
          name: inner.getAttribute('aria-label') ?? inner.textContent.trim(),
          isSeen: width > 0 && height > 0 && getComputedStyle(inner).outlineStyle !== 'none',
          isLarge: Math.min(width, height) >= 24,
        };
      });
    const names = [];
    for (let i = 0; i < 60; i++) {
      await page.keyboard.press('Tab');
      const stop = await focused();
      if (stop === null) break;
      assert.ok(stop.isSeen, `the focus on ${stop.name} is not to be seen`);
      assert.ok(stop.isLarge, `${stop.name} is smaller than 24 pixels`);
      names.push(stop.name);
      // The demonstrations that are not in the prompt are folded away until somebody wants them.
      if (stop.name === '9 more, not in the prompt') {
        assert.ok(!names.includes('Output 10'));
        await page.keyboard.press('Space');
      }
      if (stop.name.startsWith('Run it live')) break;
    }
    assert.ok(
      names.includes('Query') && names.includes('Output 10') && names.includes('Exact prompt'),
    );
    await page.keyboard.press('Enter');
    await live(glass);
    assertClose((await read(glass)).rows, await tinyRows(plural.task, 1), 'live');
  });
});

test('axe finds nothing, light or dark', async () => {
  const body =
    tag('editable preset="sentiment" shots="4" snapshot="/sentiment.json"') +
    tag('preset="plural" shots="2" view="tokens" snapshot="/plural.json"', written(2)) +
    tag('preset="plural" shots="0" view="text" snapshot="/plural.json" lang="zh"') +
    tag('preset="nothing"');
  // The page has its own styles, as pages do; only those of the element are the test's.
  const head = '<meta name="color-scheme" content="light dark">';
  await withPage(
    body,
    async ({ page, glass }) => {
      for (const i of [0, 1, 2]) await glass.nth(i).locator('.badge').waitFor();
      await glass.nth(1).getByText('Exact prompt').click();
      for (const colorScheme of ['light', 'dark']) {
        await page.emulateMedia({ colorScheme });
        const { violations } = await analyze(page);
        assert.deepEqual(
          violations.map(({ id, nodes }) => `${id}: ${nodes[0].html} ${nodes[0].failureSummary}`),
          [],
          colorScheme,
        );
      }
    },
    { head },
  );
});

test('in Chinese where the page is, numbers and all; English for a language that there are no words for', async () => {
  const one = 'preset="plural" shots="2" view="tokens" snapshot="/plural.json"';
  await withPage(
    tag(one) + tag(`${one} lang="fr"`),
    async ({ glass }) => {
      await glass.nth(1).locator('.badge').waitFor();
      const [chinese, english] = [await read(glass.nth(0)), await read(glass.nth(1))];
      assert.equal(chinese.badge, '预存结果');
      assert.equal(chinese.rows.at(-1).name, '其余 49,142 个词元');
      assert.equal(chinese.button, '实时运行 — 98 MB，只下载一次');
      assert.equal(chinese.caption, '2 个示例之后的下一个词元');
      assert.equal(english.badge, 'recorded');
    },
    { lang: 'zh-CN' },
  );
});

test('nothing sticks out, at any width', async () => {
  const body =
    tag('editable preset="sentiment" shots="4" snapshot="/sentiment.json"') +
    tag('preset="plural" shots="2" view="tokens" snapshot="/plural.json"');
  await withPage(body, async ({ page, glass }) => {
    for (const i of [0, 1]) await glass.nth(i).locator('.badge').waitFor();
    for (const width of [240, 390, 1280]) {
      await page.setViewportSize({ width, height: 800 });
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(wide <= width, `the page is ${wide} wide on a screen of ${width}`);
    }
  });
});

test('on paper: what the author wrote, until the reader has changed something', async () => {
  const body = tag('preset="plural" shots="2" view="tokens" snapshot="/plural.json"', written(2));
  await withPage(body, async ({ page, glass }) => {
    await glass.getByText('2 of 10').waitFor();
    await page.emulateMedia({ media: 'print' });
    assert.ok(await glass.locator('dl').isVisible());
    assert.ok(!(await glass.locator('.glass').isVisible()));
    await page.emulateMedia({ media: 'screen' });
    await glass.getByRole('slider').press('Home');
    await page.emulateMedia({ media: 'print' });
    assert.ok(!(await glass.locator('dl').isVisible()));
    assert.ok(await glass.locator('.glass table').isVisible());
    assert.ok(!(await glass.getByRole('slider').isVisible()));
  });
});

const folder = fileURLToPath(new URL('../../pkg/', import.meta.url));
const entry = join(folder, 'dist/element/define.js');

test('in a page that is built, all of the code before the model is at most 72 kB gzipped', async (t) => {
  const built = await build({
    root: folder,
    configFile: false,
    logLevel: 'error',
    worker: { format: 'es' },
    build: { write: false, minify: true, rollupOptions: { input: entry } },
  });
  const files = [built].flat().flatMap(({ output }) => output);
  const all = files.filter(({ fileName }) => fileName.endsWith('.js'));
  // Fetched only where a tag names a model by its id, and by calls that the element does not make.
  const later = /^assets\/(catalogue|connect|jinja|files)-/;
  const scripts = all.filter(({ fileName }) => !later.test(fileName));
  assert.equal(all.length - scripts.length, 4, 'each of them is a script of its own');
  const sizes = scripts.map(({ code, source }) => gzipSync(code ?? source).length);
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  t.diagnostic(`${bytes} bytes in ${scripts.length} scripts: ${sizes.join(', ')}`);
  assert.ok(
    scripts.some(({ fileName }) => /worker/.test(fileName)),
    'the worker was counted, too',
  );
  assert.ok(bytes <= 72_000, `${bytes} bytes`);
});

test('in a page that is not, what it loads before a reader asks for the model is at most 60 kB', (t) => {
  const sizeOf = (pattern) => {
    const seen = new Map();
    const follow = (path) => {
      if (seen.has(path)) return;
      const code = readFileSync(path, 'utf8');
      seen.set(path, gzipSync(code).length);
      for (const [, to] of code.matchAll(pattern)) follow(join(dirname(path), to));
    };
    follow(entry);
    return { seen, bytes: [...seen.values()].reduce((sum, size) => sum + size, 0) };
  };
  const first = sizeOf(/(?:from|import)\s*'(\.[^']+\.js)'/g);
  // Also what is imported later, and the scripts of workers.
  const all = sizeOf(/(?:from|import\(|import|new URL\()\s*'(\.[^']+\.js)'/g);
  t.diagnostic(`${first.bytes} bytes at first, ${all.bytes} with all that a live run loads`);
  for (const name of ['model/model.js', 'worker/worker.js']) {
    assert.ok(all.seen.has(join(folder, 'dist', name)), `${name} was not followed`);
    assert.ok(!first.seen.has(join(folder, 'dist', name)), `${name} is loaded at once`);
  }
  assert.ok(first.bytes <= 60_000, `${first.bytes} bytes`);
});

test('what the lab copies as HTML shows the same numbers in a page, recorded and live', async (t) => {
  const lab = await serveLab();
  t.after(() => lab.close());
  const { page, complaints } = await openLab(chromium.browser, `${lab.url}?preset=sentiment`);
  await loadModel(page);
  await page.locator('#query').fill('Not bad, for a film with <no> plot & "no" end.');
  await settled(page);
  await page.locator('#view-labels').click();
  await page.locator('table.of-labels:not(.old)').waitFor();
  const copy = async () => {
    await page.locator('#share').click();
    await page.locator('input[name=share-format][value=html]').check();
    const text = await page.locator('.share-file textarea').inputValue();
    await page.keyboard.press('Escape');
    await page.locator('.share-dialog[open]').waitFor({ state: 'detached' });
    return text;
  };
  const labels = await copy();
  const { rows, rest } = await readTable(page);
  const tokens = await copy();
  assert.deepEqual(complaints, []);
  await page.close();

  // The files that `npx shotglass embed` writes are those of the package, which lie elsewhere here.
  const withModel = (text) =>
    text
      .replace('<shot-glass ', '<shot-glass model="/model.gguf" ')
      .replace('src="shotglass/', 'src="/pkg/');
  await withPage(withModel(tokens) + withModel(labels), async ({ glass }) => {
    const [first, second] = [glass.nth(0), glass.nth(1)];
    await first.locator('.badge').waitFor();
    const expected = [...rows, rest];
    const shown = await read(first);
    assert.deepEqual(
      shown.rows.map(({ shown }) => shown),
      expected.map(({ shown }) => shown),
    );
    const recordedLabels = (await read(second)).rows;
    assert.equal(recordedLabels.length, 3);
    for (const one of [first, second]) await one.getByRole('button', { name: /^Run/ }).click();
    await live(first);
    await live(second);
    assertClose(
      (await read(first)).rows,
      expected.map(({ p }) => p),
      'live tokens',
    );
    assertClose(
      (await read(second)).rows,
      recordedLabels.map(({ p }) => p),
      'live labels',
    );
  });
});
