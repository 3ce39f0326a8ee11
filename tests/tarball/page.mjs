// A page in Chromium, and what it says: `main.js` of each case writes its answer into `#answer`.

import { launch } from '../support/chromium.mjs';
import { isolated, serve } from '../support/serve.mjs';
import { runsLive } from '../support/tag.mjs';

/** Serves a folder; see {@link read}. */
export async function answerOf(
  folder,
  { isIsolated = false, policy = {}, path = '', ...options } = {},
) {
  const headers = { ...policy, ...(isIsolated && isolated) };
  const server = await serve(folder, { headers });
  try {
    return await read(server.url + path, options);
  } finally {
    server.close();
  }
}

/**
 * Opens a page and waits for its answer, then starts its tag, which says the same as `expected`.
 * `complaints` are the page's console errors and exceptions.
 */
export async function read(
  url,
  { expected, start = () => launch(), inFrame = false, afterwards = async () => {} },
) {
  const browser = await start();
  try {
    const page = await browser.newPage();
    const complaints = [];
    page.on('console', (message) => {
      // The pages have no icon, and one of them asks for a file that is missing.
      const isMissing = /\/(favicon\.ico|missing\.gguf)$/.test(message.location().url);
      if (message.type() === 'error' && !isMissing) complaints.push(message.text());
    });
    const failure = new Promise((resolve) => {
      page.on('pageerror', (error) => {
        complaints.push(String(error));
        resolve();
      });
    });
    await page.goto(url);
    const place = inFrame ? page.frameLocator('iframe') : page;
    const output = place.locator('#answer', { hasText: /./ });
    await Promise.race([output.waitFor({ timeout: 120_000 }), failure]);
    const text = complaints.length === 0 ? await output.textContent() : 'null';
    if (complaints.length === 0) await runsLive(place, expected);
    return { answer: JSON.parse(text), complaints, more: await afterwards(page) };
  } finally {
    await browser.close();
  }
}
