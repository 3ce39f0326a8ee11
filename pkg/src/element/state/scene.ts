/** All that an element shows, from all that it was told: pure, so that the same is always shown the same. */

import { renderPrompt } from '../../prompt/render.js';
import type { Task } from '../../prompt/task.js';
import { taskLabels } from '../../scoring/labels.js';
import type { Snapshot } from '../../snapshot/index.js';
import { hashOf } from '../live/shared-model.js';
import type { Strings } from '../strings/index.js';
import type { Asked } from './ask.js';
import type { Declared } from './attributes.js';
import type { PinnedLight } from './page-content.js';
import { type PageRecord, type Recorded, recordedOf } from './recorded.js';
import { type Resolved, resolve, viewOf } from './resolve.js';

/** All that an element was told. */
export interface SceneSources {
  declared: Declared;
  light: PinnedLight;
  /** Set as a property. */
  given: Task | null;
  /** As a reader has it. */
  edited: Task | null;
  /** What the package has of the preset; null where none is named, or it is not there. */
  preset: Snapshot | null;
  isPresetPending: boolean;
  snapshot: Snapshot | null;
  isSnapshotPending: boolean;
  /** What is wrong elsewhere. */
  problems: readonly string[];
}

/** What is shown of it. */
export interface Scene {
  strings: Strings;
  /** Null where there is nothing to ask, or where that is not known yet. */
  asked: Asked | null;
  /** What stands in the page is shown as it is, beside the rest or alone. */
  isPageShown: boolean;
  /** What would say more is still to come. */
  isPending: boolean;
  /** What the recording says. */
  recorded: Recorded | null;
  problems: string[];
}

export function sceneOf(sources: SceneSources, strings: Strings): Scene {
  const { declared, light, snapshot } = sources;
  const problems = [...declared.problems, ...sources.problems];
  const nothing = {
    strings,
    asked: null,
    isPageShown: true,
    isPending: false,
    recorded: null,
    problems,
  };
  if (isPending(sources)) {
    return { ...nothing, isPending: true };
  }
  const resolved = resolve(sources, strings);
  problems.push(...resolved.problems);
  const task = sources.edited ?? resolved.task;
  if (task === null) {
    return nothing;
  }
  const all = task.demonstrations.length;
  const { shots: wanted } = declared;
  if (wanted !== null && wanted > all) problems.push(strings.tooManyShots(wanted, all));
  const shots = Math.min(wanted ?? resolved.shots, all);
  const view = viewOf(declared.view, task, problems, strings);
  const rule = snapshot?.results[0]?.classification?.rule ?? 'sum';
  const page = pageRecord(light, resolved, strings);
  const prompt = renderPrompt(task, { shots }).text;
  const labels = taskLabels(task).map(({ name }) => name);
  const isItsQuery = (task.query ?? '') === (resolved.task?.query ?? '');
  const answer = isItsQuery ? resolved.answer : null;
  const isItsModel = sources.preset?.model.sha256 === hashOf(declared.model);
  const preset = isItsModel && !sources.isSnapshotPending ? sources.preset : null;
  const recorded = recordedOf(
    { prompt, task, shots, view, answer, labels },
    { snapshot, page, preset },
    strings,
  );
  if (isTableUnread(sources)) problems.push(strings.tableUnread);
  return {
    strings,
    asked: { task, shots, view, rule, answer },
    isPageShown: isTableUnread(sources),
    isPending: sources.isSnapshotPending && recorded === null,
    recorded,
    problems,
  };
}

/** Whether the page's table is all there is of a record, and cannot be read as numbers: it stays to be seen. */
export function isTableUnread({
  declared,
  light,
  snapshot,
}: Pick<SceneSources, 'declared' | 'light' | 'snapshot'>): boolean {
  return light.hasUnreadTable && declared.snapshot === null && snapshot === null;
}

/** Whether the task itself depends on what is still to come. */
function isPending({
  declared,
  light,
  given,
  isPresetPending,
  isSnapshotPending,
}: SceneSources): boolean {
  if (given !== null || declared.task !== null) return false;
  if (declared.preset !== null) return isPresetPending;
  const isWritten = light.query !== null || light.demonstrations.length > 0;
  return isSnapshotPending && !(isWritten && declared.template !== null);
}

function pageRecord(
  { recorded, shots, view }: PinnedLight,
  { task, written, shots: usual, promptInPage }: Resolved,
  strings: Strings,
): PageRecord | null {
  if (recorded === null || task === null) return null;
  const prompt = promptInPage(shots ?? usual);
  if (prompt === null || written === null) return null;
  const ofText = recorded.text === null ? null : 'text';
  return { prompt, view: ofText ?? viewOf(view, task, [], strings), task: written, recorded };
}
