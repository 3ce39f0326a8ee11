// Pictures of the lab that are the same every time, and how much two of them differ.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const kept = fileURLToPath(new URL('./pictures', import.meta.url));
const found = fileURLToPath(new URL('../../target/pictures', import.meta.url));

/** Letters are drawn where they are, each in grey: as little as can be is left to the machine. */
export const flags = [
  '--font-render-hinting=none',
  '--disable-lcd-text',
  '--force-color-profile=srgb',
  '--hide-scrollbars',
];

/** Where a picture is written that is not as it was. */
export function pathOf(name) {
  mkdirSync(found, { recursive: true });
  return join(found, name);
}

/**
 * What is not the page's doing: what it says of this machine, the menus that are always there where nothing hovers, and the
 * glyphs for white space, which the page's fonts do not have. They get the width that the fonts' own letters have, so that
 * lines break alike whatever font draws them.
 */
const still = `
  /* As wide as its widest language, whose name is in whatever font has Chinese. */
  .language select { inline-size: 6.5rem }
  lab-offer .hint, .offer .primary-aside { display: none }
  .row-actions { visibility: hidden }
  .mark {
    display: inline-block; inline-size: 1ch; block-size: 1em; overflow: hidden; vertical-align: text-bottom;
    border-block-end: 1px solid var(--hue); font: inherit; color: transparent !important;
  }
`;

/** Opens the lab as everybody first sees it, in the page's own fonts. */
export async function openStill(browser, url, options = {}) {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 740 },
    colorScheme: 'light',
    reducedMotion: 'reduce',
    locale: 'en',
    serviceWorkers: 'block',
    ...options,
  });
  const page = await context.newPage();
  // A font that comes late is not used (`font-display: optional`); here it is waited for.
  await page.route('**/*.css', async (route) => {
    const response = await route.fetch();
    const text = await response.text();
    await route.fulfill({
      response,
      body: text.replaceAll('font-display:optional', 'font-display:block'),
    });
  });
  await page.goto(url);
  await page.locator('.badge[data-origin="recorded"]').waitFor();
  await wear(page, still);
  await page.evaluate(async () => {
    // Also those that nothing on the screen has asked for yet.
    await Promise.all([...document.fonts].map((font) => font.load().catch(() => null)));
    await document.fonts.ready;
  });
  return page;
}

/** Lays more rules over those of the page, whose policy forbids every other way; answers with what takes them off again. */
export async function wear(page, rules) {
  const sheet = await page.evaluateHandle((rules) => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(rules);
    document.adoptedStyleSheets.push(sheet);
    return sheet;
  }, rules);
  return () =>
    sheet.evaluate((sheet) => {
      const others = [...document.adoptedStyleSheets].filter((one) => one !== sheet);
      document.adoptedStyleSheets = others;
    });
}

/** The picture of the window, or of one element. */
export async function picture(page, selector = null) {
  await page.evaluate(() => document.activeElement?.blur());
  await page.mouse.move(0, 0);
  if (selector === null) await page.evaluate(() => scrollTo(0, 0));
  else {
    // What is drawn only near the screen is there before the picture is taken.
    await page.locator(selector).scrollIntoViewIfNeeded();
    await page.evaluate(
      () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))),
    );
  }
  const options = { animations: 'disabled', caret: 'hide', scale: 'css' };
  if (selector === null) return page.screenshot(options);
  // Whole pixels: an element that begins between two would be one pixel taller or not.
  const clip = await page.locator(selector).evaluate((element) => {
    const { left, top, width, height } = element.getBoundingClientRect();
    const [x, y] = [Math.round(left + scrollX), Math.round(top + scrollY)];
    return { x, y, width: Math.floor(width), height: Math.floor(height) };
  });
  return page.screenshot({ ...options, clip, fullPage: true });
}

/** Whether a square is another: between what another Chromium makes and what a change makes, see `src/DESIGN.md`. */
export const isOther = ({ flat, distance }) => distance > (flat ? 0.007 : 0.034);

/** Side of the squares that are compared, in pixels. */
const side = 8;

/**
 * How far two pictures are from each other, square by square. A square is its mean, of the numbers as they are stored, and the
 * distance that of two means in OKLab (https://bottosson.github.io/posts/oklab/). Of the squares of the second picture that lie within a
 * pixel the nearest counts: a letter may be drawn a little beside its place, a bar may not be two pixels longer.
 * A square of one colour is told apart, for there is nothing in it that could be drawn otherwise.
 */
