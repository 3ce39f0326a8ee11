// A model on a server in the lab: connected to, asked, named in links, and never with its key.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { labModule } from '../lab/module.mjs';
import { startApi, stop } from '../package/cli/api/server.mjs';
import { startByteServer } from '../package/remote/byte-server.mjs';
import { mustExist, tinyFolder } from '../support/files.mjs';
import { live, readTable, useLab, wayCheck } from './lab.mjs';
import { choose, finding, run } from './why.mjs';

// Both run a small model, because the one on the server competes with the page for the machine.
mustExist(tinyFolder, 'cargo test --release');
const model = join(tinyFolder, 'default.gguf');
const { decodeLink } = await labModule('share/link.ts');
const lab = useLab({ perTest: true, model: null, allowed: /^Failed to load resource|CORS policy/ });
const key = 'sk-never-to-be-seen-7491';

let own = null;
before(async () => {
  await lab.ready();
  own = await startApi(['--model', model, '--cors', new URL(lab.url).origin, '--api-key', key]);
});
after(() => stop(own));

const form = (page) => page.locator('lab-server');
const press = (page, name) => form(page).getByRole('button', { name, exact: true }).press('Enter');
const refusal = (page) => form(page).locator('[role=alert]');

async function openList(page) {
  await page.locator('lab-app #models').press('Enter');
  await page.locator('dialog.models[open]').waitFor();
}

/** Opens the list of models at the fields of a server, and fills them. */
async function fill(page, { url, model = '', apiKey = '' }) {
  const server = form(page);
  if (!(await server.getByLabel('Address').isVisible())) {
    await openList(page);
    await server.locator('summary').press('Enter');
  }
  await server.getByLabel('Address').fill(url);
  await server.getByLabel('Model', { exact: true }).fill(model);
  await server.getByLabel('Key', { exact: true }).fill(apiKey);
}

/** Connects, and waits for the numbers of the server; answers what the page says that it can do. */
async function connect(page, address) {
  await fill(page, address);
  await press(page, 'Connect');
  const told = form(page).locator('[role=status]', { hasText: 'answers now' });
  await told.waitFor();
  const can = await told.textContent();
  await page.keyboard.press('Escape');
  await page.locator('.badge[data-origin="live"]').waitFor();
  return can.trim();
}

/** Waits until nothing more is asked: what follows an answer has been asked then. */
async function quiet({ requests }) {
  for (let before = -1; requests.length !== before; ) {
    before = requests.length;
    await new Promise((resolve) => setTimeout(resolve, 2500));
  }
}

/** All that the browser keeps of the page, as one text. */
const kept = (page) =>
  page.evaluate(async () => {
    const found = [JSON.stringify({ ...localStorage }), JSON.stringify({ ...sessionStorage })];
    for (const { name } of await indexedDB.databases()) {
      const database = await new Promise((resolve) => {
        const request = indexedDB.open(name);
        request.onsuccess = () => resolve(request.result);
      });
      for (const store of database.objectStoreNames) {
        const all = database.transaction(store).objectStore(store).getAll();
        await new Promise((resolve) => {
          all.onsuccess = resolve;
        });
        found.push(JSON.stringify(all.result));
      }
      database.close();
    }
    return found.join('\n') + location.href + document.documentElement.outerHTML;
  });

const labels = (page) =>
  page
    .locator('lab-labels table')
    .first()
    .evaluate((table) => [...table.querySelectorAll('data')].map(({ value }) => Number(value)));

