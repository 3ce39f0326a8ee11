// The frame of every page of the site except the lab, and the tags that tell other sites about a page.

import { policy } from './lab.mjs';

/** The parts of the site, as the head of each page links to them. */
const parts = [
  ['', 'Lab'],
  ['guides/', 'Guides'],
  ['examples/', 'Examples'],
  ['p/', 'Presets'],
  ['api/', 'API'],
  ['rust/shotglass/', 'Rust'],
];

/** Fetched beside the style sheet, so that the first paint already has them. */
const fonts = ['inter', 'source-serif-4', 'jetbrains-mono'];

/**
 * A whole page. `root` leads from the page to the site's folder, `main` is its content, and `head` are more tags for its
 * head.
 */
export function page({ title, description, root, main, head = [] }) {
  const links = parts.map(([path, name]) => `<a href="${root || './'}${path}">${name}</a>`);
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="${escaped(policy)}">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>${escaped(title)} – shotglass</title>
    <meta name="description" content="${escaped(description)}">
    <link rel="icon" type="image/svg+xml" href="${root}icon.svg">
    ${fonts.map((name) => `<link rel="preload" as="font" type="font/woff2" crossorigin href="${root}pages/${name}-latin-wght-normal.woff2">`).join('\n    ')}
    <link rel="stylesheet" href="${root}pages/site.css">
    ${head.join('\n    ')}
  </head>
  <body>
    <header>
      <nav aria-label="Site">${links.join('\n        ')}</nav>
    </header>
    <main>
${main}
    </main>
  </body>
</html>
`;
}

/**
 * The Open Graph tags of a page. Other sites want whole addresses, so without `site`, which is where the site will be, the
 * picture's is as the page has it.
 */
export function openGraph({ title, description, path, picture, site }) {
  const tags = {
    'og:type': 'website',
    'og:site_name': 'shotglass',
    'og:title': title,
    'og:description': description,
    'og:image': site ? new URL(picture.path, site).href : picture.relative,
    'og:image:width': picture.width,
    'og:image:height': picture.height,
    'og:image:alt': picture.alt,
    ...(site && { 'og:url': new URL(path, site).href }),
  };
  const properties = Object.entries(tags).map(
    ([name, value]) => `<meta property="${name}" content="${escaped(String(value))}">`,
  );
  return [...properties, '<meta name="twitter:card" content="summary_large_image">'];
}

export function escaped(text) {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
