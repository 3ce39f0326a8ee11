// What an edit costs on its way to the bars: one call of the worker, which brings the tokens of the prompt as well.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadModel, useLab } from './lab.mjs';

const lab = useLab();

/** Records the calls that the page sends to its worker, and how many there were when the bars changed. */
function record() {
  const post = Worker.prototype.postMessage;
  globalThis.calls = [];
  Worker.prototype.postMessage = function (message, ...rest) {
    globalThis.calls.push(message.type);
    return post.call(this, message, ...rest);
  };
}

/** Keeps what is called from now on, until the bars have been old and are new again. */
function watch() {
  globalThis.calls.splice(0);
  let wereOld = false;
  const observer = new MutationObserver(() => {
    const isOld = document.querySelector('table.bars').classList.contains('old');
    wereOld ||= isOld;
    if (!wereOld || isOld) return;
    globalThis.untilBars = globalThis.calls.filter((type) => type !== 'abort');
    observer.disconnect();
  });
  observer.observe(document.querySelector('lab-answer'), { subtree: true, attributes: true });
}

test('a keystroke is answered by one call', async () => {
  await lab.ready();
  const context = await lab.browser.newContext({ viewport: { width: 1280, height: 900 } });
  await context.addInitScript(record);
  const page = await lab.open({ context });
  await loadModel(page);
  await page.locator('#view-tokens').click();
  // Whatever follows an answer has ended when nothing has been asked for a second.
  await page.waitForFunction(() => {
    const { length } = globalThis.calls;
    const now = performance.now();
    if (globalThis.seen?.length !== length) globalThis.seen = { length, since: now };
    return now - globalThis.seen.since > 1_000;
  });

  await page.evaluate(watch);
  await page.locator('#query').focus();
  await page.keyboard.press('End');
  await page.keyboard.type('s');
  await page.waitForFunction(() => globalThis.untilBars !== undefined);
  assert.deepEqual(await page.evaluate(() => globalThis.untilBars), ['predict']);
  await context.close();
});
