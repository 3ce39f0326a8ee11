// What a reader is told of a download that does not go as it should, and goes on.

import assert from 'node:assert/strict';
import { createReadStream, statSync } from 'node:fs';
import { test } from 'node:test';
import { modelFile, mustExist } from '../support/files.mjs';
import { live, run, tag, useElements } from './element.mjs';

mustExist(modelFile, 'cargo xtask model');
const { size } = statSync(modelFile);
const oneOf = (model) => tag(`preset="plural" shots="1" view="tokens" model="${model}"`);
/** A break is told by the browser, whatever a page does about it. */
const { withPage } = useElements({
  files: { '/favicon.ico': '' },
  allowed: /^Failed to load resource/,
});

test('no room to keep the model: it runs, and how much is missing is said', async () => {
  await withPage(oneOf('/model.gguf'), async ({ page, glass, server }) => {
    const devtools = await page.context().newCDPSession(page);
    const quota = { origin: server.url, quotaSize: size - 40_000_000 };
    await devtools.send('Storage.overrideQuotaForOrigin', quota);
    await run(glass);
    await live(glass);
    // As much as was not written; what is written at once is some megabytes.
    await glass.getByText(/no space to keep the model .* needs about 4\d MB more\.$/).waitFor();
  });
});

test('a break on a server without Range: the reader is told that it starts again', async () => {
  let requests = 0;
  let release = () => {};
  const released = new Promise((resolve) => {
    release = resolve;
  });
  const answer = async (_, response) => {
    response.writeHead(200, { 'content-length': size, 'content-type': 'application/octet-stream' });
    const isFirst = ++requests === 1;
    const stream = createReadStream(modelFile, { end: (size >> 2) - 1 });
    stream.pipe(response, { end: false });
    await new Promise((resolve) => stream.on('end', resolve));
    if (isFirst) return setTimeout(() => response.destroy(), 200);
    await released;
    createReadStream(modelFile, { start: size >> 2 }).pipe(response);
  };
  const work = async ({ glass }) => {
    await run(glass);
    await glass
      .getByText(/^\d+ MB of 98 MB\. The download had to start again from the beginning\.$/)
      .waitFor({ timeout: 60_000 });
    release();
    await live(glass);
    assert.equal(requests, 2);
  };
  await withPage(oneOf('/slow.gguf'), work, { pages: { '/slow.gguf': answer } });
});

test('the attributes are read once for each edit, and not for the progress of a download', async () => {
  const one = tag('preset="plural" shots="1" view="tokens" model="/model.gguf" editable');
  await withPage(one, async ({ glass }) => {
    await glass.getByText('1 of 10').waitFor();
    await glass.evaluate((element) => {
      element.reads = 0;
      const read = element.getAttribute;
      element.getAttribute = function (name) {
        if (name === 'view') this.reads += 1;
        return read.call(this, name);
      };
    });
    const readsOf = async (act) => {
      const before = await glass.evaluate(({ reads }) => reads);
      await act();
      return (await glass.evaluate(({ reads }) => reads)) - before;
    };
    const query = glass.getByRole('textbox', { name: 'Query' });
    assert.equal(await readsOf(() => glass.getByRole('slider').press('ArrowRight')), 1);

    // An edit asks for the model: it is one change, and all that comes of the download is none.
    let steps = 0;
    const reads = await readsOf(async () => {
      await query.fill('goose');
      await glass.locator('.progress').waitFor();
      steps = await glass.evaluate(
        (element) =>
          new Promise((resolve) => {
            let seen = 0;
            const { shadowRoot } = element;
            const observer = new MutationObserver(() => {
              seen += 1;
              if (shadowRoot.querySelector('.badge.live')) resolve(seen);
            });
            observer.observe(shadowRoot, { subtree: true, childList: true, attributes: true });
          }),
      );
    });
    assert.ok(steps > 3, `${steps} steps of the download were drawn`);
    assert.equal(reads, 1);
  });
});
