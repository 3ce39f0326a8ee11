import {
  applyFix,
  type Candidate,
  type Change,
  type LintCode,
  lint,
  type TaskPlace,
  type Template,
} from 'shotglass';
import { answersOf } from '../app/answers.ts';
import type { Work } from '../app/job.ts';
import type { LabModel } from '../app/lab-model.ts';
import type { Asked } from '../app/prompt.ts';
import { counts, type Draft, type Row } from '../app/state.ts';

/** Where something is wrong, for the reader: which part of the draft, and the text that shows it. */
export interface LabPlace {
  part:
    | { kind: 'instruction' | 'query' | 'text' }
    | { kind: 'template'; field: keyof Template }
    | { kind: 'input' | 'output'; row: number };
  excerpt: string;
}

/** A finding about the draft, with the draft as it would be without it. */
export interface LabFinding {
  code: LintCode;
  places: LabPlace[];
  fixed: Draft | null;
}

/** What the white space of a draft does wrong; `asked` is what it asks for, as raw text. */
export function findingsOf(draft: Draft, asked: Asked): LabFinding[] {
  const found = draft.text === null ? ofTask(draft, asked) : ofText(draft, draft.text);
  // What was appended stands behind the end that the finding is about.
  return draft.appended.length === 0
    ? found
    : found.filter(({ code }) => code !== 'trailing-space');
}

function ofText(draft: Draft, text: string): LabFinding[] {
  return lint(text).map(({ code, where, fix }) => ({
    code,
    places: where.map(({ start, end }) => ({
      part: { kind: 'text' },
      excerpt: cut(text, start, end),
    })),
    fixed: fix && { ...draft, text: applyFix(text, fix) },
  }));
}

function ofTask(draft: Draft, { task, query, shots }: Asked): LabFinding[] {
  const { demonstrations } = draft.task;
  // From the place among the demonstrations that count to the row of the table.
  const rowOf = demonstrations.flatMap((row, index) => (counts(row) ? [index] : []));
  // A chat template is the model's own and no part of the draft.
  const isOurs = (place: TaskPlace) => !draft.chat || !(place.field in task.template);
  return lint(task, { query, shots })
    .filter(({ where, fix }) => [...where, ...(fix ?? [])].every(isOurs))
    .map(({ code, where, fix }) => ({
      code,
      places: where.map((place) => placeOf(place, code, { ...draft, query }, rowOf)),
      fixed: fix && fixed(draft, fix, rowOf),
    }));
}

function placeOf(
  place: TaskPlace,
  code: LintCode,
  { task, query }: Draft,
  rowOf: readonly number[],
): LabPlace {
  if ('demonstration' in place) {
    const row = rowOf[place.demonstration] ?? 0;
    const text = task.demonstrations[row]?.[place.field] ?? '';
    return { part: { kind: place.field, row }, excerpt: excerpt(text, code) };
  }
  const { field } = place;
  if (field === 'instruction' || field === 'query') {
    const text = field === 'query' ? query : task.instruction;
    return { part: { kind: field }, excerpt: excerpt(text, code) };
  }
  return { part: { kind: 'template', field }, excerpt: excerpt(task.template[field], code) };
}

function fixed(draft: Draft, fix: readonly Change<TaskPlace>[], rowOf: readonly number[]): Draft {
  const inRows = fix.map((change) =>
    'demonstration' in change
      ? { ...change, demonstration: rowOf[change.demonstration] ?? 0 }
      : change,
  );
  const before = {
    ...draft.task,
    demonstrations: [...draft.task.demonstrations],
    query: draft.query,
  };
  const { query = '', demonstrations, ...task } = applyFix(before, inRows);
  const rows: readonly Row[] = demonstrations;
  return { ...draft, task: { ...task, demonstrations: rows }, query };
}

/** Enough to know the place by. */
const around = 12;

/** What a finding is about, where that can be pointed at; else it is the end of the part. */
const subjects: Partial<Record<LintCode, RegExp>> = {
  'double-space': /^ +| {2,}| +$/,
  'separator-inside': /\n+/,
  'carriage-return': /\r\n?/,
  tab: /\t+/,
  'odd-space': /[\u00a0\u1680\u2000-\u200b\u202f\u205f\u2028\u2029\u2060\ufeff\v\f\u0085]+/,
};

function excerpt(text: string, code: LintCode): string {
  const match = subjects[code]?.exec(text);
  return match
    ? cut(text, match.index, match.index + match[0].length)
    : cut(text, text.length, text.length);
}

/** A range with a little of what stands around it. Never half of a surrogate pair. */
function cut(text: string, start: number, end: number): string {
  const before = [...text.slice(0, start)];
  const after = [...text.slice(end)];
  const inside = [...text.slice(start, end)];
  const clip = (characters: string[], from: number, to?: number) =>
    characters.slice(from, to).join('');
  return [
    before.length > around ? '…' : '',
    clip(before, -around),
    clip(inside, 0, around),
    clip(after, 0, around),
    after.length > around ? '…' : '',
  ].join('');
}

/** The token that comes next, as the prompt is and as it would be. */
export interface Effect {
  before: Candidate;
  after: Candidate;
}

export type Effects = ReadonlyMap<LintCode, Effect>;

/** What each fix would do to the answer. */
export function effects(
  model: Pick<LabModel, 'predict' | 'concurrency'>,
  text: string,
  fixes: readonly { code: LintCode; text: string }[],
): Work<Effects> {
  return async function* ({ signal }) {
    const top = async (prompt: string) => {
      const { candidates } = await model.predict(prompt, { topK: 1, signal });
      return candidates[0];
    };
    const found = new Map<LintCode, Effect>();
    const before = await top(text);
    const asked = async ({ code, text }: (typeof fixes)[number]) =>
      [code, await top(text)] as const;
    for await (const [code, after] of answersOf(model, fixes, asked)) {
      if (before && after) found.set(code, { before, after });
      yield new Map(found);
    }
  };
}
