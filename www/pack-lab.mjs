// The built lab, as the package carries it for `npx shotglass serve`: www/dist → pkg/lab, or the two folders that are
// named. `cargo xtask build` runs this.
// Texts are stored as gzip, and sent as they are. The engine is left out: engine.json says where the package has it.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

const [from = fileURLToPath(new URL('dist/', import.meta.url)), asked] = process.argv.slice(2);
const packageFolder = fileURLToPath(new URL('../pkg/', import.meta.url));
const to = asked ?? join(packageFolder, 'lab');
const texts = ['.css', '.html', '.js', '.json', '.svg', '.txt', '.webmanifest'];

const digest = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** Where the package has this module, by its content. */
function buildOf(module) {
  const files = readdirSync(join(packageFolder, 'wasm')).map(
    (build) => `wasm/${build}/shotglass_bg.wasm`,
  );
  const wanted = digest(module);
  return files.find((file) => digest(readFileSync(join(packageFolder, file))) === wanted);
}

rmSync(to, { recursive: true, force: true });
const engine = {};
let bytes = 0;
for (const name of readdirSync(from, { recursive: true }).sort()) {
  const path = join(from, name);
  // Only other sites show it, and none of them sees this lab.
  if (!statSync(path).isFile() || name === 'og.png') continue;
  const content = readFileSync(path);
  if (extname(name) === '.wasm') {
    const build = buildOf(content);
    if (!build) throw new Error(`${path} is no build of pkg/wasm: build the lab again.`);
    engine[name.replaceAll('\\', '/')] = build;
    continue;
  }
  const isText = texts.includes(extname(name));
  bytes += write(isText ? `${name}.gz` : name, isText ? gzipSync(content, { level: 9 }) : content);
}
bytes += write('engine.json', `${JSON.stringify(engine)}\n`);
console.log(`${asked ?? 'pkg/lab'}: ${bytes} bytes`);

function write(name, content) {
  const path = join(to, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return content.length;
}
