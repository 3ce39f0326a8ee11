// What the sources of a folder import, types included, and what is wrong with it.

import { readdirSync, readFileSync } from 'node:fs';
import { join, posix, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Of each TypeScript file below `folder`, by its path in it, the paths of the files there that it imports. */
export function importsIn(folder) {
  const base = join(root, folder);
  const files = readdirSync(base, { recursive: true })
    .map((path) => path.split(sep).join('/'))
    .filter((path) => path.endsWith('.ts') && !path.endsWith('.d.ts'));
  const known = new Set(files);
  const imports = new Map();
  for (const file of files) {
    const { importedFiles } = ts.preProcessFile(readFileSync(join(base, file), 'utf8'), true, true);
    const paths = importedFiles
      .filter(({ fileName }) => fileName.startsWith('.'))
      .map(({ fileName }) => posix.join(posix.dirname(file), fileName.replace(/\.js$/, '.ts')));
    imports.set(
      file,
      paths.filter((path) => known.has(path)),
    );
  }
  return imports;
}

/**
 * Imports that lead up. `layers` has them from the top down: each is a folder, a file beside the folders, or several of
 * these side by side.
 */
export function upward(imports, layers) {
  const layerOf = (file) => {
    const isIn = (name) => file === name || file.startsWith(`${name}/`);
    const layer = layers.findIndex((names) => [names].flat().some(isIn));
    if (layer === -1) throw new Error(`${file} lies in none of the layers: ${layers.join(', ')}`);
    return layer;
  };
  const wrong = [];
  for (const [file, paths] of imports) {
    for (const path of paths) {
      if (layerOf(path) < layerOf(file)) wrong.push(`${file} imports ${path}, which lies above it`);
    }
  }
  return wrong;
}

/** Imports between two of the folders that must not know each other. */
export function sideways(imports, folders) {
  const folderOf = (file) => folders.find((name) => file.startsWith(`${name}/`));
  const wrong = [];
  for (const [file, paths] of imports) {
    for (const path of paths) {
      const [from, to] = [folderOf(file), folderOf(path)];
      if (from && to && from !== to) wrong.push(`${file} imports ${path}, which is another panel`);
    }
  }
  return wrong;
}

/** Files that import each other in a circle, as the way around it. */
export function circles(imports) {
  const found = [];
  const done = new Set();
  const visit = (file, way) => {
    const start = way.indexOf(file);
    if (start !== -1) {
      found.push([...way.slice(start), file].join(' → '));
      return;
    }
    if (done.has(file)) return;
    for (const path of imports.get(file)) visit(path, [...way, file]);
    done.add(file);
  };
  for (const file of imports.keys()) visit(file, []);
  return found;
}
