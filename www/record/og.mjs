// Draws `public/og.png`, the picture that other sites show beside a link to the lab, from the record of the lead preset:
// node www/record/og.mjs
import { writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { defaultModel } from 'shotglass';
import { launch } from '../../tests/support/chromium.mjs';
import { moduleOf } from '../module.mjs';

const { presets } = await moduleOf('src/presets/index.ts');
const { draftOf } = await moduleOf('src/app/state.ts');
const { leadRecorded } = await moduleOf('src/recorded/index.ts');
const { recordedQueries } = await moduleOf('src/lab/recorded/queries.ts');
const { ladderOf } = await moduleOf('src/lab/recorded/ladder.ts');
const { card, cardSize } = await moduleOf('src/share/pictures/card.ts');

const [preset] = presets;
const [asked] = recordedQueries(preset, leadRecorded);
const svg = card(
  {
    draft: draftOf(preset),
    ladder: ladderOf(asked, preset.shots),
    model: defaultModel.name,
    address: 'shotglass',
  },
  'light',
);

/** The page has no address that a font could come from. */
const fonts = await Promise.all(
  [
    ['Inter', 'inter'],
    ['JetBrains Mono', 'jetbrains-mono'],
    ['Source Serif 4', 'source-serif-4'],
  ].map(async ([family, name]) => {
    const path = `@fontsource-variable/${name}/files/${name}-latin-wght-normal.woff2`;
    const bytes = await readFile(createRequire(import.meta.url).resolve(path), 'base64');
    return `@font-face { font-family: "${family}"; font-weight: 100 900; src: url("data:font/woff2;base64,${bytes}") }`;
  }),
);

const browser = await launch();
const page = await browser.newPage({ viewport: cardSize });
await page.setContent(
  `<style>${fonts.join('\n')} body { margin: 0 } svg { display: block }</style>${svg}`,
);
await page.evaluate(() => document.fonts.ready);
writeFileSync(new URL('../public/og.png', import.meta.url), await page.screenshot());
await browser.close();
