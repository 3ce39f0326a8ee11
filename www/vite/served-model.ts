import { createReadStream, statSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Connect, Plugin } from 'vite';

/** Where the page looks for a model before it asks the network. */
export const servedModelPath = '/models/SmolLM2-135M-Instruct-Q4_1.gguf';

/** Serves the file at `path` (if any) as the lab's model, whole or in ranges. */
export function servedModel(path: string | undefined): Plugin {
  const middleware: Connect.NextHandleFunction = (request, response, next) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    if (!pathname.startsWith('/models/')) next();
    else if (pathname === servedModelPath && path) sendFile(path, request, response);
    else sendNothing(response);
  };
  return {
    name: 'shotglass-served-model',
    configureServer: (server) => void server.middlewares.use(middleware),
    configurePreviewServer: (server) => void server.middlewares.use(middleware),
  };
}

function sendNothing(response: ServerResponse) {
  response.writeHead(404, { 'Content-Type': 'text/plain; charset=utf-8' });
  response.end('No model is served here: set SHOTGLASS_MODEL to the path of a GGUF file.\n');
}

function sendFile(path: string, request: IncomingMessage, response: ServerResponse) {
  const file = statSync(path, { throwIfNoEntry: false });
  if (!file?.isFile()) return sendNothing(response);

  const range = readRange(request.headers.range, file.size);
  if (range === 'unsatisfiable') {
    response.writeHead(416, { 'Content-Range': `bytes */${file.size}` });
    response.end();
    return;
  }

  const { first, last } = range ?? { first: 0, last: file.size - 1 };
  response.writeHead(range ? 206 : 200, {
    'Content-Type': 'application/octet-stream',
    'Content-Length': last - first + 1,
    'Accept-Ranges': 'bytes',
    'Cache-Control': 'no-cache',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Last-Modified': file.mtime.toUTCString(),
    ...(range && { 'Content-Range': `bytes ${first}-${last}/${file.size}` }),
  });
  if (request.method === 'HEAD' || file.size === 0) {
    response.end();
    return;
  }
  const stream = createReadStream(path, { start: first, end: last });
  stream.on('error', () => response.destroy());
  response.on('close', () => stream.destroy());
  stream.pipe(response);
}

/** One range of RFC 9110 §14.2; anything else is ignored, which the RFC allows. */
function readRange(header: string | undefined, size: number) {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '');
  if (!match || (match[1] === '' && match[2] === '')) return null;
  const [, from = '', to = ''] = match;
  const first = from === '' ? Math.max(0, size - Number(to)) : Number(from);
  const last = from === '' || to === '' ? size - 1 : Math.min(Number(to), size - 1);
  return first > last || first >= size ? ('unsatisfiable' as const) : { first, last };
}
