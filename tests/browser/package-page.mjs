// A page with nothing but the package in it, and what tests do there.

import { createReadStream, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const packageFolder = fileURLToPath(new URL('../../pkg', import.meta.url));
const supportFolder = fileURLToPath(new URL('../support', import.meta.url));

const types = { '.js': 'text/javascript', '.mjs': 'text/javascript', '.wasm': 'application/wasm' };

/** The page and the package; under a policy that is as strict as can be. */
export function servePackage(request, response) {
  const [url] = request.url.split('?');
  if (url === '/') {
    response.writeHead(200, {
      'content-type': 'text/html',
      'content-security-policy':
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; connect-src *; img-src data:",
    });
    return response.end('<!doctype html><link rel="icon" href="data:,"><title>kept</title>');
  }
  const isWorker = /^\/[a-z]+-worker\.mjs$/.test(url);
  const path = join(isWorker ? supportFolder : packageFolder, url);
  if (!statSync(path, { throwIfNoEntry: false })?.isFile()) return response.writeHead(404).end();
  response.writeHead(200, { 'content-type': types[extname(path)] ?? 'text/plain' });
  createReadStream(path).pipe(response);
}

/** Loads in that page: what came of it, and what was heard before. */
export function load(page, options = {}, url = '/model.gguf') {
  return page.evaluate(loadHere, [url, options]);
}

async function loadHere([url, options]) {
  const { Model } = await import('/dist/index.js');
  const seen = [];
  try {
    const onProgress = (progress) => seen.push(progress);
    const model = await Model.load(url, { ...options, onProgress });
    const { tokens } = await model.predict('The quick brown fox');
    const { info } = model;
    model.close();
    return { keeping: info.keeping, sha256: info.sha256, tokens, seen };
  } catch (error) {
    return { code: error.code, message: error.message, seen };
  }
}

export const list = (page) =>
  page.evaluate(async () => (await import('/dist/index.js')).listCached());

export const remove = (page, which) =>
  page.evaluate(async (which) => (await import('/dist/index.js')).removeCached(which), which);

/** All that lies in the file system of the site, with its length. */
export const files = (page) =>
  page.evaluate(async () => {
    const found = {};
    const root = await navigator.storage.getDirectory();
    const folder = await root.getDirectoryHandle('shotglass-models').catch(() => null);
    for await (const [name, handle] of folder?.entries() ?? []) {
      found[name] = (await handle.getFile()).size;
    }
    return found;
  });
