/**
 * safetensors: the length of a header, the header as JSON, and the bytes of the tensors, without gaps
 * (https://github.com/huggingface/safetensors, "Format").
 */
import { ShotglassError } from '../errors.js';
import { types } from './gguf.js';

export interface Safetensor {
  name: string;
  /** The outermost dimension first. */
  shape: readonly number[];
  type: (typeof types)[number];
  bytes: Uint8Array;
}

/** The longest header that the format's own readers accept. */
const MAX_HEADER = 100_000_000;

/** Whether bytes may be such a file: a header of that length fits into it and begins as one. */
export function isSafetensors(file: Uint8Array): boolean {
  return file.length > 8 && file[8] === 0x7b && headerLength(file) <= file.length - 8;
}

/** @throws `truncated` or `corrupt`. */
export function readSafetensors(file: Uint8Array): Safetensor[] {
  if (file.length < 8 || headerLength(file) > file.length - 8) {
    throw new ShotglassError(
      'truncated',
      'The safetensors file ends before its header does. Download it again.',
    );
  }
  const length = headerLength(file);
  if (length > MAX_HEADER) throw corrupt(`its header has ${length} bytes`);
  const data = file.subarray(8 + length);
  const entries: [string, unknown][] = Object.entries(headerOf(file.subarray(8, 8 + length)));
  const tensors = entries
    .filter(([name]) => name !== '__metadata__')
    .map(([name, entry]) => placed(name, entry))
    .sort((one, other) => one.start - other.start || one.end - other.end);
  let end = 0;
  for (const tensor of tensors) {
    if (tensor.start !== end)
      throw corrupt(`tensor '${brief(tensor.name)}' is not where the one before it ends`);
    end = tensor.end;
  }
  if (end > data.length) {
    throw new ShotglassError(
      'truncated',
      `The safetensors file ends early: ${data.length} of ${end} bytes of its tensors are there. Download it again.`,
    );
  }
  if (end < data.length) throw corrupt('it has bytes after its tensors');
  return tensors.map(({ start, end, ...tensor }) => ({
    ...tensor,
    bytes: data.subarray(start, end),
  }));
}

export function writeSafetensors(tensors: readonly Safetensor[]): Uint8Array<ArrayBuffer> {
  const header: Record<string, unknown> = { __metadata__: { format: 'pt' } };
  let end = 0;
  for (const { name, shape, type, bytes } of tensors) {
    header[name] = { dtype: type.name, shape, data_offsets: [end, end + bytes.length] };
    end += bytes.length;
  }
  const json = JSON.stringify(header);
  // Names are ASCII. Spaces align the tensors.
  const head = new TextEncoder().encode(json.padEnd(Math.ceil(json.length / 8) * 8));
  const file = new Uint8Array(8 + head.length + end);
  new DataView(file.buffer).setBigUint64(0, BigInt(head.length), true);
  file.set(head, 8);
  let at = 8 + head.length;
  for (const { bytes } of tensors) {
    file.set(bytes, at);
    at += bytes.length;
  }
  return file;
}

function headerLength(file: Uint8Array): number {
  return Number(new DataView(file.buffer, file.byteOffset, 8).getBigUint64(0, true));
}

function headerOf(bytes: Uint8Array): object {
  try {
    const header: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    if (typeof header === 'object' && header !== null && !Array.isArray(header)) return header;
  } catch {
    // Neither UTF-8 nor JSON.
  }
  throw corrupt('its header is not a JSON object');
}

/** An entry of the header, checked. */
function placed(
  name: string,
  entry: unknown,
): Omit<Safetensor, 'bytes'> & { start: number; end: number } {
  const { dtype, shape, data_offsets } = Object(entry) as Record<string, unknown>;
  const type = types.find((one) => one.name === dtype);
  if (!type) {
    throw new ShotglassError(
      'unsupported-quantization',
      `Tensor '${brief(name)}' has the type ${brief(JSON.stringify(dtype) ?? 'none')}, which is not supported. Save ` +
        'the adapter in F32, F16 or BF16.',
    );
  }
  if (!isSizes(shape) || !isSizes(data_offsets) || data_offsets.length !== 2) {
    throw corrupt(`tensor '${brief(name)}' has no shape or no place`);
  }
  const bytes = shape.reduce((product, size) => product * size, type.bytes);
  const [start, end] = data_offsets as [number, number];
  if (end - start !== bytes)
    throw corrupt(`tensor '${brief(name)}' has ${end - start} bytes and should have ${bytes}`);
  return { name, shape, type, start, end };
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

/** A name from a file, which may be of any length. */
export function brief(name: string): string {
  return name.length > 120 ? `${name.slice(0, 120)}…` : name;
}

function corrupt(what: string): ShotglassError {
  return new ShotglassError(
    'corrupt',
    `The safetensors file is damaged: ${what}. Download it again.`,
  );
}
