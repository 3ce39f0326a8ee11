// Copying and pasting in tests. The clipboard is one for all files of tests, of which two run at a time: what is read from it
// may be another file's. And a page says “Copied” for a second and a half, which is over before a busy machine looks again.

import { copied } from './lab.mjs';

/** Copies by this button and waits until it has said so, even if only for a moment; answers with what the page has copied. */
export async function copyBy(button, act = () => button.click()) {
  const page = button.page();
  await button.evaluate((button) => {
    window.isCopySaid = false;
    new MutationObserver(() => {
      window.isCopySaid ||= button.textContent.trim() === 'Copied' && button.checkVisibility();
    }).observe(button, { childList: true, characterData: true, subtree: true });
  });
  await act();
  await page.waitForFunction(() => window.isCopySaid);
  return copied(page);
}

/** Pastes a text by keyboard. A paste of what another file of tests has copied meanwhile is held back, and done again. */
export async function paste(page, text) {
  for (let isPasted = false; !isPasted; ) {
    await page.evaluate((text) => {
      window.isPasted = null;
      const look = (event) => {
        window.isPasted = event.clipboardData.getData('text/plain') === text;
        if (window.isPasted) return;
        event.preventDefault();
        event.stopImmediatePropagation();
      };
      addEventListener('paste', look, { capture: true, once: true });
      return navigator.clipboard.writeText(text);
    }, text);
    await page.keyboard.press('ControlOrMeta+V');
    await page.waitForFunction(() => window.isPasted !== null);
    isPasted = await page.evaluate(() => window.isPasted);
  }
}
