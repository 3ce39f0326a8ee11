import { integer, invalid, only, row, text } from '../../util/validate.js';
import type { Direction } from './index.js';

/** Options of {@link controlVectorGguf}. */
export interface ControlVectorOptions {
  /** The architecture of the model, such as `info.architecture`, as a hint to readers. Default: none. */
  modelHint?: string | undefined;
}

const MAGIC = 'GGUF';
const VERSION = 3;
const ALIGNMENT = 32;
const TYPE_STRING = 8;
const TENSOR_F32 = 0;

/**
 * A GGUF file with directions as a control vector of llama.cpp (`--control-vector`), which adds them at all
 * positions: one f32 tensor `direction.{l}` each.
 *
 * llama.cpp counts layers from 0 and adds `direction.{l}` after layer `l`, which is layer `l + 1` of
 * {@link States}. It has none for its layer 0, so the lowest layer that a file can hold is 2.
 *
 * @throws {@link ShotglassError} `invalid-option` if there are no directions, two of one layer, one of layer 0
 * or 1, or rows that are not finite or differ in length.
 */
export function controlVectorGguf(
  directions: readonly Direction[],
  options: ControlVectorOptions = {},
): Uint8Array<ArrayBuffer> {
  only(options, { modelHint: true });
  const sorted = checkedDirections(directions);
  const size = sorted[0]?.row.length ?? 0;
  const bytes = Math.ceil((4 * size) / ALIGNMENT) * ALIGNMENT;
  const metadata = [['general.architecture', 'controlvector']];
  if (options.modelHint !== undefined) {
    metadata.push(['controlvector.model_hint', text('modelHint', options.modelHint)]);
  }

  const writer = new Writer();
  writer.ascii(MAGIC);
  writer.u32(VERSION);
  writer.u64(sorted.length);
  writer.u64(metadata.length);
  for (const [key = '', value = ''] of metadata) {
    writer.string(key);
    writer.u32(TYPE_STRING);
    writer.string(value);
  }
  for (const [i, { layer }] of sorted.entries()) {
    writer.string(`direction.${layer - 1}`);
    writer.u32(1);
    writer.u64(size);
    writer.u32(TENSOR_F32);
    writer.u64(i * bytes);
  }
  for (const direction of sorted) {
    writer.align(ALIGNMENT);
    for (const x of direction.row) writer.f32(x);
  }
  writer.align(ALIGNMENT);
  return Uint8Array.from(writer.bytes);
}

/** Directions in the order of their layers. */
function checkedDirections(directions: readonly Direction[]): Direction[] {
  if (!Array.isArray(directions) || directions.length === 0) {
    throw invalid('directions', 'a non-empty array');
  }
  const size = directions[0]?.row?.length ?? 0;
  for (const [i, direction] of directions.entries()) {
    integer(`directions[${i}].layer`, direction?.layer, 2);
    row(`directions[${i}].row`, direction.row, Math.max(1, size));
  }
  if (new Set(directions.map(({ layer }) => layer)).size < directions.length) {
    throw invalid('directions', 'of distinct layers');
  }
  return [...directions].sort((a, b) => a.layer - b.layer);
}

/** Little-endian numbers, one after the other. */
class Writer {
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

  ascii(value: string): void {
    this.bytes.push(...new TextEncoder().encode(value));
  }

  string(value: string): void {
    const encoded = new TextEncoder().encode(value);
    this.u64(encoded.length);
    this.bytes.push(...encoded);
  }

  align(to: number): void {
    while (this.bytes.length % to !== 0) this.bytes.push(0);
  }

  #take(count: number): void {
    this.bytes.push(...new Uint8Array(this.#view.buffer, 0, count));
  }
}
