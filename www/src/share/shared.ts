/** What a link or a file carries. */
import type { Settings } from '../app/settings.ts';
import type { Draft } from '../app/state.ts';
import { field, fields, fileFields } from './packed/check.ts';
import { type PackedDraft, packDifference, packWhole, unpackDraft } from './packed/draft.ts';
import { type PackedSettings, packSettings, unpackSettings } from './packed/settings.ts';
import { Unreadable } from './packed/unreadable.ts';
import { type Receipt, unpackReceipt } from './receipt.ts';

export interface Shared {
  draft: Draft;
  settings: Settings;
  receipt: Receipt | null;
}

/** What was opened, and whether the preset that it builds on has changed since. */
export interface Opened extends Shared {
  drifted: boolean;
}

export interface Packed {
  draft: PackedDraft;
  settings?: PackedSettings;
  receipt?: Receipt;
}

/**
 * As plain JSON. Without a receipt the draft is what it changes in its preset, where that is shorter; with one it is
 * whole, for a record must not change when a preset does.
 */
export function pack({ draft, settings, receipt }: Shared): Packed {
  const whole = packWhole(draft);
  const changed = packDifference(draft);
  const shorter = JSON.stringify(changed).length < JSON.stringify(whole).length;
  const packed = packSettings(settings);
  return {
    draft: receipt === null && shorter ? changed : whole,
    ...(Object.keys(packed).length > 0 && { settings: packed }),
    ...(receipt && { receipt }),
  };
}

export function unpack(value: unknown): Opened {
  const packed = fields(value, 'link');
  const receipt = field(packed, 'receipt');
  return {
    ...unpackDraft(field(packed, 'draft')),
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
