// `www/guides/*.md` and `examples/` → pages.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { code, read } from './markdown.mjs';
import { escaped, page } from './page.mjs';

/** The pages of the guides, and the one that lists them. */
export function guides(folder) {
  const all = readdirSync(folder)
    .filter((name) => name.endsWith('.md'))
    .sort()
    .map((name) => ({
      name: name.replace('.md', '.html'),
      ...read(readFileSync(join(folder, name), 'utf8')),
    }));
  const pages = all.map(({ name, title, description, html }) => ({
    path: `guides/${name}`,
    text: page({ title, description, root: '../', main: html }),
  }));
  return [list('guides', 'Guides', 'What you can do with shotglass, step by step.', all), ...pages];
}

/** A page for each example, with its README and its files, and the one that lists them. */
export function examples(folder) {
  const all = readdirSync(folder)
    .sort()
    .map((name) => {
      const example = read(readFileSync(join(folder, name, 'README.md'), 'utf8'));
      return { ...example, name: `${name}.html`, files: filesOf(join(folder, name)) };
    });
  const pages = all.map(({ name, title, html, files }) => ({
    path: `examples/${name}`,
    text: page({
      title,
      description: `A small site to copy: ${title}.`,
      root: '../',
      main: `${html}\n<h2>Files</h2>\n${files.map(shown).join('\n')}`,
    }),
  }));
  const about = 'Small sites with a prompt in them, to copy. Each is built and opened by a test.';
  const described = all.map(({ name, title }) => ({ name, title, description: '' }));
  return [list('examples', 'Examples', about, described), ...pages];
}

function list(part, title, about, entries) {
  const items = entries.map(
    ({ name, title, description }) =>
      `<li><a href="${name}">${escaped(title)}</a>${description && `<p>${escaped(description)}</p>`}</li>`,
  );
  const main = `<h1>${title}</h1>\n<p>${about}</p>\n<ul class="list">\n${items.join('\n')}\n</ul>`;
  return {
    path: `${part}/index.html`,
    text: page({ title, description: about, root: '../', main }),
  };
}

/** What an author wrote and copies: neither the README, which is shown above it, nor what tools wrote. */
function filesOf(folder) {
  const left = ['README.md', 'package-lock.json'];
  return readdirSync(folder, { recursive: true })
    .filter((name) => !left.includes(name) && !name.split(sep).includes('node_modules'))
    .sort()
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .map((path) => ({
      name: relative(folder, path).replaceAll(sep, '/'),
      text: readFileSync(path, 'utf8'),
    }));
}

function shown({ name, text }) {
  const open = text.length < 2_000 ? ' open' : '';
  return `<details${open}><summary><code>${escaped(name)}</code></summary>${code(text)}</details>`;
}
