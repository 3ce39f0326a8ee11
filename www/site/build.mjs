// Writes the pages of the site into the folder where the built lab, `api/` and `rust/` are already:
// node www/site/build.mjs FOLDER [ADDRESS]. `cargo xtask site` runs this.

import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';
import { examples, guides } from './guides.mjs';
import { page } from './page.mjs';
import { presetPages } from './presets.mjs';

const [out, site] = process.argv.slice(2);
const checkout = fileURLToPath(new URL('../..', import.meta.url));

await build({
  configFile: false,
  logLevel: 'warn',
  root: import.meta.dirname,
  base: './',
  build: {
    outDir: join(out, 'pages'),
    emptyOutDir: true,
    // The policy allows no data: URLs.
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: join(import.meta.dirname, 'site.css'),
      output: { assetFileNames: '[name][extname]' },
    },
  },
});

// The guides have the tag in them, as any page would.
for (const part of ['dist', 'wasm']) {
  cpSync(join(checkout, 'pkg', part), join(out, 'shotglass', part), {
    recursive: true,
    filter: (path) => !path.endsWith('.d.ts'),
  });
}

const { pages, pictures } = await presetPages(site);
const files = [
  ...guides(join(checkout, 'www/guides')),
  ...examples(join(checkout, 'examples')),
  ...pages,
  ...pictures,
  notFound(),
  {
    path: 'rust/index.html',
    text: page({
      title: 'The engine in Rust',
      description: 'The reference of the crate.',
      root: '../',
      head: ['<meta http-equiv="refresh" content="0; url=shotglass/">'],
      main: '<p><a href="shotglass/">The reference of the crate</a></p>',
    }),
  },
];
for (const { path, text } of files) {
  const file = join(out, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}
describeLab();
completeRustdoc();

/** A server shows it at any address, so its links begin at the site's own path, where that is known. */
function notFound() {
  return {
    path: '404.html',
    text: page({
      title: 'Not found',
      description: 'There is no page at this address.',
      root: site ? new URL(site).pathname : '',
      main: '<h1>Not found</h1>\n<p>There is no page at this address. The links above lead to all parts of the site.</p>',
    }),
  };
}

/** Programs that show previews want whole addresses, so the tags of the lab's page get them where the site's is known. */
function describeLab() {
  if (!site) return;
  for (const [name, address] of [
    ['index.html', ''],
    ['zh.html', 'zh.html'],
  ]) {
    const file = join(out, name);
    const html = readFileSync(file, 'utf8');
    const image = /(<meta property="og:image" content=")[^"]*(")/;
    if (!image.test(html)) throw new Error(`${name} has no tag og:image.`);
    const url = `<meta property="og:url" content="${new URL(address, site).href}" />`;
    writeFileSync(
      file,
      html
        .replace(image, (_, before, after) => `${before}${new URL('og.png', site).href}${after}`)
        .replace('</head>', `  ${url}\n  </head>`),
    );
  }
}

/** Of a trait that only private types implement, rustdoc names a script that it does not write: an empty one stands in. */
function completeRustdoc() {
  const folder = join(out, 'rust');
  for (const name of readdirSync(folder, { recursive: true })) {
    if (!/trait\.[^/\\]*\.html$/.test(name)) continue;
    const html = readFileSync(join(folder, name), 'utf8');
    for (const [, script] of html.matchAll(/src="([./]*trait\.impl\/[^"]+)"/g)) {
      const file = join(folder, dirname(name), script);
      if (existsSync(file)) continue;
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, '');
    }
  }
}
