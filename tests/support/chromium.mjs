// Chromium for tests: as root, in a container without a GPU or a network.

import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

/** A headless browser; with a folder for its profile, a context that is as it was left there. */
export function launch(profile = null, more = []) {
  const options = {
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
  };
  return profile === null
    ? chromium.launch(options)
    : chromium.launchPersistentContext(profile, options);
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
