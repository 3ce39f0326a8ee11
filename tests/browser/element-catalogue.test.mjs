// A <shot-glass> that names a model of the catalogue by its id.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { modelNamed } from 'shotglass/models';
import { mustExist, tinyFolder } from '../support/files.mjs';
import { live, read, run, tag, useElements } from './element.mjs';

mustExist(tinyFolder, 'cargo test --release');
const bytes = readFileSync(join(tinyFolder, 'default.gguf'));
const { withPage } = useElements({ files: { '/favicon.ico': '' } });
const named = (id) => tag(`preset="plural" shots="1" view="tokens" model="${id}"`);
const asked = (server) => server.log.filter((path) => /\/dist\/models\//.test(path));

test('its size is told before, its file is fetched when a reader asks, and the default model’s numbers are not its own', async () => {
  const id = 'smollm2-360m';
  const work = async ({ page, glass }) => {
    const files = [];
    await page.context().route('https://huggingface.co/**', (route) => {
      files.push(route.request().url());
      const headers = {
        'access-control-allow-origin': '*',
        'last-modified': 'Fri, 01 Nov 2024 00:00:00 GMT',
      };
      return route.fulfill({ body: bytes, headers });
    });
    await glass.getByText('386 MB, once').waitFor();
    assert.equal((await read(glass)).badge, null);
    await run(glass);
    await live(glass);
    assert.deepEqual([...new Set(files)], [modelNamed(id).url]);
  };
  await withPage(named(id), work, { headers: {} });
});

test('one that is not known is refused with those that are, when a reader asks for it', async () => {
  await withPage(named('smollm9'), async ({ glass }) => {
    await run(glass);
    await glass.getByText(/^Unknown model 'smollm9'\. Models: pythia-14m, /).waitFor();
  });
});

test('the catalogue is not fetched for the default model, by whichever name, nor for a file', async () => {
  for (const model of [
    '',
    'model="smollm2-135m-instruct"',
    'model="/model.gguf"',
    'model="a.gguf"',
  ]) {
    await withPage(
      tag(`preset="plural" shots="1" view="tokens" ${model}`),
      async ({ glass, server }) => {
        await glass.locator('.run .primary').waitFor();
        const isDefault = !model.includes('gguf');
        assert.equal((await read(glass)).badge, isDefault ? 'recorded' : null);
        assert.deepEqual(asked(server), []);
      },
    );
  }
});
