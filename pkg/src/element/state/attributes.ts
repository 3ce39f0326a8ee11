/** What an author can write on the tag, and what is said where it is something else. */

import { defaultModel } from '../../files/default-model.js';
import { hubUrl, isOnHub } from '../../files/hub.js';
import type { PresetId } from '../../presets/preset.js';
import { templates } from '../../presets/templates.js';
import { type Task, type Template, templateParts } from '../../prompt/task.js';
import { addresses } from '../../records/addresses.js';
import { MAX_ENTRIES } from '../../snapshot/limits.js';
import type { ModelName } from '../live/shared-model.js';
import type { Strings } from '../strings/index.js';
import { type View, viewNamed, views } from './view.js';

/** The attributes that the element reacts to. */
export const attributeNames = [
  'view',
  'shots',
  'preset',
  'template',
  'labels',
  'task',
  'answer',
  'model',
  'model-sha256',
  'snapshot',
  'editable',
  'autoload',
  'lang',
] as const;

/** An element, as far as its attributes go. */
export type Attributed = Pick<Element, 'getAttribute'>;

/** What was written, checked; null where nothing was, or nothing that is known. */
export interface Declared {
  view: View | null;
  shots: number | null;
  preset: PresetId | null;
  template: Template | null;
  labels: string[] | null;
  task: Task | null;
  /** The right output for the query. */
  answer: string | null;
  /** Its address is absolute. */
  model: ModelName;
  /** Absolute. */
  snapshot: string | null;
  /** A sentence for each value that is not known. */
  problems: string[];
}

/** Reads the attributes. What is wrong costs a sentence, and the rest goes on with the default. */
export function readAttributes(element: Attributed, base: string, strings: Strings): Declared {
  const problems: string[] = [];
  const read = <Value>(
    name: string,
    parse: (text: string) => Value | null,
    allowed: string,
  ): Value | null => {
    const text = textOf(element, name);
    if (text === '') return null;
    const value = parse(text);
    if (value === null) problems.push(strings.unknownValue(name, short(text), allowed));
    return value;
  };
  return {
    view: read('view', viewNamed, strings.or(views)),
    shots: read('shots', shotsOf, strings.wholeNumber),
    preset: read('preset', presetNamed, strings.or(Object.keys(addresses))),
    template: read(
      'template',
      (text) => (Object.hasOwn(templates, text) ? (templates[text] ?? null) : templateOf(text)),
      strings.templateForm(Object.keys(templates).join(', ')),
    ),
    labels: read('labels', labelsOf, strings.labelsForm),
    task: read('task', taskOf, strings.taskForm),
    answer: element.getAttribute('answer') || null,
    model: {
      ...(read('model', (text) => modelOf(text, base), strings.address) ?? defaultName),
      sha256: read(
        'model-sha256',
        (text) => (/^[0-9a-f]{64}$/i.test(text) ? text.toLowerCase() : null),
        strings.hexDigits,
      ),
    },
    snapshot: read('snapshot', (text) => addressOf(text, base), strings.snapshotAddress),
    problems,
  };
}

/** What was written; '' where nothing was. */
export function textOf(element: Attributed, name: string): string {
  return element.getAttribute(name)?.trim() ?? '';
}

/**
 * Whether an attribute without a value is there. The word `false`, which some frameworks write, counts
 * as its absence: nobody who writes `autoload="false"` wants a download.
 */
export function isOn(element: Attributed, name: string): boolean {
  const text = element.getAttribute(name);
  return text !== null && text.trim().toLowerCase() !== 'false';
}

/** JSON of a task; null if it is none. */
export function taskOf(json: string): Task | null {
  return checkedTask(parsed(json));
}

/** A value of unknown origin as a task; null if it is none. The instruction may be left out. */
export function checkedTask(value: unknown): Task | null {
  return isTask(value) ? { ...value, instruction: value.instruction ?? '' } : null;
}

/** Whether a value has all that a prompt is rendered from. */
function isTask(value: unknown): value is Task {
  const task = Object(value) as Partial<Record<keyof Task, unknown>>;
  return (
    isOptional(task.instruction) &&
    isOptional(task.query) &&
    isTemplate(task.template) &&
    Array.isArray(task.demonstrations) &&
    task.demonstrations.every((pair) => isText(pair?.input) && isText(pair?.output)) &&
    (task.labels === undefined || (Array.isArray(task.labels) && task.labels.every(isText)))
  );
}

function isTemplate(value: unknown): value is Template {
  return templateParts.every((part) => isText((Object(value) as Partial<Template>)[part]));
}

function templateOf(json: string): Template | null {
  const template = parsed(json);
  return isTemplate(template) ? template : null;
}

/** Between commas, or as a JSON array where a label has a comma in it. */
function labelsOf(text: string): string[] | null {
  const given = text.startsWith('[') ? parsed(text) : text.split(',').map((name) => name.trim());
  if (!Array.isArray(given) || !given.every((name) => isText(name) && name !== '')) return null;
  const { size } = new Set(given);
  return size > 1 && size === given.length && size <= MAX_ENTRIES ? given : null;
}
function presetNamed(text: string): PresetId | null {
  return Object.hasOwn(addresses, text) ? (text as PresetId) : null;
}

/** A whole number, 0 or more; null if it is none. */
export function shotsOf(text: string): number | null {
  return /^\d{1,9}$/.test(text) ? Number(text) : null;
}

type Named = Pick<ModelName, 'id' | 'url'>;
const defaultName: Named = { id: null, url: null };

/** A word without a slash is an id, unless it ends as files do. */
function modelOf(text: string, base: string): Named | null {
  if (text === defaultModel.id) return defaultName;
  if (/^[\w-][\w.-]*$/.test(text) && !/\.gguf$/i.test(text)) return { id: text, url: null };
  const url = isOnHub(text) ? hubUrlOf(text) : addressOf(text, base);
  return url === null ? null : { id: null, url };
}

function hubUrlOf(text: string): string | null {
  try {
    return hubUrl(text);
  } catch {
    return null;
  }
}

function addressOf(text: string, base: string): string | null {
  try {
    const url = new URL(text, base);
    return /^(https?|blob|data):$/.test(url.protocol) ? url.href : null;
  } catch {
    return null;
  }
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isOptional(value: unknown): boolean {
  return value === undefined || isText(value);
}

function short(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
