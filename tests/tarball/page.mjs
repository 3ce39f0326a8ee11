import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';
import { chromium } from 'playwright-core';

const types = { '.html': 'text/html', '.js': 'text/javascript', '.wasm': 'application/wasm' };

/** As strict as a page with an engine in WebAssembly can be. */
const policy = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self'",
  "connect-src 'self'",
].join('; ');

/** Serves a folder, opens its index.html in a browser, and answers what its title becomes. */
export async function titleOf(folder) {
  const server = createServer(async (request, response) => {
    const path = join(folder, request.url === '/' ? 'index.html' : decodeURI(request.url));
    const file = await stat(path).catch(() => null);
    if (!file?.isFile()) return response.writeHead(404).end();
    response.writeHead(200, {
      'content-type': types[extname(path)] ?? 'application/octet-stream',
      'content-length': file.size,
      'content-security-policy': policy,
    });
    createReadStream(path).pipe(response);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const browser = await chromium.launch({
    executablePath: process.env.CHROME ?? '/usr/bin/chromium',
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
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
    await page.goto(`http://127.0.0.1:${server.address().port}/`);
    await page.waitForFunction(() => document.title !== '', undefined, { timeout: 120_000 });
    return { title: await page.title(), complaints };
  } finally {
    await browser.close();
    server.closeAllConnections();
    server.close();
  }
}
