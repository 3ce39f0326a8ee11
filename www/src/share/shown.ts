/** What the page shows, as plain data: all that a copy, a file or a picture is made from. */
import type { Classification } from 'shotglass';
import { renderPrompt } from 'shotglass';
import type { LabPrediction } from '../app/lab-model.ts';
import { type Asked, askedOf } from '../app/prompt.ts';
import type { Settings } from '../app/settings.ts';
import type { Draft } from '../app/state.ts';
import type { RecordedModel } from './receipt.ts';

export interface Shown {
  draft: Draft;
  settings: Settings;
  /** The exact text that the model is given. */
  prompt: string;
  model: RecordedModel | null;
  /** Of that prompt; null while it is not known. */
  prediction: LabPrediction | null;
  classification: Classification | null;
  /** Version of the package. */
  version: string;
}

/** A text to copy or to save. */
export interface TextFile {
  name: string;
  type: string;
  text: string;
}

/**
 * What is asked, as a task that renders to the exact prompt, and what stands behind what it renders to: tokens that
 * were appended. Where no task renders to it (a conversation), the prompt is the query of a task without a template.
 */
export function exactly({ draft, prompt }: Pick<Shown, 'draft' | 'prompt'>): {
  asked: Asked;
  appended: string;
} {
  const asked = askedOf(draft);
  const { text } = renderPrompt(asked.task, { shots: asked.shots, query: asked.query });
  if (prompt.startsWith(text)) return { asked, appended: prompt.slice(text.length) };
  return { asked: asOneText(draft, prompt), appended: '' };
}

/** A prompt as the query of a task that has nothing else. */
export function asOneText(draft: Draft, prompt: string): Asked {
  return askedOf({ ...draft, text: prompt, chat: false });
}

/** The same with nothing behind it: what was appended is made a part of the query. */
export function wholly(shown: Pick<Shown, 'draft' | 'prompt'>): Asked {
  const { asked, appended } = exactly(shown);
  return appended === '' ? asked : asOneText(shown.draft, shown.prompt);
}

/** To six significant digits. */
export function sixDigits(value: number): string {
  return String(Number(value.toPrecision(6)));
}
