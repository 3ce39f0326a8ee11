/** The body of a request: JSON of a limited size, within a limited time. */
import type { IncomingMessage } from 'node:http';
import { ApiError } from './errors.js';
import { type Body, isObject } from './fields.js';

/** A context of ids takes some 60 kB, and a bias for every token 1 MB. */
const MOST_BYTES = 4 * 2 ** 20;
/** A client hears of a body that is too long only after it has sent it, up to this many bytes. */
const MOST_IGNORED = 16 * MOST_BYTES;
const SECONDS = 15;

/** The JSON object that a request has. */
export async function readBody(request: IncomingMessage): Promise<Body> {
  const text = decoded(await bytesOf(request));
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ApiError(400, `The body is not valid JSON: ${reason}`);
  }
  if (isObject(json)) return json;
  throw new ApiError(400, 'The body must be a JSON object.');
}

function bytesOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  return new Promise<Buffer>((resolve, reject) => {
    const tooLong = () =>
      reject(
        new ApiError(413, `The body has more than ${MOST_BYTES} bytes.`, {
          code: 'body_too_large',
        }),
      );
    const late = setTimeout(() => {
      reject(new ApiError(408, `The body did not arrive within ${SECONDS} seconds.`));
    }, SECONDS * 1000);
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= MOST_BYTES) chunks.push(chunk);
      else chunks.length = 0;
      if (length > MOST_IGNORED) tooLong();
    });
    request.on('end', () => (length <= MOST_BYTES ? resolve(Buffer.concat(chunks)) : tooLong()));
    request.on('error', reject);
    request.on('close', () => {
      clearTimeout(late);
      reject(new ApiError(400, 'The body ends too early.'));
    });
  });
}

function decoded(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new ApiError(400, 'The body is not valid UTF-8.');
  }
}
