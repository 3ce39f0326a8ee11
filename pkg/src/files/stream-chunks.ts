import { ShotglassError } from '../errors.js';

/** As large as a piece that one read of a file gives in browsers. */
const BUFFER_BYTES = 2 << 20;

/**
 * The chunks of a stream. A stream of bytes is read into one buffer, which the next chunk takes over: chunks of their
 * own would lie in memory until the garbage is collected, which is late on a busy machine. So whoever gets a chunk is
 * done with it before asking for the next.
 *
 * @throws `read-failed` with what `explain` says of the cause.
 */
export async function* streamChunks(
  stream: ReadableStream<Uint8Array>,
  explain: (cause: unknown) => string,
): AsyncGenerator<Uint8Array> {
  const reader = readerOf(stream);
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((cause: unknown) => {
        throw new ShotglassError('read-failed', explain(cause), { cause });
      });
      if (done) return;
      yield value as Uint8Array;
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}

interface Reader {
  read(): Promise<{ done: boolean; value?: Uint8Array | undefined }>;
  cancel(): Promise<void>;
}

function readerOf(stream: ReadableStream<Uint8Array>): Reader {
  let reader: ReadableStreamBYOBReader;
  try {
    reader = stream.getReader({ mode: 'byob' });
  } catch {
    return stream.getReader(); // It is no stream of bytes: WebKit has none for files.
  }
  let buffer = new ArrayBuffer(BUFFER_BYTES);
  return {
    async read() {
      const { done, value } = await reader.read(new Uint8Array(buffer));
      if (value !== undefined) buffer = value.buffer;
      return { done, value };
    },
    cancel: () => reader.cancel(),
  };
}
