// A server that behaves as a test tells it to, and remembers what it was asked.

import { createServer } from 'node:http';

/**
 * Serves files at `/*.gguf`; `behave(index, request)` says how for each request of one, the first of which is 0:
 *
 * - `bytes`: the file. `etag`, `lastModified`: what is said of it, null for nothing
 * - `status`, `headers`: an answer without a file; with a file, more headers
 * - `ranges`: false answers every request with the whole file; `ifRange`: false takes no notice of that header
 * - `length`: false says nothing of the length
 * - `cutAt`: breaks the connection before this byte of the file; `stallAt`: says nothing more from there
 *
 * Everything else is answered by `other`.
 */
export async function serveFlaky(behave, other = (_, response) => response.writeHead(404).end()) {
  const log = [];
  const server = createServer((request, response) => {
    if (!request.url.endsWith('.gguf')) return other(request, response);
    const { range = null, 'if-range': ifRange = null } = request.headers;
    log.push({ range, ifRange });
    answer(request, response, behave(log.length - 1, request));
  });
  const sockets = new Set();
  server.on('connection', (socket) => sockets.add(socket));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    log,
    /** Bytes that were sent altogether, headers included. */
    sent: () => [...sockets].reduce((sum, { bytesWritten }) => sum + bytesWritten, 0),
    origin: `http://127.0.0.1:${server.address().port}`,
    /** Breaks every connection. */
    cut: () => server.closeAllConnections(),
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

function answer(request, response, behaviour) {
  const { bytes, etag = '"one"', lastModified = null, status, headers = {} } = behaviour;
  if (bytes === undefined) return response.writeHead(status, headers).end();

  const asked = /^bytes=(\d+)-$/.exec(request.headers.range ?? '');
  const condition = request.headers['if-range'];
  const isSame =
    condition === undefined ||
    behaviour.ifRange === false ||
    condition === etag ||
    condition === lastModified;
  const from = asked && behaviour.ranges !== false && isSame ? Number(asked[1]) : 0;
  if (from > 0 && from >= bytes.length) {
    return response.writeHead(416, { 'content-range': `bytes */${bytes.length}` }).end();
  }
  const isLengthSaid = behaviour.length !== false;
  response.writeHead(from > 0 ? 206 : 200, {
    ...(etag && { etag }),
    ...(lastModified && { 'last-modified': lastModified }),
    ...(isLengthSaid && { 'content-length': bytes.length - from }),
    ...(from > 0 && { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` }),
    ...headers,
  });
  const { cutAt, stallAt } = behaviour;
  const end = cutAt ?? stallAt;
  if (end === undefined) return response.end(bytes.subarray(from));
  // A moment later, or what was sent may be lost on the way.
  const over = () => cutAt !== undefined && setTimeout(() => response.destroy(), 5);
  if (end > from) response.write(bytes.subarray(from, end), over);
  else {
    response.flushHeaders();
    over();
  }
}
