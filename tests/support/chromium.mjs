// Chromium for tests: as root, in a container without a GPU or a network.

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium } from 'playwright-core';

/** How long a test waits for what a page does, on a machine that has other things to do. */
export const patienceMs = 90_000;

const optionsWith = (more) => ({
  executablePath: process.env.CHROME ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
    ...more,
  ],
});

/** A headless browser; with a folder for its profile, a context that is as it was left there. */
export function launch(profile = null, more = []) {
  const options = optionsWith(more);
  return profile === null
    ? chromium.launch(options)
    : chromium.launchPersistentContext(profile, options);
}

/**
 * A Chromium for the tests of one file, there before the first and gone after the last. Where `run.mjs` has started one for
 * all files it is that one, and what is closed in the end is what this file has opened in it. One with `flags` is its own.
 */
export function useChromium(flags = null) {
  const start = () => (flags === null ? open() : launch(null, flags));
  let starting = null;
  const used = {
    browser: null,
    /** For hooks, of which no one says that they run one after the other: answers with itself when the browser is there. */
    async ready() {
      starting ??= start();
      used.browser = await starting;
      return used;
    },
    /** Closes all that this file has opened, also where the opening failed half-way. */
    async closePages() {
      for (const context of used.browser.contexts()) await context.close();
    },
  };
  before(() => used.ready());
  after(() => used.browser?.close());
  return used;
}

async function open() {
  const address = process.env.SHOTGLASS_CHROMIUM;
  if (address === undefined) return launch();
  const deadline = performance.now() + 20_000;
  for (;;) {
    try {
      return await chromium.connect(address, { timeout: 20_000 });
    } catch (error) {
      // One that has crashed is being started again.
      if (/ECONNREFUSED/.test(error.message) && performance.now() < deadline) {
        await sleep(200);
        continue;
      }
      console.error(`This file starts a Chromium of its own: ${error.message}`);
      return launch();
    }
  }
}

/**
 * What a page complains of from now on: every error that it writes, unless it is one of those that `isAllowed`, and every
 * exception and rejection that nobody handles.
 */
export function complaintsOf(page, isAllowed = () => false) {
  const complaints = [];
  page.on('console', (message) => {
    if (message.type() === 'error' && !isAllowed(message)) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(String(error)));
  return complaints;
}

/**
 * Starts a Chromium for several processes, which find its address in `SHOTGLASS_CHROMIUM`; answers with what ends it. Where a
 * file has crashed it, that file fails, and the next one finds another at the same address.
 */
export async function shareChromium() {
  let isOver = false;
  let server;
  let place = { host: '127.0.0.1' };
  const start = async () => {
    server = await chromium.launchServer({ ...optionsWith([]), ...place });
    server.on('close', () => {
      if (isOver) return;
      console.error('The Chromium that all files share has ended: another is started.');
      // Where that fails, each file starts its own.
      start().catch(console.error);
    });
  };
  await start();
  const address = server.wsEndpoint();
  const { port, pathname } = new URL(address);
  place = { ...place, port: Number(port), wsPath: pathname };
  process.env.SHOTGLASS_CHROMIUM = address;
  return async () => {
    isOver = true;
    await server.close();
  };
}

/**
 * A browser as most people have theirs, which gives a frame of another site a storage of its own: as
 * Playwright has it, the frame has none, or the same as everywhere.
 */
export async function launchPartitioned(profile) {
  await mkdir(join(profile, 'Default'), { recursive: true });
  const preferences = { profile: { cookie_controls_mode: 0 } };
  await writeFile(join(profile, 'Default/Preferences'), JSON.stringify(preferences));
  // The last such list counts, and Playwright's own has `ThirdPartyStoragePartitioning` in it.
  return launch(profile, ['--disable-features=Translate']);
}
