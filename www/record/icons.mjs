// Draws `public/icon-*.png` from `public/icon.svg`: node www/record/icons.mjs
import { readFileSync, writeFileSync } from 'node:fs';
import { launch } from '../../tests/support/chromium.mjs';

const folder = new URL('../public/', import.meta.url);
const svg = readFileSync(new URL('icon.svg', folder), 'utf8');

// A maskable icon may be cut to a circle of 80 % of its side, so the glass takes little over half.
const icons = [
  { name: 'icon-192.png', side: 192, glass: 0.92, paper: 'transparent' },
  { name: 'icon-512.png', side: 512, glass: 0.92, paper: 'transparent' },
  { name: 'icon-maskable.png', side: 512, glass: 0.56, paper: '#fbf9f6' },
];

const browser = await launch();
for (const { name, side, glass, paper } of icons) {
  const page = await browser.newPage({ viewport: { width: side, height: side } });
  await page.setContent(`<style>
    body { margin: 0; height: 100vh; display: grid; place-items: center; background: ${paper} }
    svg { width: ${glass * 100}vw }
  </style>${svg}`);
  writeFileSync(new URL(name, folder), await page.screenshot({ omitBackground: true }));
  await page.close();
}
await browser.close();
