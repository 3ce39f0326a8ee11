/** Bodies of answers, read up to a limit. */
import { failed, NotJson, shown } from '../errors.js';

/** A distribution over 262,144 tokens takes some 25 MB as JSON. */
const MOST_BYTES = 128 * 2 ** 20;
/** More than this of an error is not read. */
const MOST_OF_ERROR = 2 ** 16;

/** The JSON of an answer. */
export async function jsonOf(response: Response): Promise<unknown> {
  const text = await textOf(response, MOST_BYTES);
  try {
    return JSON.parse(text);
  } catch {
    throw new NotJson(
      /^\s*</.test(text)
        ? 'The server answered with a web page. Check that the address is that of the API, such as http://localhost:8000/v1.'
        : `The server answered with something that is not JSON: ${shown(text.slice(0, 80))}`,
    );
  }
}

/** The beginning of an answer that is an error. */
export async function errorTextOf(response: Response): Promise<string> {
  let text = '';
  const decoder = new TextDecoder();
  for await (const bytes of chunksOf(response)) {
    text += decoder.decode(bytes, { stream: true });
    if (text.length > MOST_OF_ERROR) break;
  }
  return text;
}

/** The events of a stream, or the one object of an answer that is none. */
export async function* eventsOf(response: Response): AsyncGenerator<unknown, void, undefined> {
  if (!/^text\/event-stream/i.test(response.headers.get('content-type') ?? '')) {
    yield await jsonOf(response);
    return;
  }
  for await (const line of linesOf(response)) {
    const [, data] = /^data: ?(.*)$/.exec(line) ?? [];
    if (data === undefined) continue;
    if (data.trim() === '[DONE]') return;
    try {
      yield JSON.parse(data);
    } catch {
      throw failed(`The server's stream has something that is not JSON: ${shown(data)}`);
    }
  }
}

async function* linesOf(response: Response): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const bytes of chunksOf(response)) {
    rest += decoder.decode(bytes, { stream: true });
    if (rest.length > MOST_BYTES) throw tooLong();
    const lines = rest.split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}

async function textOf(response: Response, most: number): Promise<string> {
  const parts: string[] = [];
  const decoder = new TextDecoder();
  let length = 0;
  for await (const bytes of chunksOf(response)) {
    length += bytes.length;
    if (length > most) throw tooLong();
    parts.push(decoder.decode(bytes, { stream: true }));
  }
  return parts.join('') + decoder.decode();
}

/** What arrives. Leaving the loop ends the connection. */
async function* chunksOf({ body }: Response): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = body?.getReader();
  if (!reader) return;
  let isOver = false;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      isOver = done;
      if (done) return;
      yield value;
    }
  } finally {
    if (!isOver) await reader.cancel().catch(() => {});
  }
}

function tooLong(): Error {
  return failed(
    `The server's answer has more than ${MOST_BYTES / 2 ** 20} MB. The rest was not read.`,
  );
}