test('a server that runs the same model shows the same numbers, labels and figures', async () => {
  const page = await lab.open({ link: '?preset=sentiment&k=1' });
  const parts = [];
  page.on('request', (request) => parts.push(request.url()));
  await page.locator('#model-file').setInputFiles(model);
  await live(page);
  const here = await readTable(page);
  await page.locator('#view-labels').click();
  const labelsHere = await labels(page);
  assert.ok(labelsHere.length > 0);
  await choose(page, 'Calibrate');
  await run(page);
  const findingHere = await finding(page);
  const ofServers = (url) => /\/connect[^/]*\.js/.test(url);
  assert.deepEqual(parts.filter(ofServers), [], 'the code for servers comes when it is asked for');

  const can = await connect(page, { url: own.origin, apiKey: key });
  assert.match(can, /all 299 tokens with their probabilities, probabilities of given texts/);
  assert.match(await page.locator('.model').textContent(), /what you type is sent there/);
  await live(page);
  const there = await readTable(page);
  for (const [at, row] of here.rows.entries()) {
    assert.deepEqual([there.rows[at].token, there.rows[at].shown], [row.token, row.shown]);
    assert.ok(Math.abs(there.rows[at].p - row.p) < 1e-6, `${row.token}`);
  }
  assert.equal(there.rest.shown, here.rest.shown);
  await page.locator('#view-labels').click();
  await page.locator('.badge summary').click();
  assert.match(await page.locator('.badge-about').textContent(), /just now on the server http/);
  for (const [at, p] of (await labels(page)).entries()) {
    assert.ok(Math.abs(p - labelsHere[at]) < 1e-6, `label ${at}`);
  }
  await run(page);
  assert.equal(await finding(page), findingHere);
  await choose(page, 'Layers');
  assert.match(await page.locator('#why-state').textContent(), /does not show the inside/);
  assert.equal(await page.locator('#why-run').getAttribute('aria-disabled'), 'true');

  await page.locator('lab-app #share').click();
  await page.waitForTimeout(1500);
  assert.ok(!(await kept(page)).includes(key), 'the key is nowhere');
});

test('each way to miss a server has its sentence, and the model that was there still answers', async (t) => {
  const page = await lab.open();
  const said = async (address, button = 'Connect') => {
    await fill(page, address);
    await press(page, button);
    await refusal(page).or(form(page).getByText('answers now')).waitFor();
    return (await refusal(page).textContent()).trim();
  };
  const closed = await startByteServer(t);
  const web = (_, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><p>Hello');
    return true;
  };
  const page404 = await startByteServer(t, { cors: true, instead: web });
  const open = await startByteServer(t, { cors: true });
  const liar = await startByteServer(t, {
    cors: true,
    tamper: (_, answer) => {
      for (const { logprobs } of answer.choices ?? [])
        for (const top of logprobs?.top_logprobs ?? [])
          for (const name of Object.keys(top ?? {})) top[name] = 0;
      return answer;
    },
  });
  const silent = await startByteServer(t, { cors: true, logprobs: false });
  const origin = new URL(lab.url).origin;
  assert.match(
    await said({ url: 'http://127.0.0.1:9' }),
    new RegExp(`127.0.0.1:9 cannot be asked.*--cors ${origin}`),
  );
  assert.match(await said({ url: closed.origin }), new RegExp(`--cors ${origin}`));
  assert.match(await said({ url: page404.origin }), /not as an OpenAI-compatible server does/);
  assert.match(await said({ url: own.origin }), /asks for a key/);
  assert.match(await said({ url: own.origin, apiKey: 'sk-other' }), /does not accept this key/);
  assert.match(
    await said({ url: open.origin, model: 'gpt-x' }),
    /no model “gpt-x”\. It has: bytes\./,
  );
  assert.match(await said({ url: liar.origin }), /answers cannot be used/);
  assert.match(await said({ url: silent.origin }), /tells no probabilities/);
  assert.match(await said({ url: 'http://me:secret@host/v1' }), /must not contain a name/);
  assert.match(await said({ url: 'no address' }), /This is not an address/);
  await fill(page, { url: open.origin });
  await press(page, 'List its models');
  await form(page).getByText('1 model found.').waitFor();
  assert.equal(await form(page).locator('datalist option').getAttribute('value'), 'bytes');
  assert.equal(await form(page).locator('[role=alert]').count(), 0);
});

test('a server that is slow can be left, and one that lists 20 tokens says so', async (t) => {
  const page = await lab.open();
  const slow = await startByteServer(t, { cors: true, instead: () => new Promise(() => {}) });
  await fill(page, { url: slow.origin });
  await press(page, 'Connect');
  await press(page, 'Stop');
  await form(page).getByRole('button', { name: 'Connect' }).waitFor();
  assert.equal(await refusal(page).count(), 0);

  const some = await startByteServer(t, { cors: true, most: 20, prompts: null, names: false });
  const can = await connect(page, { url: some.origin });
  assert.match(
    can,
    /the 20 most probable tokens, no probabilities of given texts, tokens of a text/,
  );
  await page.locator('#view-tokens').click();
  await page.locator('lab-tokens .show select').selectOption('50');
  const note = page.getByText('The server tells the 20 most probable tokens. The rest is');
  await note.waitFor();
  const { rows, rest } = await readTable(page);
  assert.equal(rows.length, 20);
  const sum = rows.reduce((all, { p }) => all + p, rest.p);
  assert.ok(Math.abs(sum - 1) < 1e-6, `${sum}`);
  assert.equal(rest.token, 'all other tokens');
  await page.locator('#view-words').click();
  await page.getByText('A server does not list its vocabulary').waitFor();
  await page.locator('#view-labels').click();
  await choose(page, 'Order');
  assert.match(await page.locator('#why-state').textContent(), /probability of a given text/);
});

