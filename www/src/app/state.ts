import type { Demonstration, Task, Template } from 'shotglass';
import type { Preset } from '../presets/preset.ts';

/** A demonstration in the table. An excluded one stays there, and out of the prompt. */
export interface Row extends Demonstration {
  excluded?: true;
}

/** What the reader is working on: all that a prompt is made from. */
export interface Draft {
  preset: Preset['id'];
  task: Omit<Task, 'demonstrations' | 'query'> & { demonstrations: readonly Row[] };
  query: string;
  /** How many of the demonstrations that are not excluded, from the first, go into the prompt. */
  shots: number;
  /** The prompt as the reader has written it, where no task renders to that; null where it is the task's. */
  text: string | null;
  /** Whether the prompt is put as a conversation, in the form that the model was tuned on. */
  chat: boolean;
  /** Tokens' texts appended after the query, one entry per click. */
  appended: readonly string[];
}

/** A draft with its history. Typing in one field is one step: `typing` names that field. */
export interface LabState {
  past: readonly Draft[];
  draft: Draft;
  future: readonly Draft[];
  typing: string | null;
}

export type Edit =
  | { type: 'preset'; preset: Preset }
  | { type: 'instruction'; text: string }
  | { type: 'query'; text: string }
  | { type: 'template'; field: keyof Template; text: string }
  | { type: 'format'; template: Template }
  | { type: 'demonstration'; index: number; field: keyof Demonstration; text: string }
  | { type: 'add' }
  /** `replaces`: how many rows, from that place on, give way to them. */
  | { type: 'insert'; at: number; demonstrations: readonly Demonstration[]; replaces?: number }
  | { type: 'duplicate'; index: number }
  | { type: 'exclude'; index: number; excluded: boolean }
  | { type: 'remove'; index: number }
  | { type: 'move'; from: number; to: number }
  | { type: 'order'; order: readonly number[] }
  | { type: 'labels'; labels: readonly string[] | null }
  | { type: 'shots'; shots: number }
  | { type: 'text'; text: string | null }
  | { type: 'chat'; chat: boolean }
  /** `typing`: what the reader types in, where that is what opens it. */
  | { type: 'open'; draft: Draft; typing?: string }
  | { type: 'append'; text: string }
  | { type: 'unappend' }
  | { type: 'clear-appended' };

/** Edits change the draft; the rest only walk its history. */
export type Action = Edit | { type: 'undo' } | { type: 'redo' } | { type: 'pause' };

const historyLimit = 200;

export function draftOf(preset: Preset): Draft {
  const { query = '', ...task } = preset.task;
  return {
    preset: preset.id,
    task,
    query,
    shots: preset.shots,
    text: null,
    chat: false,
    appended: [],
  };
}

export function openPreset(preset: Preset): LabState {
  return { past: [], draft: draftOf(preset), future: [], typing: null };
}

export function reduce(state: LabState, action: Action): LabState {
  const { past, draft, future } = state;
  switch (action.type) {
    case 'undo': {
      const previous = past.at(-1);
      if (!previous) return state;
      return { past: past.slice(0, -1), draft: previous, future: [draft, ...future], typing: null };
    }
    case 'redo': {
      const [next, ...rest] = future;
      if (!next) return state;
      return { past: [...past, draft], draft: next, future: rest, typing: null };
    }
    case 'pause':
      return { ...state, typing: null };
    default: {
      const edited = applyEdit(draft, action);
      if (edited === draft) return state;
      const typing = typingIn(action);
      // Typing on in the same field adds nothing to the history: undo takes the field back to where it was.
      const goesOn = typing !== null && typing === state.typing;
      return {
        past: goesOn ? past : [...past, draft].slice(-historyLimit),
        draft: edited,
        future: [],
        typing,
      };
    }
  }
}

function typingIn(edit: Edit): string | null {
  switch (edit.type) {
    case 'instruction':
    case 'query':
    case 'shots':
    case 'labels':
      return edit.type;
    case 'text':
      return edit.text === null ? null : edit.type;
    case 'open':
      return edit.typing ?? null;
    case 'template':
      return `template ${edit.field}`;
    case 'demonstration':
      return `demonstration ${edit.index} ${edit.field}`;
    default:
      return null;
  }
}

