// A server that says again what a real one has said (`record.mjs`).
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { isDeepStrictEqual } from 'node:util';

/** Starts one with the recording in `file`, which answers no other requests. */
export async function replay(t, file) {
  const { exchanges } = JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8'));
  const left = [...exchanges];
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = chunks.length > 0 ? JSON.parse(Buffer.concat(chunks)) : null;
    const isIt = (one) => one.path === request.url && isDeepStrictEqual(one.body ?? null, body);
    const at = left.findIndex(isIt);
    const [found] = at === -1 ? exchanges.filter(isIt) : left.splice(at, 1);
    response.writeHead(found?.status ?? 418, { 'content-type': found?.type ?? 'text/plain' });
    response.end(
      found?.text ?? `${request.url} was not recorded: ${JSON.stringify(body)}. Record it again.`,
    );
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  return `http://127.0.0.1:${server.address().port}`;
}
