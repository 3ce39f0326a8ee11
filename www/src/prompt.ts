import type { Prompt, Span, Task, Template } from 'shotglass';
import { renderPrompt } from 'shotglass';
import { type Draft, included } from './state.ts';

/** A span of the lab's prompt: one of the package's, or what the reader appended after the query. */
export type LabSpan = Omit<Span, 'role'> & { role: Span['role'] | 'appended' };
export type Role = LabSpan['role'];

export interface LabPrompt {
  text: string;
  spans: LabSpan[];
}

/** What is asked, whichever way it was written: a task, of which the first `shots` demonstrations are shown. */
export interface Asked {
  task: Task;
  query: string;
  shots: number;
}

const bare: Template = {
  instructionSeparator: '',
  inputPrefix: '',
  inputSuffix: '',
  outputPrefix: '',
  outputSeparator: '',
  demonstrationSeparator: '',
};

export function askedOf({ task, query, shots, text }: Draft): Asked {
  if (text === null) {
    return { task: { ...task, demonstrations: included(task.demonstrations) }, query, shots };
  }
  // Free text is a query without anything around it; labels follow it as they would follow the task.
  const { outputSeparator } = task.template;
  const template = { ...bare, outputSeparator };
  const free = { ...task, instruction: '', template, demonstrations: [] };
  return { task: free, query: text, shots: 0 };
}

export function promptOf(draft: Draft): LabPrompt {
  const { task, query, shots } = askedOf(draft);
  const { text, spans }: Prompt = renderPrompt(task, { shots, query });
  const appended = draft.appended.join('');
  if (appended === '') return { text, spans };
  const end = text.length + appended.length;
  return {
    text: text + appended,
    spans: [...spans, { role: 'appended', start: text.length, end, demonstration: null }],
  };
}
