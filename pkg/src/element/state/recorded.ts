/** What is recorded, by the exact prompt that it was recorded for: nothing else tells whose numbers they are. */
import { modelName } from '../../files/default-model.js';
import { renderPrompt } from '../../prompt/render.js';
import type { Task } from '../../prompt/task.js';
import type { Snapshot } from '../../snapshot/index.js';
import type { Strings } from '../strings/index.js';
import {
  drawnName,
  type Ladder,
  ladderFigure,
  pageRungs,
  type Rung,
  snapshotRungs,
} from './ladder.js';
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
  /** The task as it is written in the page. */
  task: Task;
  recorded: RecordedInPage;
}

/** What was asked, as far as a record depends on it. */
export interface RecordKey {
  prompt: string;
  task: Task;
  shots: number;
  view: View;
  /** The right answer as it follows the prompt; null if none is known. */
  answer: string | null;
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

function inSnapshot(key: RecordKey, snapshot: Snapshot | null, strings: Strings): Recorded | null {
  if (snapshot === null) return null;
  const reading = snapshotAnswerTo(key, snapshot);
  if (reading === null) return null;
  const { model, shotglass } = snapshot;
  const source = strings.recordedBy(modelName(model), model.sha256, shotglass);
  return { reading, source, sha256: model.sha256 };
}

function snapshotAnswerTo(key: RecordKey, snapshot: Snapshot): Reading | null {
  const { prompt, task, view, answer, labels } = key;
  if (view === 'ladder') return ladderOf(key, snapshotRungs(snapshot, task, answer));
  const result = snapshot.results.find(
    ({ shots }) => renderPrompt(snapshot.task, { shots }).text === prompt,
  );
  const reading = result ? snapshotReading(result, view) : null;
  return reading && isOf(reading, labels) ? asGenerated(reading) : null;
}

function inPage(key: RecordKey, page: PageRecord | null): Recorded | null {
  if (page === null || page.view !== key.view) return null;
  const reading = pageAnswerTo(key, page);
  return reading && { reading, source: page.recorded.caption, sha256: null };
}

function pageAnswerTo(key: RecordKey, page: PageRecord): Reading | null {
  const { prompt, task, view, answer, labels } = key;
  if (view === 'ladder') return ladderOf(key, pageRungs(page.recorded, page.task, task, answer));
  if (page.prompt !== prompt) return null;
  const reading = readingOf(page.recorded, view);
  return reading && isOf(reading, labels) ? asGenerated(reading) : null;
}

/** Null where these rungs are of another answer, or of no prompt of this task. */
function ladderOf({ task, shots, answer }: RecordKey, rungs: readonly Rung[]): Ladder | null {
  const ladder: Ladder = {
    view: 'ladder',
    answer: answer === null ? null : drawnName(answer),
    shots,
    most: task.demonstrations.length,
    rungs,
  };
  return ladderFigure(ladder) && ladder;
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
