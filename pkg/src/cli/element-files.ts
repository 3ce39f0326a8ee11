/** The files of the package that a page with a `<shot-glass>` can ask for. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';

/** What a page imports. */
export const entry = 'dist/element/define.js';

/** What goes with the files, wherever they go. `package.json` names the package and its version. */
const besides = ['package.json', 'LICENSE-APACHE', 'LICENSE-MIT', 'THIRD-PARTY-NOTICES.txt'];

/** An address in a module, relative to the module. */
const address = /(['"])(\.{1,2}\/[^'"\n]+\.(?:js|json|wasm))\1/g;

/** All of them as paths in the folder of the package, with `/`: every address in every module is followed. */
export async function elementFiles(packageFolder: string): Promise<string[]> {
  const found = new Set<string>();
  const open = [join(packageFolder, entry)];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (found.has(path)) continue;
    found.add(path);
    if (!path.endsWith('.js')) continue;
    const code = await readFile(path, 'utf8');
    const named = [...code.matchAll(address)].map(([, , to]) => join(dirname(path), to as string));
    // Comments name files, too.
    open.push(...named.filter((file) => existsSync(file)));
  }
  const paths = [...found].map((path) => relative(packageFolder, path).split(sep).join('/'));
  return [...paths.sort(), ...besides];
}
