/** What is recorded, by the exact prompt that it was recorded for: nothing else tells whose numbers they are. */
import { modelName } from '../../files/default-model.js';
import { renderPrompt } from '../../prompt/render.js';
import type { Snapshot } from '../../snapshot/index.js';
import type { Strings } from '../strings/index.js';
import { type RecordedInPage, readingOf } from './light-dom.js';
import { type Reading, snapshotReading } from './reading.js';
import type { View } from './view.js';

/** A recorded answer, and whose it is. */
export interface Recorded {
  reading: Reading;
  /** A sentence; '' where the page does not say. */
  source: string;
  /** SHA-256 of the model; null where the page does not say. */
  sha256: string | null;
}

/** A table in the page, and the prompt and the view that it is of. */
export interface PageRecord {
  prompt: string;
  view: View;
  recorded: RecordedInPage;
}

/** What was asked, as far as a record depends on it. */
export interface RecordKey {
  prompt: string;
  view: View;
  /** Names of the labels, in any order. */
  labels: readonly string[];
}

/** What is recorded, wherever it is. */
export interface RecordSources {
  snapshot: Snapshot | null;
  page: PageRecord | null;
  /** What the package has recorded of the preset, with the model that would be asked. */
  preset: Snapshot | null;
}

/**
 * Of this prompt, in this view, of these labels: what the author has recorded before what the package has. Null if it
 * was not recorded.
 */
export function recordedOf(
  key: RecordKey,
  { snapshot, page, preset }: RecordSources,
  strings: Strings,
): Recorded | null {
  return (
    inSnapshot(key, snapshot, strings) ?? inPage(key, page) ?? inSnapshot(key, preset, strings)
  );
}

function inSnapshot(
  { prompt, view, labels }: RecordKey,
  snapshot: Snapshot | null,
  strings: Strings,
): Recorded | null {
  const result = snapshot?.results.find(
    ({ shots }) => renderPrompt(snapshot.task, { shots }).text === prompt,
  );
  const reading = result ? snapshotReading(result, view) : null;
  if (!snapshot || !reading || !isOf(reading, labels)) return null;
  const { model, shotglass } = snapshot;
  const source = strings.recordedBy(modelName(model), model.sha256, shotglass);
  return { reading: asGenerated(reading), source, sha256: model.sha256 };
}

function inPage({ prompt, view, labels }: RecordKey, page: PageRecord | null): Recorded | null {
  if (page?.prompt !== prompt || page.view !== view) return null;
  const reading = readingOf(page.recorded, view);
  if (reading === null || !isOf(reading, labels)) return null;
  return { reading: asGenerated(reading), source: page.recorded.caption, sha256: null };
}

/** The probability of a label is that among these labels and no others. */
function isOf(reading: Reading, labels: readonly string[]): boolean {
  if (reading.view !== 'labels') return true;
  const names = reading.labels.map(({ label }) => label.trim());
  const wanted = new Set(labels.map((label) => label.trim()));
  return names.length === wanted.size && names.every((name) => wanted.has(name));
}

/** A live text ends before its first new line; a recorded token may have one inside. */
function asGenerated(reading: Reading): Reading {
  if (reading.view !== 'text') return reading;
  return { ...reading, text: reading.text.split('\n', 1)[0] ?? '' };
}
