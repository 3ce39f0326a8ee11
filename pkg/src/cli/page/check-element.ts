/** Whether the table of an element says what the model says. */

import { hashOf } from '../../element/live/shared-model.js';
import { readAttributes } from '../../element/state/attributes.js';
import { recordedOf } from '../../element/state/recorded.js';
import { type Resolved, resolve, viewOf } from '../../element/state/resolve.js';
import type { View } from '../../element/state/view.js';
import { en } from '../../element/strings/en.js';
import { ShotglassError } from '../../errors.js';
import { formatCount } from '../../format/numbers.js';
import { tokenLabel } from '../../format/visible.js';
import type { Model } from '../../model/model.js';
import { presets } from '../../presets/index.js';
import { renderPrompt } from '../../prompt/render.js';
import type { Task } from '../../prompt/task.js';
import { recordOf } from '../../records/index.js';
import { classify, taskLabels } from '../../scoring/classify.js';
import type { Snapshot } from '../../snapshot/index.js';
import { takeSnapshot } from '../../snapshot/take.js';
import { textOf } from '../../snapshot/token.js';
import { checkLadder } from './check-ladder.js';
import type { FoundElement, FoundRow, FoundTable } from './find-elements.js';
import { moved, sameMarks } from './moved.js';

/** What came of an element. */
export interface ElementCheck {
  figures: number;
  messages: string[];
}

/** What an element asks, for which its table was recorded. */
export interface ElementQuestion {
  task: Task;
  shots: number;
  /** What its table shows; the text that follows stands beside it. */
  view: Exclude<View, 'text'>;
  /** The right answer as it follows the prompt; null if none is known. */
  answer: string | null;
  /** Whether its snapshot is of another prompt. */
  isOther: boolean;
}

/** The address of the page, as far as a fetch needs one. */
const base = 'http://localhost/';

/**
 * What an element asks, by the element's own rules. `record` is the package's record of its preset, which has the right
 * answer.
 *
 * @throws {@link ShotglassError} `invalid-option` with what the element would say where something in it is not known.
 */
export function questionOf(
  element: FoundElement,
  snapshot: Snapshot | null,
  record: Snapshot | null = null,
): ElementQuestion {
  const declared = readAttributes(element, base, en);
  const found = presets.find(({ id }) => id === declared.preset);
  const answer = record?.answer;
  const preset = found && {
    task: found.task,
    opensWith: found.shots,
    ...(answer !== undefined && { answer }),
  };
  const resolved = resolve(
    { declared, light: element.light, given: null, preset: preset ?? null, snapshot },
    en,
  );
  const isOther = resolved.problems.includes(en.snapshotOther);
  const problems = [...declared.problems, ...resolved.problems].filter(
    (problem) => problem !== en.snapshotOther,
  );
  const { task } = resolved;
  if (task === null || problems.length > 0) {
    throw new ShotglassError('invalid-option', problems.join(' '));
  }
  const view = viewOf(declared.view, task, problems, en);
  if (problems.length > 0) throw new ShotglassError('invalid-option', problems.join(' '));
  return {
    task,
    shots: shotsInPage(resolved, task, declared.shots),
    view: view === 'text' ? 'tokens' : view,
    answer: resolved.answer,
    isOther,
  };
}

/** The package's record of the preset that an element names; null if it names none. */
export async function namedRecordOf(element: FoundElement): Promise<Snapshot | null> {
  const { preset } = readAttributes(element, base, en);
  return preset === null ? null : recordOf(preset);
}

/** The package's record of the preset, where an element without numbers of its own shows those; else null. */
export async function presetRecordOf(element: FoundElement): Promise<Snapshot | null> {
  const { preset: id, model } = readAttributes(element, base, en);
  if (id === null) return null;
  const preset = await recordOf(id);
  if (preset.model.sha256 !== hashOf(model)) return null;
  const { task, shots, view, answer } = questionOf(element, null, preset);
  const prompt = renderPrompt(task, { shots }).text;
  const labels = taskLabels(task).map(({ name }) => name);
  const sources = { snapshot: null, page: null, preset };
  return recordedOf({ prompt, task, shots, view, answer, labels }, sources, en) && preset;
}

/** The task may have more demonstrations than the page, whose table is of no more than stand there. */
function shotsInPage({ shots, promptInPage }: Resolved, task: Task, asked: number | null): number {
  const most = Math.min(asked ?? shots, task.demonstrations.length);
  const prompt = promptInPage(asked ?? shots);
  for (let fewer = most; prompt !== null && fewer >= 0; fewer--) {
    if (renderPrompt(task, { shots: fewer }).text === prompt) return fewer;
  }
  return most;
}

/** Asks again for everything that the table of an element shows. */
export async function checkElement(
  model: Model,
  table: FoundTable,
  question: ElementQuestion,
  { tolerance, signal }: { tolerance: number; signal: AbortSignal },
): Promise<ElementCheck> {
  const { caption, rows, text } = table;
  const { task, shots, view } = question;
  const other = otherModel(caption, model.info.sha256);
  if (other !== null) return { figures: 1, messages: [other] };
  const prompt = renderPrompt(task, { shots });
  const messages: string[] = [];
  const compare = (row: FoundRow, fresh: number | null) => {
    const message = moved(row, fresh, tolerance);
    if (message !== null) messages.push(message);
  };
  // By their places, as the element reads them: the last row is what is left.
  const named = rows.slice(0, -1);
  const last = rows.at(-1);
  if (view === 'ladder') {
    messages.push(...(await checkLadder(model, table, question, { tolerance, signal })));
  } else if (last && view === 'tokens') {
    const { candidates, rest } = await model.predict(prompt, { topK: named.length + 50, signal });
    const now = new Map(candidates.map(({ bytes, p }) => [tokenLabel(bytes), p]));
    for (const row of named) compare(row, now.get(sameMarks(row.name)) ?? null);
    const count = last.name.replace(/[^\d]/g, '');
    const others = candidates.length + rest.count - named.length;
    if (count !== '' && Number(count) !== others) {
      messages.push(`'${last.name}': there are ${formatCount(others)} other tokens.`);
    }
    const listed = named.reduce((sum, row) => sum + (now.get(sameMarks(row.name)) ?? 0), 0);
    compare(last, Math.max(0, 1 - listed));
  } else if (last) {
    const { labels, mass } = await classify(model, prompt, taskLabels(task), { signal });
    const now = new Map(labels.map(({ label, p }) => [label.trim(), p]));
    for (const row of named) compare(row, now.get(row.name) ?? null);
    compare(last, mass);
  }
  if (text !== null) {
    const snapshot = await takeSnapshot(model, task, { shots, topK: 1, signal });
    const fresh = textOf(snapshot.results[0]?.text ?? []);
    if (fresh.trim() !== text.trim()) {
      messages.push(`The text was “${text.trim()}” and is “${fresh.trim()}”.`);
    }
  }
  return { figures: rows.length + (text === null ? 0 : 1), messages };
}

function otherModel(caption: string, sha256: string): string | null {
  const recorded = /\bsha-?256 ([0-9a-f]{6,64})/i.exec(caption)?.[1]?.toLowerCase();
  if (recorded === undefined || sha256.startsWith(recorded)) return null;
  return `It was recorded with another model: sha256 ${recorded.slice(0, 8)}…, not ${sha256.slice(0, 8)}….`;
}
