/** Whether the table of an element says what the model says. */
import { classify, taskLabels } from '../classify.js';
import { ShotglassError } from '../errors.js';
import { formatCount, formatProbability } from '../format-numbers.js';
import { tokenLabel } from '../format-visible.js';
import type { Model } from '../model.js';
import { presets } from '../presets/index.js';
import { arrow, questionAnswer, review } from '../presets/templates.js';
import { renderPrompt } from '../prompt.js';
import { parseTask } from '../snapshot-parse.js';
import { takeSnapshot } from '../snapshot-take.js';
import type { Task, Template } from '../task.js';
import { parseJson } from './asked.js';
import type { FoundElement, FoundRow, FoundTable } from './find-elements.js';

/** What came of an element. */
export interface ElementCheck {
  figures: number;
  messages: string[];
}

/** Asks again for everything that the element shows. */
export async function checkElement(
  model: Model,
  element: FoundElement,
  { tolerance, signal }: { tolerance: number; signal: AbortSignal },
): Promise<ElementCheck> {
  const table = element.table as FoundTable;
  const other = otherModel(table, model.info.sha256);
  if (other !== null) return { figures: 1, messages: [other] };
  const task = taskOf(element);
  const shots = Number(element.attributes.get('shots') ?? task.demonstrations.length);
  const prompt = renderPrompt(task, { shots });
  const messages: string[] = [];
  const { rows, text } = table;
  const compare = (row: FoundRow, fresh: number | null) => {
    const message = moved(row, fresh, tolerance);
    if (message !== null) messages.push(message);
  };

  if (rows.some(({ isCode }) => isCode)) {
    const tokens = rows.filter(({ isCode }) => isCode);
    const { candidates, rest } = await model.predict(prompt, { topK: tokens.length + 50, signal });
    const now = new Map(candidates.map(({ bytes, p }) => [tokenLabel(bytes), p]));
    for (const row of tokens) compare(row, now.get(sameMarks(row.name)) ?? null);
    const listed = tokens.map((row) => now.get(sameMarks(row.name)) ?? 0);
    const others = candidates.length + rest.count - tokens.length;
    for (const row of rows.filter(({ isCode }) => !isCode)) {
      const count = Number(/^[\d,]+/.exec(row.name)?.[0].replaceAll(',', '') ?? Number.NaN);
      if (count !== others) {
        messages.push(`'${row.name}': there are ${formatCount(others)} other tokens.`);
      }
      compare(row, 1 - listed.reduce((sum, p) => sum + p, 0));
    }
  } else if (rows.length > 0) {
    const { labels, mass } = await classify(model, prompt, taskLabels(task), { signal });
    const now = new Map(labels.map(({ label, p }) => [label, p]));
    for (const [i, row] of rows.entries()) {
      compare(row, now.get(row.name) ?? (i === rows.length - 1 ? mass : null));
    }
  }
  if (text !== null) {
    const snapshot = await takeSnapshot(model, task, { shots, topK: 1, signal });
    const fresh = (snapshot.results[0]?.text ?? []).map((token) => token.text).join('');
    if (fresh.trim() !== text.trim()) {
      messages.push(`The text was “${text.trim()}” and is “${fresh.trim()}”.`);
    }
  }
  return { figures: rows.length + (text === null ? 0 : 1), messages };
}

function otherModel({ caption }: FoundTable, sha256: string): string | null {
  const recorded = /\bsha-?256 ([0-9a-f]{6,64})/i.exec(caption)?.[1]?.toLowerCase();
  if (recorded === undefined || sha256.startsWith(recorded)) return null;
  return `It is of another model: recorded is sha256 ${recorded.slice(0, 8)}…, and asked was ${sha256.slice(0, 8)}….`;
}

/** A difference, with as many digits as the page itself has. */
function moved(row: FoundRow, fresh: number | null, tolerance: number): string | null {
  if (fresh === null)
    return `'${row.name}' was ${row.shown} and is not among the most probable now.`;
  if (row.value === null) {
    const shown = formatProbability(fresh);
    return row.shown.replaceAll(/\s/g, '') === shown.replaceAll(/\s/g, '')
      ? null
      : `'${row.name}' was ${row.shown} and is ${shown}.`;
  }
  if (Math.abs(row.value - fresh) <= tolerance) return null;
  const [before, now] = [formatProbability(row.value), formatProbability(fresh)];
  return before === now
    ? `'${row.name}' was ${row.value} and is ${fresh.toPrecision(6)}.`
    : `'${row.name}' was ${before} and is ${now}.`;
}

/** Pages may write the control pictures in place of our marks. */
function sameMarks(name: string): string {
  return name.replaceAll('␠', '␣').replaceAll('⏎', '↵');
}

const templates: Readonly<Record<string, Template>> = { questionAnswer, review, arrow };

/** The task of an element: what stands in it, over what its attributes name. */
function taskOf({ attributes, instruction, list }: FoundElement): Task {
  const json = attributes.get('task');
  if (json !== undefined) return parseTask(parseJson(json, 'The attribute task'));
  const id = attributes.get('preset');
  const preset = presets.find((one) => one.id === id)?.task;
  if (id !== undefined && !preset) {
    throw new ShotglassError('invalid-option', `There is no preset '${id}'.`);
  }
  const name = attributes.get('template') ?? 'questionAnswer';
  const template =
    preset && !attributes.has('template')
      ? preset.template
      : (templates[name] ?? parseJson(name, 'The attribute template'));
  const labels = attributes
    .get('labels')
    ?.split(',')
    .map((label) => label.trim());
  return parseTask(
    {
      instruction: instruction ?? preset?.instruction ?? '',
      template,
      demonstrations: list?.demonstrations ?? preset?.demonstrations ?? [],
      labels: labels ?? preset?.labels,
      query: list?.query ?? preset?.query,
    },
    'task',
  );
}
