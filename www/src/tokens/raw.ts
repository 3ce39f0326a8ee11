import {
  type Demonstration,
  type ParsedPrompt,
  parsePrompt,
  ShotglassError,
  type Template,
} from 'shotglass';
import type { Asked } from '../app/prompt.ts';
import { counts, type Draft, type Row } from '../app/state.ts';

/**
 * The draft whose prompt is this text: with the table changed where the template gives the text, else as free text.
 * `asked` is what the table asks for, and `render` makes the prompt of a draft.
 */
export function written(
  draft: Draft,
  asked: Asked,
  render: (draft: Draft) => string,
  text: string,
): Draft {
  const { task, query, shots } = asked;
  const shown = task.demonstrations.slice(0, shots);
  const parsed = parse(task.template, text, {
    instruction: task.instruction,
    demonstrations: shown,
    query,
    appended: draft.appended.join(''),
  });
  if (parsed) {
    const changed: Draft = {
      ...draft,
      text: null,
      task: {
        ...draft.task,
        // A part that is as it was stays as the reader wrote it, whatever a chat template makes of it.
        instruction:
          parsed.instruction === task.instruction ? draft.task.instruction : parsed.instruction,
        demonstrations: rewritten(draft.task.demonstrations, shown, parsed.demonstrations),
      },
      query: parsed.query === query ? draft.query : parsed.query,
      shots: parsed.demonstrations.length,
      appended: appendedOf(draft, parsed.appended),
    };
    // What the reader sees must be what was written, so it is checked and not argued.
    if (render(changed) === text) return changed;
  }
  return { ...draft, text, appended: [] };
}

function parse(
  template: Template,
  text: string,
  hint: NonNullable<Parameters<typeof parsePrompt>[2]>,
): ParsedPrompt | null {
  try {
    return parsePrompt(template, text, hint);
  } catch (error) {
    // Half a character: a text that the model cannot read, either, and the answer says so.
    if (error instanceof ShotglassError) return null;
    throw error;
  }
}

function appendedOf({ appended }: Draft, text: string): readonly string[] {
  if (text === appended.join('')) return appended;
  return text === '' ? [] : [text];
}

/**
 * The table with other demonstrations in the place of the shown ones. Those that do not count, and those beyond the shots,
 * stay where they are; so do those at either end that are as they were.
 */
export function rewritten(
  rows: readonly Row[],
  shown: readonly Demonstration[],
  now: readonly Demonstration[],
): readonly Row[] {
  const head = alike(shown, now);
  const tail = Math.min(
    alike(shown.toReversed(), now.toReversed()),
    Math.min(shown.length, now.length) - head,
  );
  const between = now.slice(head, now.length - tail);
  if (between.length === 0 && shown.length === now.length) return rows;

  const all: Row[] = [];
  const last = shown.length - tail;
  let ordinal = 0;
  const placeRest = () => {
    if (ordinal === last) all.push(...between.splice(0));
  };
  for (const row of rows) {
    if (!counts(row)) {
      all.push(row);
      continue;
    }
    // Before the first, and else behind the last that is not at the end.
    if (ordinal === 0) placeRest();
    if (ordinal >= shown.length || ordinal < head || ordinal >= last) all.push(row);
    else all.push(...between.splice(0, 1));
    ordinal++;
    placeRest();
  }
  all.push(...between);
  return all;
}

/** How many stand alike at the beginning of both. */
function alike(a: readonly Demonstration[], b: readonly Demonstration[]): number {
  const differs = a.findIndex(
    ({ input, output }, at) => input !== b[at]?.input || output !== b[at]?.output,
  );
  return differs === -1 ? a.length : differs;
}