export function compare(page, before, after) {
  return page.evaluate(
    async ([before, after, side]) => {
      const read = async (base64) => {
        const blob = await (await fetch(`data:;base64,${base64}`)).blob();
        const bitmap = await createImageBitmap(blob, { colorSpaceConversion: 'none' });
        const { width, height } = bitmap;
        const context = new OffscreenCanvas(width, height).getContext('2d');
        context.drawImage(bitmap, 0, 0);
        const { data } = context.getImageData(0, 0, width, height);
        return { width, height, data, sums: [0, 1, 2].map((c) => summed(data, width, height, c)) };
      };
      const linear = (value) =>
        value <= 10.31475 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4;
      // The sum of all that is above and to the left: the mean of any square takes four look-ups.
      const summed = (data, width, height, c) => {
        const sums = new Float64Array((width + 1) * (height + 1));
        for (let y = 0; y < height; y++) {
          let row = 0;
          for (let x = 0; x < width; x++) {
            row += data[(y * width + x) * 4 + c];
            sums[(y + 1) * (width + 1) + x + 1] = sums[y * (width + 1) + x + 1] + row;
          }
        }
        return sums;
      };
      const mean = ({ width, sums }, x, y) => {
        const [top, bottom] = [y * (width + 1) + x, (y + side) * (width + 1) + x];
        return sums.map(
          (sum) => (sum[bottom + side] - sum[bottom] - sum[top + side] + sum[top]) / side ** 2,
        );
      };
      const lab = (color) => {
        const [r, g, b] = color.map(linear);
        const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
        const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
        const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
        return [
          0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
          1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
          0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
        ];
      };
      const isFlat = ({ data, width }, x0, y0) => {
        const first = (y0 * width + x0) * 4;
        for (let y = y0; y < y0 + side; y++) {
          for (let x = x0; x < x0 + side; x++) {
            for (let c = 0; c < 3; c++) {
              if (data[(y * width + x) * 4 + c] !== data[first + c]) return false;
            }
          }
        }
        return true;
      };
      const [a, b] = [await read(before), await read(after)];
      const { width, height } = a;
      if (b.width !== width || b.height !== height) {
        return { sizes: [a, b].map((one) => `${one.width} × ${one.height}`), squares: [] };
      }
      const squares = [];
      // Squares begin at every pixel, so that it does not depend on where the end of a bar lies between two of them.
      for (let y = 0; y <= height - side; y++) {
        for (let x = 0; x <= width - side; x++) {
          const own = mean(a, x, y);
          if (mean(b, x, y).every((value, c) => value === own[c])) continue;
          const p = lab(own);
          let distance = Infinity;
          for (let dy = Math.max(y - 1, 0); dy <= Math.min(y + 1, height - side); dy++) {
            for (let dx = Math.max(x - 1, 0); dx <= Math.min(x + 1, width - side); dx++) {
              const q = lab(mean(b, dx, dy));
              distance = Math.min(distance, Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]));
            }
          }
          if (distance > 0) squares.push({ x, y, distance, flat: isFlat(a, x, y) });
        }
      }
      return { sizes: null, squares };
    },
    [before.toString('base64'), after.toString('base64'), side],
  );
}

/** The same picture in fewer bytes: WebP of the highest quality loses nothing. */
export async function small(page, taken) {
  const base64 = await page.evaluate(async (taken) => {
    const bitmap = await createImageBitmap(await (await fetch(`data:;base64,${taken}`)).blob());
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    canvas.getContext('2d').drawImage(bitmap, 0, 0);
    const blob = await canvas.convertToBlob({ type: 'image/webp', quality: 1 });
    return new Promise((resolve) => {
      const reader = new FileReader();
      reader.onload = () => resolve(reader.result.split(',')[1]);
      reader.readAsDataURL(blob);
    });
  }, taken.toString('base64'));
  return Buffer.from(base64, 'base64');
}

/** The picture, pale, with the squares that are others framed. */
export async function difference(page, taken, squares) {
  const base64 = await page.evaluate(
    async ([taken, squares, side]) => {
      const bitmap = await createImageBitmap(await (await fetch(`data:;base64,${taken}`)).blob());
      const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
      const context = canvas.getContext('2d');
      context.fillStyle = 'white';
      context.fillRect(0, 0, bitmap.width, bitmap.height);
      context.globalAlpha = 0.4;
      context.drawImage(bitmap, 0, 0);
      context.globalAlpha = 1;
      context.strokeStyle = 'blue';
      for (const { x, y } of squares) context.strokeRect(x - 0.5, y - 0.5, side + 1, side + 1);
      const blob = await canvas.convertToBlob();
      return new Promise((resolve) => {
        const reader = new FileReader();
        reader.onload = () => resolve(reader.result.split(',')[1]);
        reader.readAsDataURL(blob);
      });
    },
    [taken.toString('base64'), squares, side],
  );
  return Buffer.from(base64, 'base64');
}