test('a connection stands under its own heading, takes no memory, and is ended by its button', async (t) => {
  const { origin } = await startByteServer(t, { cors: true });
  const page = await lab.open();
  await page.locator('#model-file').setInputFiles(model);
  await live(page);
  await openList(page);
  const section = (name) => page.getByRole('region', { name });
  const memory = await section('In memory').locator('.models-head .hint').textContent();
  await connect(page, { url: origin });
  await openList(page);
  assert.deepEqual(
    await section('In memory').locator('.models-name bdi').allTextContents(),
    await page.locator('.models-list [data-active=false] bdi').allTextContents(),
  );
  assert.equal(await section('In memory').locator('.models-head .hint').textContent(), memory);
  const far = section('Open connections').locator('li');
  assert.equal(await far.getAttribute('data-active'), 'true');
  assert.match(await far.textContent(), /bytes.*answers now.*It tells: all 257 tokens/s);
  await far.getByRole('button', { name: 'Disconnect: bytes' }).press('Enter');
  await section('In memory').locator('[data-active=true]').waitFor();
  assert.equal(await section('Open connections').count(), 0);
});

/** The rows of the servers that were used, and one of them. */
const usedRows = (page) =>
  page.getByRole('region', { name: 'Servers you have used' }).locator('li');
const pressRow = (row, name) => row.getByRole('button', { name }).press('Enter');

test('a server that was used is a row, which connects to it again or asks for its key', async (t) => {
  const { origin, requests } = await startByteServer(t, { cors: true, most: 20 });
  const context = await lab.browser.newContext({ reducedMotion: 'reduce' });
  t.after(() => context.close());
  const page = await lab.open({ context });
  await connect(page, { url: origin });
  await connect(page, { url: own.origin, apiKey: key });
  assert.ok(!(await kept(page)).includes(key), 'the key is not kept');

  await page.reload();
  await openList(page);
  const [withKey, without] = [usedRows(page).nth(0), usedRows(page).nth(1)];
  assert.match(await withKey.textContent(), /default.*all 299 tokens with their probabilities/s);
  assert.ok((await without.textContent()).includes(`${origin}/v1`));
  assert.match(await without.textContent(), /bytes.*last used.*the 20 most probable tokens/s);

  // The key that stands in the field is for another server.
  await fill(page, { url: own.origin, apiKey: key });
  requests.length = 0;
  await pressRow(without, /^Connect/);
  await form(page).getByText('bytes answers now').waitFor();
  assert.ok(requests.length > 0);
  assert.deepEqual([...new Set(requests.map(({ headers }) => headers.authorization))], [undefined]);
  await without.or(withKey).getByText('connected', { exact: true }).waitFor();

  const again = usedRows(page).filter({ hasText: own.origin });
  await pressRow(again, /^Connect/);
  await form(page).getByText('Keys are not kept, so enter it again').waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.id), 'server-key');
  assert.equal(await form(page).getByLabel('Address').inputValue(), `${own.origin}/v1`);
  await page.keyboard.type(key);
  await page.keyboard.press('Enter');
  await form(page)
    .getByText(/default.* answers now/)
    .waitFor();

  const other = await lab.open({ context });
  await openList(other);
  assert.equal(await usedRows(other).count(), 2);
  await pressRow(usedRows(page).first(), /^Forget/);
  await pressRow(usedRows(page).first(), 'Keep');
  assert.equal(await usedRows(page).count(), 2);
  await pressRow(usedRows(page).first(), /^Forget/);
  await pressRow(usedRows(page).first(), 'Forget');
  await usedRows(other).nth(1).waitFor({ state: 'detached' });
  assert.equal(await usedRows(page).count(), 1);
  assert.equal(await page.evaluate(() => document.activeElement.id), 'models-servers');
  await pressRow(usedRows(page).first(), /^Forget/);
  await pressRow(usedRows(page).first(), 'Forget');
  await usedRows(page).first().waitFor({ state: 'detached' });
});

