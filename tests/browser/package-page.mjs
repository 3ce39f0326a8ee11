// A page with nothing but the package in it, and what tests do there.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { answerFrom, strict } from '../support/serve.mjs';

const packageFolder = fileURLToPath(new URL('../../pkg', import.meta.url));
const supportFolder = fileURLToPath(new URL('../support', import.meta.url));

/** Workers that stand in the place of the package's. */
const workers = readdirSync(supportFolder).filter((name) => name.endsWith('-worker.mjs'));

/** The page and the package; under a policy that is as strict as can be. */
export const servePackage = answerFrom(packageFolder, {
  files: Object.fromEntries(workers.map((name) => [`/${name}`, join(supportFolder, name)])),
  pages: { '/': '<!doctype html><link rel="icon" href="data:,"><title>kept</title>' },
  headers: strict({ connect: '*' }),
});

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
