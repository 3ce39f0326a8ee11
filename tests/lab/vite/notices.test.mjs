// The lab is not built with a package that its notices do not name.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build, createServer } from 'vite';
import { moduleOf } from '../../../www/module.mjs';

const module = await moduleOf('vite/notices.ts');
const { notices, noticesPath, packageOf, withoutNotice } = module;

/** A build of a page that holds a file of a package, by its path, and the notices. */
const buildWith = (path) =>
  build({
    configFile: false,
    logLevel: 'silent',
    build: { write: false, rolldownOptions: { input: 'page.js' } },
    plugins: [
      {
        name: 'a page',
        resolveId: (id) => (id.endsWith('page.js') ? '/page.js' : id),
        load: (id) => (id === '/page.js' ? `import '${path}';` : 'console.log(1);'),
      },
      notices(),
    ],
  });

test('a package that somebody added to the page, and that has no notice, ends the build by its name', async () => {
  await assert.rejects(buildWith('/node_modules/@some/new-thing/index.js'), {
    message: /The lab holds @some\/new-thing, which THIRD-PARTY-NOTICES\.txt does not name: /,
  });
  const { output } = await buildWith('/node_modules/lit-html/index.js');
  const file = output.find(({ fileName }) => fileName === noticesPath);
  assert.match(file.source, /^\uFEFF/);
});

test('a package is told from the path of its file, wherever it lies', () => {
  const cases = {
    '/x/node_modules/lit/index.js': 'lit',
    '/x/node_modules/@lit/reactive-element/css-tag.js?v=1': '@lit/reactive-element',
    '/x/node_modules/a/node_modules/b/index.js': 'b',
    'C:\\x\\node_modules\\@a\\b\\index.js': '@a/b',
    '../node_modules/@fontsource-variable/inter/files/i.woff2': '@fontsource-variable/inter',
    '\0vite/preload-helper.js': 'vite',
    '\0rolldown/runtime.js': 'rolldown',
    '/x/www/src/main.ts': null,
    'index.html': null,
  };
  for (const [source, name] of Object.entries(cases)) assert.equal(packageOf(source), name, source);
});

test('the notice of one package is not that of another whose name begins alike', () => {
  const text = '\n- lit-html 3.0.0: BSD-3-Clause\n- @lit/task 1.0.0: BSD-3-Clause\n';
  const sources = ['lit', 'lit-html', 'task', '@lit/task'].map(
    (name) => `/node_modules/${name}/a.js`,
  );
  assert.deepEqual(withoutNotice(sources, text), ['lit', 'task']);
});

test('the development server has the notices where the page links to them', async () => {
  const server = await createServer({
    configFile: false,
    logLevel: 'silent',
    plugins: [notices()],
    server: { port: 0, ws: false },
  });
  await server.listen();
  const response = await fetch(new URL(noticesPath, server.resolvedUrls.local[0]));
  assert.equal(response.headers.get('content-type'), 'text/plain; charset=utf-8');
  assert.match(await response.text(), /^THIRD-PARTY NOTICES/);
  await server.close();
});
