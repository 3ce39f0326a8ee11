/** What is recorded, by the exact prompt that it was recorded for: nothing else tells whose numbers they are. */
import { modelName } from '../default-model.js';
import { renderPrompt } from '../prompt.js';
import type { Snapshot } from '../snapshot.js';
import type { View } from './attributes.js';
import { type RecordedInPage, readingOf } from './light-dom.js';
import { type Reading, snapshotReading } from './reading.js';
import type { Strings } from './strings.js';

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

/** Of this prompt, in this view; the snapshot before the page. Null if it was not recorded. */
export function recordedOf(
  prompt: string,
  view: View,
  sources: { snapshot: Snapshot | null; page: PageRecord | null },
  strings: Strings,
): Recorded | null {
  const { snapshot, page } = sources;
  if (snapshot) {
    const result = snapshot.results.find(
      ({ shots }) => renderPrompt(snapshot.task, { shots }).text === prompt,
    );
    const reading = result ? snapshotReading(result, view) : null;
    if (reading) {
      const { model, shotglass } = snapshot;
      const source = strings.recordedBy(modelName(model), model.sha256, shotglass);
      return { reading, source, sha256: model.sha256 };
    }
  }
  if (page?.prompt !== prompt || page.view !== view) return null;
  const reading = readingOf(page.recorded, view);
  return reading && { reading, source: page.recorded.caption, sha256: null };
}
