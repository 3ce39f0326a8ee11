import type { Prompt, Span, Task, Template } from 'shotglass';
import { renderPrompt } from 'shotglass';
import { type ChatTemplate, chatProblem, chatTask, instructionRange } from './chat.ts';
import { labelsOf } from './own-task.ts';
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

/** A draft that is put as a conversation needs the chat template of the model; until that is there it is raw text. */
export function askedOf(draft: Draft, chat: ChatTemplate | null = null): Asked {
  const { query, shots, text } = draft;
  const task = inChat(draft, chat) ?? taskOf(draft);
  if (text === null) return { task, query: task.query ?? query, shots };
  // Free text is a query without anything around it; labels follow it as they would follow the task.
  const { outputSeparator } = task.template;
  const template = { ...bare, outputSeparator };
  const free = { ...task, instruction: '', template, demonstrations: [] };
  return { task: free, query: text, shots: 0 };
}

export function promptOf(draft: Draft, chat: ChatTemplate | null = null): LabPrompt {
  const { task, query, shots } = askedOf(draft, chat);
  const { text, spans: rendered }: Prompt = renderPrompt(task, { shots, query });
  const isChat = chat !== null && draft.text === null && inChat(draft, chat) !== null;
  const spans = isChat ? inTurn(rendered, instructionRange(taskOf(draft), chat)) : rendered;
  const appended = draft.appended.join('');
  if (appended === '') return { text, spans };
  const end = text.length + appended.length;
  return {
    text: text + appended,
    spans: [...spans, { role: 'appended', start: text.length, end, demonstration: null }],
  };
}

function taskOf(draft: Draft): Task {
  const { task, query } = draft;
  const labels = labelsOf(draft);
  return {
    ...task,
    demonstrations: included(task.demonstrations),
    query,
    ...(labels && { labels: [...labels] }),
  };
}

/** The draft's task as a conversation, where it is to be one and can be. */
function inChat(draft: Draft, chat: ChatTemplate | null): Task | null {
  const task = taskOf(draft);
  if (!draft.chat || chat === null || chatProblem(task, chat)) return null;
  return chatTask(task, chat);
}

/** Of the turn that opens a conversation only the reader's own words are the instruction. */
function inTurn(spans: readonly Span[], own: { start: number; end: number }): Span[] {
  const parts = spans.flatMap((span): Span[] => {
    if (span.role !== 'instruction') return [span];
    const cut = (role: Span['role'], start: number, end: number) => ({ ...span, role, start, end });
    return [
      cut('template', span.start, own.start),
      cut('instruction', own.start, own.end),
      cut('template', own.end, span.end),
    ].filter(({ start, end }) => start < end);
  });
  const joined: Span[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    const goesOn = last?.role === part.role && last.demonstration === part.demonstration;
    if (last && goesOn) joined[joined.length - 1] = { ...last, end: part.end };
    else joined.push(part);
  }
  return joined;
}
