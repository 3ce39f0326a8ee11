// A page for each preset, for a link in a chat or a feed: it forwards to the lab, and its tags show what the model said.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { renderPrompt } from 'shotglass';
import { formatProbability, tokenLabel } from 'shotglass/format';
import packageJson from 'shotglass/package.json' with { type: 'json' };
import { recordOf } from 'shotglass/records';
import { launch } from '../../tests/support/chromium.mjs';
import {
  defaultSettings,
  draftOf,
  encodeLink,
  modelName,
  picture,
  presets,
  recordedAnswer,
} from './lab.mjs';
import { escaped, openGraph, page } from './page.mjs';

/** The size that other sites show whole. */
const size = { width: 1200, height: 630 };
/** More do not fit. */
const topK = 5;

/** The pages and pictures of all presets, and the page that lists them. */
export async function presetPages(site) {
  const all = await Promise.all(presets.map(presetOf));
  const pages = all.map(({ id, name, shows, isOfDefault, model, link, alt }) => {
    const path = `p/${id}.html`;
    const tags = { title: `${name} – shotglass`, description: shows, path, site };
    const lab = `../#${link}`;
    return {
      path,
      text: page({
        title: name,
        description: shows,
        root: '../',
        head: [
          `<meta http-equiv="refresh" content="0; url=${lab}">`,
          ...openGraph({
            ...tags,
            picture: { ...size, path: `p/${id}.png`, relative: `${id}.png`, alt },
          }),
        ],
        main: `<h1>${escaped(name)}</h1>
<p>${escaped(shows)}</p>
<p>The picture shows what ${escaped(model)} answers${isOfDefault ? ', and the numbers above are its own' : ''}.</p>
<p><a href="${lab}">Open this prompt in the lab</a></p>
<img src="${id}.png" width="${size.width}" height="${size.height}" alt="${escaped(alt)}">`,
      }),
    };
  });
  return { pages: [list(all), ...pages], pictures: await draw(all) };
}

/** The recorded answer that the preset opens with, and where it opens in the lab. */
async function presetOf(preset) {
  const { id, name, shows, isOfDefault, shots } = preset;
  const draft = draftOf(preset);
  const { text: prompt } = renderPrompt(preset.task, { shots });
  const record = await recordOf(id);
  const { prediction } = recordedAnswer({ id, ...record }, { shots, text: prompt, topK });
  const { version } = packageJson;
  const shown = { draft, settings: defaultSettings, prompt, model: record.model, version };
  const { text: svg } = picture({ ...shown, prediction, classification: null }, 'light');
  const [first] = prediction.candidates;
  const count = `${shots} ${shots === 1 ? 'demonstration' : 'demonstrations'}`;
  const alt = `After ${count}, ${tokenLabel(first.bytes)} comes next with p = ${formatProbability(first.p)}`;
  const link = await encodeLink({ draft, settings: defaultSettings, receipt: null });
  const model = modelName(record.model);
  return { id, name, shows, isOfDefault, model, count, svg, alt, link };
}

function list(all) {
  const title = 'Presets';
  const about =
    'A page to share for each task of the lab. Where a link is shown with a picture, it shows what the model said; opened, it leads to the lab.';
  const items = all.map(
    ({ id, name, alt }) =>
      `<li><a href="${id}.html">${escaped(name)}<img src="${id}.png" width="${size.width}" height="${size.height}" loading="lazy" alt="${escaped(alt)}"></a></li>`,
  );
  const main = `<h1>${title}</h1>\n<p>${about}</p>\n<ul class="cards">\n${items.join('\n')}\n</ul>`;
  return { path: 'p/index.html', text: page({ title, description: about, root: '../', main }) };
}

/** Each as a PNG: the lab's picture of the answer, beside the name of the task. */
async function draw(all) {
  const browser = await launch();
  try {
    const tab = await browser.newPage({ viewport: size });
    const drawn = [];
    for (const { id, name, count, svg } of all) {
      await tab.setContent(`<!doctype html><style>${style}</style>
        <aside>${icon}<h1>${escaped(name)}</h1><p>The next token, after ${count}</p><p class="site">shotglass</p></aside>
        ${svg}`);
      await tab.evaluate(() => document.fonts.ready);
      drawn.push({ path: `p/${id}.png`, text: await tab.screenshot() });
    }
    return drawn;
  } finally {
    await browser.close();
  }
}

const icon = readFileSync(new URL('../public/icon.svg', import.meta.url), 'utf8');

/** The page has no address that a font could come from. */
const fonts = [
  ['Inter', 'inter'],
  ['JetBrains Mono', 'jetbrains-mono'],
  ['Source Serif 4', 'source-serif-4'],
].map(([family, name]) => {
  const path = `@fontsource-variable/${name}/files/${name}-latin-wght-normal.woff2`;
  const bytes = readFileSync(createRequire(import.meta.url).resolve(path)).toString('base64');
  return `@font-face { font-family: "${family}"; font-weight: 100 900; src: url("data:font/woff2;base64,${bytes}") }`;
});

const style = `${fonts.join('\n')}
  body { margin: 0; height: ${size.height}px; display: grid; grid-template-columns: 19rem 1fr; align-items: center;
    background: #fbf9f6; color: #221c17; font: 26px/1.35 Inter, sans-serif }
  aside { height: 100%; box-sizing: border-box; padding: 48px 0 48px 48px; display: flex; flex-direction: column }
  aside svg { width: 72px }
  h1 { margin: 28px 0 16px; font: 600 38px/1.15 "Source Serif 4", serif; overflow-wrap: anywhere }
  p { margin: 0; color: #5d544b }
  .site { margin-top: auto; color: #a8541c; font-weight: 600 }
  body > svg { width: 830px; height: 566px; justify-self: end; margin-right: 32px }`;