function applyEdit(draft: Draft, edit: Edit): Draft {
  const { task } = draft;
  const { demonstrations } = task;
  switch (edit.type) {
    case 'preset':
      return draftOf(edit.preset);
    case 'instruction':
      return { ...draft, task: { ...task, instruction: edit.text } };
    case 'query':
      // What was appended answered the old query.
      return { ...draft, query: edit.text, appended: [] };
    case 'template':
      return {
        ...draft,
        task: { ...task, template: { ...task.template, [edit.field]: edit.text } },
      };
    case 'format':
      return { ...draft, task: { ...task, template: edit.template } };
    case 'demonstration':
      return withDemonstrations(
        draft,
        demonstrations.map((demonstration, index) =>
          index === edit.index ? { ...demonstration, [edit.field]: edit.text } : demonstration,
        ),
      );
    case 'add':
      return inserted(draft, demonstrations.length, [{ input: '', output: '' }]);
    case 'insert':
      return inserted(draft, edit.at, edit.demonstrations, edit.replaces);
    case 'duplicate': {
      const row = demonstrations[edit.index];
      return row ? inserted(draft, edit.index + 1, [row]) : draft;
    }
    case 'exclude': {
      const row = demonstrations[edit.index];
      if (!row || (row.excluded ?? false) === edit.excluded) return draft;
      const { input, output } = row;
      const changed: Row = edit.excluded ? { input, output, excluded: true } : { input, output };
      return withDemonstrations(draft, demonstrations.with(edit.index, changed));
    }
    case 'remove':
      if (!demonstrations[edit.index]) return draft;
      return withDemonstrations(
        draft,
        demonstrations.filter((_, index) => index !== edit.index),
      );
    case 'move': {
      const { from, to } = edit;
      const moved = demonstrations[from];
      if (!moved || from === to || to < 0 || to >= demonstrations.length) return draft;
      const rest = demonstrations.filter((_, index) => index !== from);
      return withDemonstrations(draft, [...rest.slice(0, to), moved, ...rest.slice(to)]);
    }
    case 'order': {
      const moved = edit.order.flatMap((index) => demonstrations[index] ?? []);
      const all = new Set(edit.order).size === demonstrations.length;
      if (!all || moved.length !== demonstrations.length) return draft;
      if (moved.every((row, index) => row === demonstrations[index])) return draft;
      return withDemonstrations(draft, moved);
    }
    case 'labels': {
      const { labels: _, ...unlabelled } = task;
      return { ...draft, task: edit.labels ? { ...task, labels: [...edit.labels] } : unlabelled };
    }
    case 'text':
      return edit.text === draft.text ? draft : { ...draft, text: edit.text, appended: [] };
    case 'chat':
      return edit.chat === draft.chat ? draft : { ...draft, chat: edit.chat, appended: [] };
    case 'open':
      return edit.draft;
    case 'shots': {
      const shots = Math.max(0, Math.min(Math.round(edit.shots), included(demonstrations).length));
      return shots === draft.shots ? draft : { ...draft, shots };
    }
    case 'append':
      return edit.text === '' ? draft : { ...draft, appended: [...draft.appended, edit.text] };
    case 'unappend':
      return draft.appended.length === 0
        ? draft
        : { ...draft, appended: draft.appended.slice(0, -1) };
    case 'clear-appended':
      return draft.appended.length === 0 ? draft : { ...draft, appended: [] };
  }
}

/** The demonstrations that a prompt may show. */
export function included(rows: readonly Row[]): Demonstration[] {
  return rows.filter(({ excluded }) => !excluded).map(({ input, output }) => ({ input, output }));
}

function inserted(draft: Draft, at: number, rows: readonly Row[], replaces = 0): Draft {
  if (rows.length === 0) return draft;
  const { demonstrations } = draft.task;
  const after = withDemonstrations(draft, [
    ...demonstrations.slice(0, at),
    ...rows,
    ...demonstrations.slice(at + replaces),
  ]);
  // Someone who uses all of them wants the new ones used, too.
  return draft.shots === included(demonstrations).length
    ? { ...after, shots: included(after.task.demonstrations).length }
    : after;
}

function withDemonstrations(draft: Draft, demonstrations: readonly Row[]): Draft {
  return {
    ...draft,
    task: { ...draft.task, demonstrations },
    shots: Math.min(draft.shots, included(demonstrations).length),
  };
}
