// Firefox for tests, driven through WebDriver BiDi.

import puppeteer from 'puppeteer-core';

/** A headless browser with a profile of its own that is gone when it closes. */
export function launchFirefox() {
  return puppeteer.launch({
    browser: 'firefox',
    executablePath: process.env.FIREFOX ?? '/usr/bin/firefox-esr',
    headless: true,
    protocolTimeout: 300_000,
  });
}
