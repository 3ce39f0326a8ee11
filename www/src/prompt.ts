import type { Prompt, Span } from 'shotglass';
import { renderPrompt } from 'shotglass';
import type { Draft } from './state.ts';

/** A span of the lab's prompt: one of the package's, or what the reader appended after the query. */
export type LabSpan = Omit<Span, 'role'> & { role: Span['role'] | 'appended' };
export type Role = LabSpan['role'];

export interface LabPrompt {
  text: string;
  spans: LabSpan[];
}

export function promptOf(draft: Draft): LabPrompt {
  const { text, spans }: Prompt = renderPrompt(draft.task, {
    shots: draft.shots,
    query: draft.query,
  });
  const appended = draft.appended.join('');
  if (appended === '') return { text, spans };
  const end = text.length + appended.length;
  return {
    text: text + appended,
    spans: [...spans, { role: 'appended', start: text.length, end, demonstration: null }],
  };
}
