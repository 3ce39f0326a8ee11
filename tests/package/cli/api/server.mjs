// `shotglass serve` for tests of its API, and ways to ask it.
import { request } from 'node:http';
import { start } from '../../../support/command.mjs';

/** The name of the default model. */
export const id = 'SmolLM2-135M-Instruct-Q4_1';

/** Starts a server with the API alone, unless `args` say otherwise. */
export async function startApi(args = [], env = {}) {
  const server = start(['serve', '--api', '--port', '0', ...args], { env });
  const [, port] = await server.says(/^The API is at http:\/\/localhost:(\d+)\/v1/);
  return { ...server, port: Number(port), origin: `http://127.0.0.1:${port}` };
}

/** Stops it as Ctrl-C does; answers its code and what it wrote. */
export async function stop(server) {
  server?.child.kill('SIGINT');
  return (await server?.done) ?? {};
}

/** One request with a body of bytes, a text or JSON. */
export function post(port, path, body, { method = 'POST', headers = {}, signal } = {}) {
  return new Promise((resolve, reject) => {
    const isRaw = typeof body === 'string' || Buffer.isBuffer(body) || body === undefined;
    const options = { host: '127.0.0.1', port, path, method, headers, signal, agent: false };
    const asked = request(options, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const text = String(Buffer.concat(chunks));
        const { statusCode: status, headers } = response;
        const isJson = headers['content-type'] === 'application/json';
        resolve({ status, headers, text, json: isJson ? JSON.parse(text) : null });
      });
    });
    asked.on('error', reject);
    asked.end(isRaw ? body : JSON.stringify(body));
  });
}
