import type { Demonstration, Task, Template } from 'shotglass';
import { questionAnswer } from 'shotglass/presets';
import type { Preset } from '../presets/preset.ts';

/** A row of the table. An excluded one stays there, and out of the prompt; so does one whose output is still empty. */
export interface Row extends Demonstration {
  excluded?: true;
}

/** What the reader is working on: all that a prompt is made from. */
export interface Draft {
  /** The preset that the work began with; null where it began with an empty table. */
  preset: Preset['id'] | null;
  /** What the reader calls a task of their own; empty where they have not said. */
  name: string;
  /** Under what it is kept in this browser, beside the reader's other tasks; null where it is not. */
  id: string | null;
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
  | { type: 'new'; id: string }
  | { type: 'name'; text: string; id: string | null }
  | { type: 'instruction'; text: string }
  | { type: 'query'; text: string }
  | { type: 'template'; field: keyof Template; text: string }
  | { type: 'format'; template: Template }
  | { type: 'demonstration'; index: number; field: keyof Demonstration; text: string }
  /** An empty row, which goes into the prompt when its output is filled. */
  | { type: 'add'; at: number }
  /** `replaces`: how many rows, from that place on, give way to them. */
  | { type: 'insert'; at: number; demonstrations: readonly Row[]; replaces?: number }
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
/** How many rows at most go into the prompt by themselves when many are brought at once: it is run after each edit. */
const mostAtOnce = 16;

export function draftOf(preset: Preset): Draft {
  const { query = '', ...task } = preset.task;
  return {
    preset: preset.id,
    name: '',
    id: null,
    task,
    query,
    shots: preset.shots,
    text: null,
    chat: false,
    appended: [],
  };
}

/** A task that begins with one empty row. */
export function emptyDraft(id: string | null = null): Draft {
  return {
    preset: null,
    name: '',
    id,
    task: { instruction: '', template: questionAnswer, demonstrations: [emptyRow] },
    query: '',
    shots: 0,
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
    case 'name':
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
    case 'new':
      return emptyDraft(edit.id);
    case 'name':
      if (edit.text === draft.name && edit.id === draft.id) return draft;
      return { ...draft, name: edit.text, id: edit.id };
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
    case 'demonstration': {
      const row = demonstrations[edit.index];
      return row ? replaced(draft, edit.index, { ...row, [edit.field]: edit.text }) : draft;
    }
    case 'add': {
      const after = inserted(draft, edit.at, [emptyRow]);
      // Below rows that are not in the prompt, the slider comes to meet it.
      return { ...after, shots: Math.max(draft.shots, countedBefore(demonstrations, edit.at)) };
    }
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

/** Whether a prompt may show a row. */
export function counts({ output, excluded }: Row): boolean {
  return !excluded && output !== '';
}

/** The demonstrations that a prompt may show. */
export function included(rows: readonly Row[]): Demonstration[] {
  return rows.filter(counts).map(({ input, output }) => ({ input, output }));
}

/** Which rows the prompt shows: the first so many that count. */
export function shownFlags(rows: readonly Row[], shots: number): boolean[] {
  let left = shots;
  return rows.map((row) => counts(row) && left-- > 0);
}

export function isEmptyRow({ input, output }: Row): boolean {
  return input === '' && output === '';
}

/** The place in the table behind the last row that the prompt shows. */
export function endOfShown(rows: readonly Row[], shots: number): number {
  return shownFlags(rows, shots).lastIndexOf(true) + 1;
}

const emptyRow: Row = { input: '', output: '' };

function countedBefore(rows: readonly Row[], at: number): number {
  return rows.slice(0, at).filter(counts).length;
}

/** A row that comes to count among those that are shown is shown, and one that no longer counts leaves its place empty. */
function replaced(draft: Draft, index: number, row: Row): Draft {
  const { demonstrations } = draft.task;
  const before = demonstrations[index];
  const after = withDemonstrations(draft, demonstrations.with(index, row));
  const change = Number(counts(row)) - Number(before !== undefined && counts(before));
  const above = countedBefore(demonstrations, index);
  const isShown = change > 0 ? above <= draft.shots : above < draft.shots;
  return isShown ? { ...after, shots: draft.shots + change } : after;
}

function inserted(draft: Draft, at: number, rows: readonly Row[], replaces = 0): Draft {
  if (rows.length === 0) return draft;
  const { demonstrations } = draft.task;
  const after = withDemonstrations(draft, [
    ...demonstrations.slice(0, at),
    ...rows,
    ...demonstrations.slice(at + replaces),
  ]);
  // Rows that come among those that are shown, or right behind them, are shown, too.
  if (countedBefore(demonstrations, at) > draft.shots) return after;
  const shown = endOfShown(demonstrations, draft.shots);
  const gone = demonstrations.slice(at, Math.min(at + replaces, shown)).filter(counts).length;
  const shots = draft.shots - gone + rows.filter(counts).length;
  return {
    ...after,
    shots: rows.length === 1 ? shots : Math.min(shots, Math.max(draft.shots, mostAtOnce)),
  };
}

function withDemonstrations(draft: Draft, demonstrations: readonly Row[]): Draft {
  return {
    ...draft,
    task: { ...draft.task, demonstrations },
    shots: Math.min(draft.shots, included(demonstrations).length),
  };
}
