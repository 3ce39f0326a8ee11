import { createReadStream, statSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Connect, Plugin } from 'vite';
import { fileAnswer } from '../../pkg/src/cli/server/range.ts';

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

  const { method = 'GET', headers: asked } = request;
  const ifRange = asked['if-range']?.toString();
  const { status, headers, body } = fileAnswer({ method, range: asked.range, ifRange }, file);
  response.writeHead(status, { ...headers, 'Cross-Origin-Resource-Policy': 'same-origin' });
  if (body === null) {
    response.end();
    return;
  }
  const stream = createReadStream(path, { start: body.first, end: body.last });
  stream.on('error', () => response.destroy());
  response.on('close', () => stream.destroy());
  stream.pipe(response);
}
