// Chromium for tests: as root, in a container without a GPU or a network.

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
