/** How an answer is sent: whole, or as server-sent events. */
import type { ServerResponse } from 'node:http';

/** A client that takes nothing for this long is cut off, or at the latest after twice as long: Node looks no more often. */
const STALL_MS = 30_000;

/** Sends a whole answer, and waits until the client has it or is gone. */
export async function send(response: ServerResponse, status: number, body: unknown): Promise<void> {
  const bytes = Buffer.from(JSON.stringify(body));
  if (response.destroyed) return;
  response.writeHead(status, {
    'Content-Type': 'application/json',
    'Content-Length': bytes.length,
  });
  const closed = happened(response, 'close');
  response.setTimeout(STALL_MS);
  response.end(bytes);
  await closed;
}

function happened(response: ServerResponse, event: 'close' | 'drain'): Promise<void> {
  return new Promise((resolve) => {
    response.once(event, resolve);
  });
}

/** An answer in parts (https://html.spec.whatwg.org/multipage/server-sent-events.html). Its head goes with the first. */
export class EventStream {
  readonly #response: ServerResponse;
  readonly #closed: Promise<void>;

  constructor(response: ServerResponse) {
    this.#response = response;
    this.#closed = happened(response, 'close');
  }

  async event(data: unknown): Promise<void> {
    await this.#write(JSON.stringify(data));
  }

  async end(): Promise<void> {
    await this.#write('[DONE]');
    if (this.#response.destroyed) return;
    this.#response.setTimeout(STALL_MS);
    this.#response.end();
    await this.#closed;
  }

  async #write(line: string): Promise<void> {
    const response = this.#response;
    if (response.destroyed) return;
    if (!response.headersSent) {
      response.writeHead(200, {
        'Content-Type': 'text/event-stream; charset=utf-8',
        'Cache-Control': 'no-cache',
      });
    }
    if (response.write(`data: ${line}\n\n`)) return;
    response.setTimeout(STALL_MS);
    await Promise.race([happened(response, 'drain'), this.#closed]);
    response.setTimeout(0);
  }
}
