// A static server on this machine, for pages without a bundler.

import { createReadStream, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';

const types = {
  '.css': 'text/css',
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.mjs': 'text/javascript',
  '.svg': 'image/svg+xml',
  '.wasm': 'application/wasm',
};

/** The headers with which a page is cross-origin isolated, and may share memory among workers. */
export const isolated = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
};

/**
 * Serves `folder`; `files` adds paths from elsewhere, `html` is the page at `/` where the folder has
 * none. `headers` go with every answer; as a function, they depend on the path.
 */
export async function serve(folder, { files = {}, headers = {}, html = null } = {}) {
  const server = createServer((request, response) => {
    const more = typeof headers === 'function' ? headers(request.url) : headers;
    if (request.url === '/' && html !== null) {
      response.writeHead(200, { ...more, 'content-type': 'text/html' });
      return response.end(html);
    }
    const [asked] = request.url.split('?');
    const url = decodeURI(asked.replace(/\/$/, '/index.html'));
    const path = files[url] ?? join(folder, url);
    const file = statSync(path, { throwIfNoEntry: false });
    if (!file?.isFile()) return response.writeHead(404).end();
    response.writeHead(200, {
      ...more,
      'content-type': types[extname(path)] ?? 'application/octet-stream',
      'content-length': file.size,
    });
    createReadStream(path).pipe(response);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
