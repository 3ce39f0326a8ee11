/** What a link or a file carries. */
import type { Settings } from '../app/settings.ts';
import type { Draft } from '../app/state.ts';
import { field, fields, fileFields, inside } from './packed/check.ts';
import { type PackedDraft, packDifference, packWhole, unpackDraft } from './packed/draft.ts';
import { type PackedSettings, packSettings, unpackSettings } from './packed/settings.ts';
import { Unreadable } from './packed/unreadable.ts';
import { type Receipt, unpackReceipt } from './receipt.ts';

export interface Shared {
  draft: Draft;
  settings: Settings;
  receipt: Receipt | null;
  /** What the pinned prompt was made from; null, or left out, where none is pinned. */
  pinned?: Draft | null;
}

/** What was opened, and whether the preset that it builds on has changed since. */
export interface Opened extends Shared {
  pinned: Draft | null;
  drifted: boolean;
}

export interface Packed {
  draft: PackedDraft;
  settings?: PackedSettings;
  receipt?: Receipt;
  pinned?: PackedDraft;
}

/**
 * As plain JSON. Without a receipt the draft is what it changes in its preset, where that is shorter; with one it is
 * whole, for a record must not change when a preset does.
 */
export function pack({ draft, settings, receipt, pinned }: Shared): Packed {
  const packedDraft = (of: Draft) => {
    const whole = packWhole(of);
    const changed = packDifference(of);
    const shorter = JSON.stringify(changed).length < JSON.stringify(whole).length;
    return receipt === null && shorter ? changed : whole;
  };
  const packed = packSettings(settings);
  return {
    draft: packedDraft(draft),
    ...(Object.keys(packed).length > 0 && { settings: packed }),
    ...(receipt && { receipt }),
    ...(pinned && { pinned: packedDraft(pinned) }),
  };
}

export function unpack(value: unknown): Opened {
  const packed = fields(value, 'link');
  const receipt = field(packed, 'receipt');
  const pinned = field(packed, 'pinned');
  const own = unpackDraft(field(packed, 'draft'));
  const held = pinned === undefined ? null : inside('pinned', () => unpackDraft(pinned));
  return {
    draft: own.draft,
    pinned: held?.draft ?? null,
    drifted: own.drifted || (held?.drifted ?? false),
    settings: unpackSettings(field(packed, 'settings') ?? {}),
    receipt: receipt === undefined ? null : unpackReceipt(receipt),
  };
}

/** The version of the receipt's file, and of all that is in it. */
const fileVersion = 1;
const fileFormat = 'shotglass-receipt';

/** A receipt with all that it is about, as a file. */
export function receiptFile(shared: Shared): string {
  return `${JSON.stringify({ format: fileFormat, version: fileVersion, ...pack(shared) }, null, 2)}\n`;
}

/** Reads what `receiptFile` wrote. */
export function readReceiptFile(text: string): Opened {
  const file = fileFields(text, fileFormat, fileVersion);
  const opened = unpack(file);
  if (opened.receipt === null) throw new Unreadable('wrong', 'receipt');
  return opened;
}
