import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin, Rollup } from 'vite';
import type { Kept } from '../src/service-worker.ts';

const script = 'service-worker.js';

/** Builds the service worker beside the page, and tells it which files to keep. */
export function offline(): Plugin {
  return {
    name: 'shotglass-offline',
    apply: 'build',
    enforce: 'post',
    config: () => ({
      build: {
        rolldownOptions: {
          input: { index: 'index.html', 'service-worker': 'src/service-worker.ts' },
          output: {
            entryFileNames: ({ name }) =>
              name === 'service-worker' ? script : 'assets/[name]-[hash].js',
          },
        },
      },
    }),
    generateBundle: {
      order: 'post',
      handler(_, bundle) {
        const worker = bundle[script];
        if (worker?.type !== 'chunk') throw new Error(`${script} was not built.`);
        const kept = filesToKeep(bundle, publicFiles(join(import.meta.dirname, '../public')));
        worker.code = `const kept = ${JSON.stringify(kept)};\n${worker.code}`;
      },
    },
  };
}

/** All that the page is made of: of the engine each build apart, because a browser runs only one. */
function filesToKeep(bundle: Rollup.OutputBundle, unhashed: ReadonlyMap<string, Buffer>): Kept {
  const files = ['./'];
  const builds: Record<string, string[]> = {};
  const hash = createHash('sha256');
  for (const [path, file] of Object.entries(bundle).sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (path.endsWith('.map')) continue;
    hash.update(`${path}\n`).update(file.type === 'chunk' ? file.code : file.source);
    if (path === script) continue;
    const of = file.type === 'asset' ? buildOf(file.originalFileNames) : null;
    if (of !== null) {
      builds[of] = [...(builds[of] ?? []), path];
    } else if (path !== 'index.html') {
      files.push(path);
    }
  }
  for (const [path, content] of unhashed) {
    hash.update(`${path}\n`).update(content);
    files.push(path);
  }
  return { version: hash.digest('hex').slice(0, 12), files, builds };
}

/** `…/pkg/wasm/relaxed/shotglass_bg.wasm` → `relaxed` */
function buildOf(names: readonly string[]): string | null {
  return /wasm\/(\w+)\/[^/]*\.wasm$/.exec(names[0] ?? '')?.[1] ?? null;
}

/** Without the picture that only other sites show. */
function publicFiles(folder: string): Map<string, Buffer> {
  const names = readdirSync(folder).filter((name) => name !== 'og.png');
  return new Map(names.map((name) => [name, readFileSync(join(folder, name))]));
}
