import { launch } from '../support/chromium.mjs';
import { isolated, serve } from '../support/serve.mjs';

/** As strict as a page with an engine in WebAssembly can be. */
const policy = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "connect-src 'self'",
].join('; ');

/** Serves a folder, opens its index.html in a browser, and answers what its title becomes. */
export async function titleOf(folder, { isIsolated }) {
  const headers = { 'content-security-policy': policy, ...(isIsolated && isolated) };
  const server = await serve(folder, { headers });
  const browser = await launch();
  try {
    const page = await browser.newPage();
    const complaints = [];
    page.on('console', (message) => {
      // The page has no icon, and asks for a file that is missing.
      const isMissing = /\/(favicon\.ico|missing\.gguf)$/.test(message.location().url);
      if (message.type() === 'error' && !isMissing) {
        complaints.push(message.text());
      }
    });
    page.on('pageerror', (error) => complaints.push(String(error)));
    await page.goto(server.url);
    await page.waitForFunction(() => document.title !== '', undefined, { timeout: 120_000 });
    return { title: await page.title(), complaints };
  } finally {
    await browser.close();
    server.close();
  }
}
