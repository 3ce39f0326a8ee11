// The packed package in a Vite app. A file of its own, so that it runs beside the pages without a bundler.

import assert from 'node:assert/strict';
import { mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { build, createServer, preview } from 'vite';
import { modelFile } from '../support/files.mjs';
import { isolated, strict } from '../support/serve.mjs';
import { both, passed, useInstalled } from './cases.mjs';
import { read } from './page.mjs';

const installed = useInstalled();

test('a Vite app: its dev server, its build, and the build under the strict policy', async () => {
  const root = await installed.copyCase('vite');
  await mkdir(join(root, 'public'));
  await symlink(modelFile, join(root, 'public/model.gguf'));
  const config = { root, configFile: false, logLevel: 'error' };
  const local = (headers) => ({ host: '127.0.0.1', port: 0, headers });

  const dev = await createServer({ ...config, server: local() });
  await dev.listen();
  try {
    installed.agrees(
      await read(dev.resolvedUrls.local[0], { expected: installed.expected }),
      'relaxed',
    );
  } finally {
    await dev.close();
  }

  await build(config);
  for (const { isIsolated, build } of both) {
    const headers = { ...strict(), ...(isIsolated && isolated) };
    const server = await preview({ ...config, preview: local(headers) });
    try {
      const said = await read(`${server.resolvedUrls.local[0]}?checks`, {
        expected: installed.expected,
      });
      installed.agrees(said, build);
      assert.deepEqual(said.answer.checks, passed);
    } finally {
      await server.close();
    }
  }
});