/** The prompts that a server was asked to run a model on; to split a text is none. */
const runs = ({ requests }) =>
  requests.filter(({ path, method }) => path === '/v1/completions' && method === 'POST').length;

test('after an edit a server is asked for the answer, and for experiments when a button says so', async (t) => {
  const server = await startByteServer(t, { cors: true });
  const page = await lab.open({ link: '?preset=sentiment' });
  await connect(page, { url: server.origin });
  await live(page);
  await quiet(server);
  const edit = async (text) => {
    const before = runs(server);
    await page.locator('#query').fill(text);
    await live(page);
    await quiet(server);
    return runs(server) - before;
  };
  assert.equal(await edit('A joy.'), 2, 'the next token, and the labels');
  const place = (name) => page.locator(`.ask-server[data-place="${name}"]`);
  assert.equal(await place('ladder').textContent(), 'Ask the server: 11 requests');
  assert.equal(await place('exact').textContent(), 'Ask the server', 'tokens are listed by name');
  const press = async (name) => {
    const before = runs(server);
    await place(name).press('Enter');
    await place(name).waitFor({ state: 'detached' });
    await quiet(server);
    return runs(server) - before;
  };
  assert.equal(await press('ladder'), 11);
  await page.locator('.ladder:not(.old) .ladder-finding').waitFor();
  assert.ok((await press('exact')) >= 2);
  await page.locator('.totals data').waitFor();

  // What was answered stays, as of the prompt before.
  assert.equal(await edit('A joy to watch.'), 2);
  await page.locator('.ladder.old').waitFor();
  assert.equal(await place('ladder').textContent(), 'Ask the server: 11 requests');
  await page.locator('#query').fill('A joy ');
  await place('fixes').waitFor({ state: 'attached' });
  await page.locator('.finding summary').first().press('Enter');
  assert.equal(await place('fixes').first().textContent(), 'Ask the server: 2 requests');

  await openList(page);
  const allowed = page.getByLabel('Run experiments automatically');
  assert.equal(await allowed.isChecked(), false);
  await allowed.press('Space');
  await page.keyboard.press('Escape');
  await page.locator('.ladder:not(.old) .ladder-finding').waitFor();
  assert.equal(await page.locator('.ask-server').count(), 0);
  assert.ok((await edit('A pity.')) > 11);
});

test('an experiment that fails says why, and can be asked for again', async (t) => {
  let isBroken = false;
  const server = await startByteServer(t, {
    cors: true,
    instead: (_, response) => {
      if (isBroken) response.writeHead(400).end('{"error":{"message":"out of credits"}}');
      return isBroken;
    },
  });
  const page = await lab.open({ link: '?preset=sentiment' });
  await connect(page, { url: server.origin });
  await live(page);
  const ladder = page.locator('.ladder-ask');
  isBroken = true;
  await ladder.getByRole('button').press('Enter');
  await ladder.getByText('out of credits').waitFor();
  isBroken = false;
  await ladder.getByRole('button').press('Enter');
  await page.locator('.ladder:not(.old) .ladder-finding').waitFor();
  assert.equal(await ladder.count(), 0);
});

test('bad rows are left out, and where nothing can be kept a row lasts as long as the page', async (t) => {
  const { origin } = await startByteServer(t, { cors: true });
  const page = await lab.open();
  await page.evaluate(() => {
    localStorage.setItem(`shotglass.server.${'0'.repeat(64)}`, '{"url":"javascript:alert(1)"');
    localStorage.setItem('shotglass.server.x', 'null');
  });
  await page.reload();
  await openList(page);
  assert.equal(await usedRows(page).count(), 0);

  const denied = await lab.open();
  await denied.addInitScript(() => {
    Object.defineProperty(window, 'localStorage', {
      get: () => {
        throw new DOMException('denied', 'SecurityError');
      },
    });
  });
  await denied.reload();
  await connect(denied, { url: origin });
  await openList(denied);
  assert.equal(await usedRows(denied).count(), 1);
});

