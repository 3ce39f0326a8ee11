// Tables in a page without a bundler: Papa Parse comes as a file for CommonJS, which has no exports where a page loads
// it as a module. README: "In a page without a bundler".
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { dirname, extname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { useChromium } from '../support/chromium.mjs';

const dist = fileURLToPath(new URL('../../pkg/dist', import.meta.url));
const papaFolder = dirname(
  createRequire(new URL('../../pkg/package.json', import.meta.url)).resolve(
    'papaparse/package.json',
  ),
);
const types = { '.js': 'text/javascript', '.mjs': 'text/javascript', '.html': 'text/html' };
/** As the builds for modules are that content delivery networks make. */
const asModule = `const module = { exports: {} }, { exports } = module;
${readFileSync(join(papaFolder, 'papaparse.min.js'), 'utf8')}
export default module.exports;`;

const page = (papaparse) => `<!doctype html><link rel="icon" href="data:,">
<script type="importmap">${JSON.stringify({
  imports: { 'shotglass/data': '/shotglass/dist/data/index.js', papaparse },
})}</script>
<script type="module">
  import { parseRows } from 'shotglass/data';
  const { rows, problems } = await parseRows('a,b\\n1,"x, ""y"""\\n"2,3\\n');
  window.read = { rows: rows.map(({ values }) => values), problems: problems.map(({ code }) => code),
    left: ['module', 'exports', 'Papa', 'define'].filter((name) => name in window) };
</script>`;

const chromium = useChromium({ kind: 'shell' });
let server;
before(async () => {
  server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://here');
    const [, folder, name] = /^\/(papaparse|shotglass\/dist)\/(.*)$/.exec(pathname) ?? [];
    response.setHeader('content-type', types[extname(pathname)] ?? 'text/plain');
    if (pathname === '/module.mjs') return response.end(asModule);
    if (folder) {
      return response.end(readFileSync(join(folder === 'papaparse' ? papaFolder : dist, name)));
    }
    response.setHeader('content-type', types['.html']);
    response.end(page(pathname.slice(1).replaceAll('~', '/')));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
});
after(() => server?.close());

for (const [name, file] of [
  ['its file for CommonJS', '/papaparse/papaparse.min.js'],
  ['the same, not minified', '/papaparse/papaparse.js'],
  ['a build for modules', '/module.mjs'],
]) {
  test(`an import map may name ${name}, and no global is left behind`, async () => {
    const context = await chromium.browser.newContext();
    const page = await context.newPage();
    const errors = [];
    page.on('pageerror', (error) => errors.push(String(error)));
    await page.goto(`http://127.0.0.1:${server.address().port}/${file.replaceAll('/', '~')}`);
    const read = page.waitForFunction(() => window.read, null, { timeout: 20_000 });
    const found = await read.then((handle) => handle.jsonValue()).catch(() => errors);
    await context.close();
    assert.deepEqual(found, {
      rows: [{ a: '1', b: 'x, "y"' }],
      problems: ['quotes'],
      left: [],
    });
  });
}
