// Chromium for tests: as root, in a container without a GPU or a network.

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { chromium } from 'playwright-core';

/** How long a test waits for what a page does, on a machine that has other things to do. */
export const patienceMs = 90_000;

/**
 * `whole` is the browser that people have. `shell` is Chromium's headless shell: the same engine for pages, workers, storage
 * and network, without windows and profiles, in which a page takes half the time or less. It is for pages of the lab and with elements.
 */
const programs = {
  whole: process.env.CHROME ?? '/usr/bin/chromium',
  shell: process.env.HEADLESS_SHELL,
};

/** Without a headless shell the whole browser does what it would. */
const availableOf = (kind) => (programs[kind] ? kind : 'whole');

const optionsWith = (more, kind = 'whole') => ({
  executablePath: programs[availableOf(kind)],
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
export function launch(profile = null, more = [], kind = 'whole') {
  const options = optionsWith(more, kind);
  return profile === null
    ? chromium.launch(options)
    : chromium.launchPersistentContext(profile, options);
}

/**
 * A Chromium for the tests of one file, there before the first and gone after the last. Where `run.mjs` has started one for
 * all files it is that one, and what is closed in the end is what this file has opened in it. One with `flags` is its own.
 */
export function useChromium({ flags = null, kind = 'whole' } = {}) {
  const start = () => (flags === null ? open(kind) : launch(null, flags, kind));
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

/** Where a process finds the address of the browser that all share. */
const addressOf = { whole: 'SHOTGLASS_CHROMIUM', shell: 'SHOTGLASS_HEADLESS_SHELL' };

async function open(kind) {
  const address = process.env[addressOf[availableOf(kind)]];
  if (address === undefined) return launch(null, [], kind);
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
      return launch(null, [], kind);
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
 * Starts a Chromium for each of these kinds, for several processes; answers with what ends them. Where a file has crashed
 * one, that file fails, and the next one finds another at the same address.
 */
export async function shareChromium(kinds) {
  const available = [...new Set(kinds.map(availableOf))];
  const closes = await Promise.all(available.map(share));
  return () => Promise.all(closes.map((close) => close()));
}

async function share(kind) {
  let isOver = false;
  let server;
  let place = { host: '127.0.0.1' };
  const start = async () => {
    server = await chromium.launchServer({ ...optionsWith([], kind), ...place });
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
  process.env[addressOf[kind]] = address;
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
