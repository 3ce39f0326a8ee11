/** Edits of the residual stream: what callers write, and what the worker is sent. */

import type { EditsMessage } from '../protocol.js';
import type { ModelInfo } from '../types.js';
import * as check from '../util/validate.js';
import type { Edit } from './options.js';

/** Checks edits, and packs them for the worker. */
export function editsMessage(
  edits: unknown,
  info: Pick<ModelInfo, 'layers' | 'hiddenSize' | 'contextLength'>,
): EditsMessage | null {
  if (edits === undefined) return null;
  if (!Array.isArray(edits)) throw check.invalid('edits', 'an array');
  if (edits.length === 0) return null;
  const places = new Uint32Array(4 * edits.length);
  const rows = new Float32Array(edits.length * info.hiddenSize);
  edits.forEach((edit: Edit, index) => {
    const name = `edits[${index}]`;
    if (typeof edit !== 'object' || edit === null) throw check.invalid(name, 'an object');
    check.only(edit, { layer: true, position: true, from: true, replace: true, add: true });
    const { layer, position, from, replace, add } = edit;
    if ((position === undefined) === (from === undefined)) {
      throw check.invalid(name, 'an object with either position or from');
    }
    if ((replace === undefined) === (add === undefined)) {
      throw check.invalid(name, 'an object with either replace or add');
    }
    const place =
      position === undefined
        ? check.integer(`${name}.from`, from ?? 0, 0, info.contextLength - 1)
        : check.integer(`${name}.position`, position, 0, info.contextLength - 1);
    const numbers = [
      check.integer(`${name}.layer`, layer, 0, info.layers),
      place,
      from === undefined ? 0 : 1,
      add === undefined ? 0 : 1,
    ];
    places.set(numbers, 4 * index);
    const row = check.row(
      add === undefined ? `${name}.replace` : `${name}.add`,
      add ?? replace,
      info.hiddenSize,
    );
    rows.set(row, index * info.hiddenSize);
  });
  return { places, rows };
}
