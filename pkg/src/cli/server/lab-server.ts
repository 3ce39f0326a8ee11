/** The files of the lab over HTTP, with the engine of the package and a model from this machine. */
import { createHash } from 'node:crypto';
import { createReadStream, readdirSync, readFileSync, statSync } from 'node:fs';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { extname, join, sep } from 'node:path';
import { createGunzip } from 'node:zlib';
import { ShotglassError } from '../../errors.js';
import { defaultFile } from '../../files/cache-folder.js';
import { isOwnHost } from './hosts.js';
import { fileAnswer } from './range.js';

/** A file of the lab. */
interface LabFile {
  path: string;
  /** Whether it is stored as gzip (RFC 1952). */
  isPacked: boolean;
  /** Of its content; null until it is asked for. */
  etag: string | null;
}

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
};

/** With every answer. Isolation lets the lab use threads. */
const headers = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
};

/**
 * Answers with the lab in `lab/` of a package's folder, on a server that listens on `host`. Only files that were there at
 * the start are served, each under the one name that it has: no path leads anywhere else.
 */
export function labListener(
  packageFolder: string,
  model: string | null,
  host = '127.0.0.1',
): RequestListener {
  const files = filesOf(packageFolder);
  const modelUrl = `/models/${defaultFile}`;
  return (request, response) => {
    const { method = 'GET' } = request;
    const path = pathOf(request.url ?? '/');
    const file = path === null ? undefined : files.get(path === '/' ? '/index.html' : path);
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    if (!isOwnHost(request.headers.host, host)) {
      const own = 'Open it as localhost, or start it with --host and that name.';
      answer(response, 403, `This server does not answer to the host name in your request. ${own}`);
      return;
    }
    if (method !== 'GET' && method !== 'HEAD') {
      response.setHeader('Allow', 'GET, HEAD');
      answer(response, 405, 'Only GET and HEAD are supported.');
      return;
    }
    try {
      if (path === modelUrl && model !== null) sendModel(model, request, response);
      else if (file) sendFile(file, path as string, request, response);
      else answer(response, 404, 'Not found.');
    } catch {
      // A file may be gone by now, as when the package is installed again.
      if (response.headersSent) response.destroy();
      else answer(response, 500, 'This file can no longer be read. Start the command again.');
    }
  };
}

/** The decoded path of a request; null where it is none. */
export function pathOf(url: string): string | null {
  try {
    return decodeURIComponent(url.split(/[?#]/, 1)[0] ?? '/');
  } catch {
    return null;
  }
}

/** Every file by its path on the server. */
function filesOf(packageFolder: string): ReadonlyMap<string, LabFile> {
  const lab = join(packageFolder, 'lab');
  if (!statSync(join(lab, 'engine.json'), { throwIfNoEntry: false })?.isFile()) {
    throw new ShotglassError(
      'read-failed',
      `The lab is missing from ${lab}. Reinstall the package; in a checkout, run cargo xtask build.`,
    );
  }
  const files = new Map<string, LabFile>();
  for (const name of readdirSync(lab, { encoding: 'utf8', recursive: true })) {
    const path = join(lab, name);
    if (name === 'engine.json' || !statSync(path).isFile()) continue;
    const isPacked = name.endsWith('.gz');
    const url = `/${(isPacked ? name.slice(0, -3) : name).split(sep).join('/')}`;
    files.set(url, { path, isPacked, etag: null });
  }
  // The lab was built with copies of the engine under names of their own.
  const engine = JSON.parse(readFileSync(join(lab, 'engine.json'), 'utf8')) as Record<
    string,
    string
  >;
  for (const [name, file] of Object.entries(engine)) {
    files.set(`/${name}`, { path: join(packageFolder, file), isPacked: false, etag: null });
  }
  return files;
}

function sendFile(
  file: LabFile,
  url: string,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const { path, isPacked } = file;
  const { size } = statSync(path);
  // Not by the time of the file, which npm makes the same for all versions.
  file.etag ??= `"${createHash('sha256').update(readFileSync(path)).digest('hex').slice(0, 16)}"`;
  const { etag } = file;
  const takesGzip = /\bgzip\b/.test(request.headers['accept-encoding'] ?? '');
  response.setHeader('ETag', etag);
  response.setHeader('Vary', 'Accept-Encoding');
  // Names with a hash never change what they stand for.
  const isHashed = url.startsWith('/assets/');
  response.setHeader('Cache-Control', isHashed ? 'max-age=31536000, immutable' : 'no-cache');
  if (request.headers['if-none-match'] === etag) {
    response.writeHead(304).end();
    return;
  }
  response.setHeader('Content-Type', types[extname(url)] ?? typeOfIndex(url));
  if (isPacked && takesGzip) response.setHeader('Content-Encoding', 'gzip');
  if (!isPacked || takesGzip) response.setHeader('Content-Length', size);
  response.writeHead(200);
  if (request.method === 'HEAD') response.end();
  else send(path, {}, response, isPacked && !takesGzip);
}

function typeOfIndex(url: string): string {
  return url === '/' ? 'text/html; charset=utf-8' : 'application/octet-stream';
}

function sendModel(path: string, request: IncomingMessage, response: ServerResponse): void {
  const file = statSync(path, { throwIfNoEntry: false });
  if (!file?.isFile()) {
    answer(response, 404, 'This server has no model.');
    return;
  }
  const { method = 'GET' } = request;
  const { range } = request.headers;
  const ifRange = request.headers['if-range']?.toString();
  const { status, headers, body } = fileAnswer({ method, range, ifRange }, file);
  response.writeHead(status, headers);
  if (body === null) response.end();
  else send(path, { start: body.first, end: body.last }, response, false);
}

function send(
  path: string,
  range: { start?: number; end?: number },
  response: ServerResponse,
  unpack: boolean,
): void {
  const stream = createReadStream(path, range);
  stream.on('error', () => response.destroy());
  response.on('close', () => stream.destroy());
  if (!unpack) {
    stream.pipe(response);
    return;
  }
  const unpacked = createGunzip();
  unpacked.on('error', () => response.destroy());
  stream.pipe(unpacked).pipe(response);
}

function answer(response: ServerResponse, status: number, sentence: string): void {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' });
  response.end(`${sentence}\n`);
}
