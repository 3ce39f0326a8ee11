/** A draft as JSON, whole or as what it changes in its preset, and back again. */
import { type Template, templateParts } from 'shotglass';
import { type Draft, draftOf, included, type Row } from '../../app/state.ts';
import { presets } from '../../presets/index.ts';
import type { Preset } from '../../presets/preset.ts';
import { fingerprint } from '../../util/fingerprint.ts';
import { type Fields, field, fields, integer, list, text, truth } from './check.ts';
import { Unreadable } from './unreadable.ts';

/** A row as `[input, output]`, an excluded one as `[input, output, 1]`. */
type PackedRow = [string, string] | [string, string, 1];

/**
 * What of a draft is not as in `of`; of no other draft, all of it. Without `labels` they are the outputs; null says
 * so where the preset has some.
 */
export interface PackedDraft {
  /** The preset that it began with; null for none. */
  preset: string | null;
  /** Of the reader's own task, where it has one. */
  name?: string;
  /** Fingerprint of the preset that the rest is the difference from; absent where it is all there. */
  of?: string;
  instruction?: string;
  template?: Partial<Template>;
  demonstrations?: PackedRow[];
  labels?: string[] | null;
  query?: string;
  shots?: number;
  text?: string | null;
  chat?: boolean;
  appended?: string[];
}

/** The longest name of a task that is read. */
export const longestName = 200;

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** All of a draft. */
export function packWhole(draft: Draft): PackedDraft {
  const { preset, name, task, query, shots, text, chat, appended } = draft;
  return {
    preset,
    ...(name !== '' && { name }),
    instruction: task.instruction,
    template: task.template,
    demonstrations: task.demonstrations.map(packedRow),
    labels: task.labels ?? null,
    query,
    shots,
    text,
    chat,
    appended: [...appended],
  };
}

/** What a draft changes in its preset. */
export function packDifference(draft: Draft): PackedDraft {
  const base = presetNamed(draft.preset);
  if (!base) return packWhole(draft);
  const whole = packWhole(draft);
  const before = packWhole(draftOf(base));
  const template = Object.fromEntries(
    templateParts.flatMap((name) => {
      const now = draft.task.template[name];
      return now === before.template?.[name] ? [] : [[name, now]];
    }),
  );
  const changed = Object.entries(whole).filter(
    ([name, value]) => name !== 'template' && !same(value, before[name as keyof PackedDraft]),
  );
  return {
    ...Object.fromEntries(changed),
    ...(Object.keys(template).length > 0 && { template }),
    preset: draft.preset,
    of: fingerprint(JSON.stringify(before)),
  };
}

/** A draft from its packed form; `drifted` where its preset is no longer what it was then. */
export function unpackDraft(value: unknown): { draft: Draft; drifted: boolean } {
  const packed = fields(value, 'draft');
  const id = field(packed, 'preset');
  const preset = id === null ? undefined : presetNamed(text(id, 'draft.preset', 100));
  const of = field(packed, 'of');
  if (of === undefined) return { draft: read(packed, null, preset), drifted: false };
  if (!preset) throw new Unreadable('wrong', 'draft.preset');
  const base = draftOf(preset);
  const drifted = text(of, 'draft.of', 8) !== fingerprint(JSON.stringify(packWhole(base)));
  return { draft: read(packed, base, preset), drifted };
}

function presetNamed(id: string | null): Preset | undefined {
  return presets.find((preset) => preset.id === id);
}

function packedRow({ input, output, excluded }: Row): PackedRow {
  return excluded ? [input, output, 1] : [input, output];
}

/** What is not there is as in `base`; without a base all must be there. */
function read(packed: Fields, base: Draft | null, preset: Preset | undefined): Draft {
  const part = <Value>(name: string, before: Value | undefined, of: (value: unknown) => Value) => {
    const value = field(packed, name);
    if (value === undefined && before !== undefined) return before;
    return of(value);
  };
  const task = base?.task;
  const template = fields(field(packed, 'template') ?? (base ? {} : null), 'draft.template');
  const demonstrations = part('demonstrations', task?.demonstrations, (value) =>
    list(value, 'draft.demonstrations', unpackedRow),
  );
  const most = included(demonstrations).length;
  const name = field(packed, 'name');
  const labels = part('labels', base ? (task?.labels ?? null) : undefined, (value) =>
    value === null ? null : list(value, 'draft.labels', (item, where) => text(item, where), 1000),
  );
  return {
    preset: preset?.id ?? null,
    name: name === undefined ? '' : text(name, 'draft.name', longestName),
    id: null,
    task: {
      instruction: part('instruction', task?.instruction, (value) =>
        text(value, 'draft.instruction'),
      ),
      template: Object.fromEntries(
        templateParts.map((name) => {
          const value = field(template, name) ?? task?.template[name];
          return [name, text(value, `draft.template.${name}`)];
        }),
      ) as unknown as Template,
      demonstrations,
      ...(labels && { labels }),
    },
    query: part('query', base?.query, (value) => text(value, 'draft.query')),
    shots: part('shots', base ? Math.min(base.shots, most) : undefined, (value) =>
      // A row whose output is empty was shown once, and is not any more.
      Math.min(integer(value, 'draft.shots', 0, demonstrations.length), most),
    ),
    text: part('text', base?.text, (value) => (value === null ? null : text(value, 'draft.text'))),
    chat: part('chat', base?.chat, (value) => truth(value, 'draft.chat')),
    appended: part('appended', base?.appended, (value) =>
      list(value, 'draft.appended', (item, where) => text(item, where), 2000),
    ),
  };
}

function unpackedRow(value: unknown, where: string): Row {
  const [input, output, excluded] = list(value, where, (part) => part, 3);
  const row = { input: text(input, `${where}[0]`), output: text(output, `${where}[1]`) };
  if (excluded === undefined) return row;
  integer(excluded, `${where}[2]`, 1, 1);
  return { ...row, excluded: true };
}
