import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin, Rollup } from 'vite';

/** Where the page links to it. */
export const noticesPath = 'third-party-notices.txt';

const source = join(import.meta.dirname, '../../pkg/THIRD-PARTY-NOTICES.txt');

/** Puts the notices beside the page, and refuses a page with a package that they do not name. */
export function notices(): Plugin {
  return {
    name: 'shotglass-notices',
    configureServer: (server) =>
      void server.middlewares.use((request, response, next) => {
        if (request.url !== `/${noticesPath}`) return next();
        response.writeHead(200, { 'Content-Type': 'text/plain; charset=utf-8' });
        response.end(readNotices());
      }),
    generateBundle(_, bundle) {
      check(bundle);
      // Many servers name no encoding for a text; the mark at its beginning does.
      this.emitFile({ type: 'asset', fileName: noticesPath, source: `\uFEFF${readNotices()}` });
    },
  };
}

/** The check alone, for the scripts of workers, which are bundled apart. */
export function noticesOfWorkers(): Plugin {
  return { name: 'shotglass-notices-of-workers', generateBundle: (_, bundle) => check(bundle) };
}

function check(bundle: Rollup.OutputBundle): void {
  const missing = withoutNotice(sourcesOf(bundle), readNotices());
  if (missing.length === 0) return;
  throw new Error(
    `The lab holds ${missing.join(', ')}, which THIRD-PARTY-NOTICES.txt does not name: ` +
      'make it a dependency of www or pkg, not one for development, and run cargo xtask build.',
  );
}

function readNotices(): string {
  try {
    return readFileSync(source, 'utf8');
  } catch {
    throw new Error(`${source} is missing: run cargo xtask build.`);
  }
}

/** What the files of a bundle are made of: modules, fonts and the like. */
export function sourcesOf(bundle: Rollup.OutputBundle): string[] {
  return Object.values(bundle).flatMap((file) =>
    file.type === 'chunk' ? file.moduleIds : file.originalFileNames,
  );
}

/** The packages that these come from and the notices do not list. */
export function withoutNotice(sources: readonly string[], notices: string): string[] {
  const packages = new Set(sources.map(packageOf).filter((name) => name !== null));
  return [...packages].filter((name) => !notices.includes(`\n- ${name} `)).sort();
}

/** `…/node_modules/@scope/name/file.js` → `@scope/name`; null for our own. */
export function packageOf(source: string): string | null {
  // Code that no file holds is written by Vite, or by the bundler that it uses.
  if (source.startsWith('\0')) return source.startsWith('\0vite/') ? 'vite' : 'rolldown';
  const path = source.replaceAll('\\', '/');
  const at = path.lastIndexOf('node_modules/');
  if (at < 0) return null;
  return /^(@[^/]+\/)?[^/]+/.exec(path.slice(at + 'node_modules/'.length))?.[0] ?? null;
}
