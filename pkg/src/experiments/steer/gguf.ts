import { types, writeGguf } from '../../adapters/gguf.js';
import { integer, invalid, only, row, text } from '../../util/validate.js';
import type { Direction } from './index.js';

/** Options of {@link controlVectorGguf}. */
export interface ControlVectorOptions {
  /** The architecture of the model, such as `info.architecture`, as a hint to readers. Default: none. */
  modelHint?: string | undefined;
}

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
  const metadata = new Map([['general.architecture', 'controlvector']]);
  if (options.modelHint !== undefined) {
    metadata.set('controlvector.model_hint', text('modelHint', options.modelHint));
  }
  const [f32] = types;
  const tensors = sorted.map((direction) => {
    const numbers = new DataView(new ArrayBuffer(f32.bytes * direction.row.length));
    for (const [i, x] of Array.from(direction.row).entries()) {
      numbers.setFloat32(f32.bytes * i, x, true);
    }
    const bytes = new Uint8Array(numbers.buffer);
    const name = `direction.${direction.layer - 1}`;
    return { name, shape: [direction.row.length], type: f32.number, bytes };
  });
  return writeGguf({ metadata, tensors });
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