test('a link names the model and its server, and offers to connect to it', async (t) => {
  const { origin, requests } = await startByteServer(t, { cors: true });
  const page = await lab.open({ link: '?preset=sentiment' });
  await connect(page, { url: origin, apiKey: key });
  // What the project has recorded goes before what a sender says.
  await page.locator('#query').fill('A joy.');
  await live(page);
  await page.locator('lab-app #share').click();
  const text = page.locator('textarea[data-file="link"]');
  await text.waitFor();
  let address = '';
  let result = null;
  for (let tries = 0; !result?.prediction && tries < 200; tries++) {
    await page.waitForTimeout(100);
    address = await text.inputValue();
    ({ result } = await decodeLink(new URL(address).hash));
  }
  assert.equal(result.model.server, `${origin}/v1`);
  assert.deepEqual([result.model.name, result.model.activationBits], ['bytes', 0]);
  assert.equal(result.prediction.entropy, null);
  const { hash } = new URL(address);
  assert.ok(!JSON.stringify(await decodeLink(hash)).includes(key));
  assert.ok(!(await kept(page)).includes(key));

  await page.close();
  const other = await lab.open({ link: hash });
  const badge = other.locator('.badge[data-origin="sent"]');
  await badge.locator('summary').click();
  assert.match(await badge.textContent(), new RegExp(`bytes on the server ${origin}/v1`));
  const asked = requests.length;
  await badge.getByRole('button', { name: 'Connect to this server' }).press('Enter');
  await form(other).getByText('Connect only to a server that you trust').waitFor();
  assert.equal(await form(other).getByLabel('Address').inputValue(), `${origin}/v1`);
  assert.equal(await other.evaluate(() => document.activeElement.id), 'server-key');
  assert.equal(requests.length, asked, 'the server is asked when the reader says so');
  await press(other, 'Connect');
  await form(other).getByText('answers now').waitFor();
});

test('an evaluation that a reload cuts off goes on where it was', async (t) => {
  let most = Number.POSITIVE_INFINITY;
  const scored = [];
  const server = await startByteServer(t, {
    cors: true,
    instead: async ({ path, body }) => {
      if (path !== '/v1/completions' || !body.echo) return false;
      if (scored.length >= most) await new Promise(() => {});
      scored.push(JSON.stringify(body.prompt));
      if (most < Number.POSITIVE_INFINITY) await new Promise((resolve) => setTimeout(resolve, 150));
      return false;
    },
  });
  const page = await lab.open({ link: '?preset=sentiment' });
  await connect(page, { url: server.origin });
  await live(page);
  await choose(page, 'Evaluate');
  await quiet(server);
  scored.length = 0;
  most = 7;
  await page.locator('#why-run').click();
  await page.waitForFunction(() => document.querySelector('.why-state progress')?.value >= 1);
  // What was answered is written down a little later.
  await page.waitForTimeout(2000);
  const first = [...scored];
  await page.reload();
  most = Number.POSITIVE_INFINITY;
  await connect(page, { url: server.origin });
  await page.locator('#why-go-on').waitFor();
  await live(page);
  await quiet(server);
  scored.length = 0;
  await page.locator('#why-go-on').click();
  while (scored.length < 8) await page.waitForTimeout(100);
  assert.deepEqual(
    first.slice(0, 5).filter((prompt) => scored.includes(prompt)),
    [],
    'what was answered is not asked again',
  );
});

for (const [width, height, colorScheme, link] of [
  [1280, 720, 'dark', ''],
  [390, 844, 'light', '?lang=zh-Hans'],
]) {
  test(`nothing is in the way of anyone: ${width} px, ${colorScheme} ${link}`, async (t) => {
    const page = await lab.open({ link, colorScheme, viewport: { width, height } });
    const server = await startByteServer(t, { cors: true, most: 20 });
    const check = wayCheck(page, width);
    await openList(page);
    await form(page).locator('summary').press('Enter');
    await page.locator('#server-url').fill('http://127.0.0.1:9');
    await page.locator('#server-url').press('Enter');
    await refusal(page).waitFor();
    await check('a server that does not answer');
    await page.locator('#server-url').fill(server.origin);
    await page.locator('#server-url').press('Enter');
    await page.locator('.models-list [data-active=true]').waitFor();
    await check('a server that answers');
    await page.keyboard.press('Escape');
    await page.locator('.badge[data-origin="live"]').waitFor();
    await page.locator('#view-tokens').click();
    await page.locator('lab-tokens .show select').selectOption('50');
    await page.locator('table.bars').waitFor();
    await check('its numbers');
  });
}
