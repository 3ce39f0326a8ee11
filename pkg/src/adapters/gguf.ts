/** The parts of GGUF that adapters and control vectors need: a writer, and a reader of what the engine has written. */

/** A tensor, its columns before its rows. */
export interface GgufTensor {
  name: string;
  shape: readonly number[];
  /** The number of its type in GGUF: see {@link types}. */
  type: number;
  bytes: Uint8Array;
}

export interface Gguf {
  /** Texts, and numbers, which are floats of 32 bits. */
  metadata: ReadonlyMap<string, string | number>;
  tensors: readonly GgufTensor[];
}

/** Of each type the name in safetensors, the number in GGUF, and the bytes of a number. */
export const types = [
  { name: 'F32', number: 0, bytes: 4 },
  { name: 'F16', number: 1, bytes: 2 },
  { name: 'BF16', number: 30, bytes: 2 },
] as const;

const MAGIC = 0x46554747;
const VERSION = 3;
const ALIGNMENT = 32;
const FLOAT = 6;
const STRING = 8;

const aligned = (bytes: number) => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;

export function writeGguf({ metadata, tensors }: Gguf): Uint8Array<ArrayBuffer> {
  const head = new Head();
  head.u32(MAGIC);
  head.u32(VERSION);
  head.u64(tensors.length);
  head.u64(metadata.size);
  for (const [key, value] of metadata) {
    head.string(key);
    if (typeof value === 'string') {
      head.u32(STRING);
      head.string(value);
    } else {
      head.u32(FLOAT);
      head.f32(value);
    }
  }
  let offset = 0;
  for (const { name, shape, type, bytes } of tensors) {
    head.string(name);
    head.u32(shape.length);
    shape.forEach((size) => {
      head.u64(size);
    });
    head.u32(type);
    head.u64(offset);
    offset += aligned(bytes.length);
  }
  const start = aligned(head.bytes.length);
  const file = new Uint8Array(start + offset);
  file.set(head.bytes);
  let at = start;
  for (const { bytes } of tensors) {
    file.set(bytes, at);
    at += aligned(bytes.length);
  }
  return file;
}

/** Reads a file of the engine's, which is sound. Its tensors are views of the bytes. */
export function readGguf(file: Uint8Array): Gguf {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  let at = 8;
  const u32 = () => {
    at += 4;
    return view.getUint32(at - 4, true);
  };
  const u64 = () => {
    at += 8;
    return Number(view.getBigUint64(at - 8, true));
  };
  const string = () => {
    const length = u64();
    at += length;
    return new TextDecoder().decode(file.subarray(at - length, at));
  };
  const count = u64();
  const entries = u64();
  const metadata = new Map<string, string | number>();
  for (let i = 0; i < entries; i++) {
    const key = string();
    if (u32() === STRING) {
      metadata.set(key, string());
    } else {
      at += 4;
      metadata.set(key, view.getFloat32(at - 4, true));
    }
  }
  const directory = Array.from({ length: count }, () => {
    const name = string();
    const shape = Array.from({ length: u32() }, u64);
    return { name, shape, type: u32(), offset: u64() };
  });
  const start = aligned(at);
  const tensors = directory.map(({ offset, ...tensor }) => {
    const size = types.find(({ number }) => number === tensor.type)?.bytes ?? 0;
    const bytes = tensor.shape.reduce((product, size) => product * size, size);
    return { ...tensor, bytes: file.subarray(start + offset, start + offset + bytes) };
  });
  return { metadata, tensors };
}

/** Little-endian numbers, one after the other. */
class Head {
  readonly bytes: number[] = [];
  readonly #view = new DataView(new ArrayBuffer(8));

  u32(value: number): void {
    this.#view.setUint32(0, value, true);
    this.#take(4);
  }

  u64(value: number): void {
    this.#view.setBigUint64(0, BigInt(value), true);
    this.#take(8);
  }

  f32(value: number): void {
    this.#view.setFloat32(0, value, true);
    this.#take(4);
  }

  string(value: string): void {
    const encoded = new TextEncoder().encode(value);
    this.u64(encoded.length);
    for (const byte of encoded) this.bytes.push(byte);
  }

  #take(count: number): void {
    this.bytes.push(...new Uint8Array(this.#view.buffer, 0, count));
  }
}
