// The one static server of the tests, for pages without a bundler.

import { createReadStream, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join } from 'node:path';

const types = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
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
 * The header of a policy as strict as a page with an engine in WebAssembly can have: no styles but those that scripts
 * construct, and Trusted Types. `connect` says from where the page may fetch besides its own site, `types` which policies
 * there may be besides the package's.
 */
export function strict({ connect = '', types = '' } = {}) {
  const policy = [
    "default-src 'none'",
    "script-src 'self' 'wasm-unsafe-eval'",
    "worker-src 'self'",
    `connect-src 'self' ${connect}`.trim(),
    "require-trusted-types-for 'script'",
    `trusted-types shotglass ${types}`.trim(),
  ];
  return { 'content-security-policy': policy.join('; ') };
}

/**
 * Answers requests with the files of `folder`. `files` adds paths from elsewhere, and `pages` what is no file: by path, its
 * text, or an answer `{ status, headers, body }`, or a function of request and response. `headers` go with every answer
 * but that of a function; as a function, they depend on the path.
 */
export function answerFrom(folder, { files = {}, pages = {}, headers = {} } = {}) {
  return (request, response) => {
    const [asked] = request.url.split('?');
    const page = pages[asked];
    if (typeof page === 'function') return page(request, response);
    const more = typeof headers === 'function' ? headers(request.url) : headers;
    if (page !== undefined) {
      const { status = 200, body = '', ...rest } = typeof page === 'string' ? { body: page } : page;
      const type = types[extname(asked)] ?? types['.html'];
      response.writeHead(status, { 'content-type': type, ...more, ...rest.headers });
      return response.end(body);
    }
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
  };
}

/** A server on this machine that answers so; `html` is the page at `/`, and `log` has every path that was asked for. */
export async function serve(folder, { html = null, pages = {}, ...options } = {}) {
  const log = [];
  const answer = answerFrom(folder, {
    ...options,
    pages: html === null ? pages : { ...pages, '/': html },
  });
  const server = createServer((request, response) => {
    log.push(request.url.split('?')[0]);
    return answer(request, response);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  // A test that fails before it closes the server does not keep its process from ending.
  server.unref();
  const origin = `http://127.0.0.1:${server.address().port}`;
  return {
    log,
    origin,
    url: `${origin}/`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
