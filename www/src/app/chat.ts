/**
 * A task as a conversation, in the model's own words. The chat template is run once, on a conversation whose contents
 * are marks; what it writes between the marks is the Template of the task. So one thing alone builds prompts, and every
 * experiment works on conversations, too.
 */

import type { Task } from 'shotglass';
import type { ChatMessage, renderChat } from 'shotglass/jinja';

/** Why a model's chat template cannot be a Template; what the engine said, or for how many seconds it was let run. */
export interface ChatProblem {
  kind: 'refuses' | 'irregular' | 'tokens' | 'slow' | 'unfetched';
  detail: string;
}

/** What a chat template writes around the turns of a conversation. */
interface ChatForm {
  /** Before the instruction. */
  before: string;
  /** Between the instruction and what precedes the first question. */
  after: string;
  /** Before every question. */
  question: string;
  /** After every question, and then the model goes on. */
  answer: string;
  /** What more stands before an answer that is given. */
  given: string;
  /** After every answer. */
  end: string;
  /** The roles whose contents lose the white space around them. */
  trimmed: ReadonlySet<string>;
}

/** A chat template, as read from a model's file: with a turn for the instruction, and without. */
export interface ChatTemplate {
  instructed: ChatForm | ChatProblem;
  bare: ChatForm | ChatProblem;
}

type RenderChat = typeof renderChat;
type Render = (messages: readonly ChatMessage[], goesOn: boolean) => string;

/** Whether a template was not read at all, and may be another time. */
export function isUnfetched({ bare }: ChatTemplate): boolean {
  return isProblem(bare) && bare.kind === 'unfetched';
}

/** Runs a template, which takes as long as it likes: for a worker. */
export function chatTemplateOf(source: string, renderChat: RenderChat): ChatTemplate {
  const render: Render = (messages, addGenerationPrompt) =>
    renderChat(source, messages, { addGenerationPrompt, bosToken: token, eosToken: token });
  return { instructed: formOf(render, true), bare: formOf(render, false) };
}

/** What keeps this task from being a conversation; null where nothing does. */
export function chatProblem(task: Task, chat: ChatTemplate): ChatProblem | null {
  const form = formFor(task, chat);
  return isProblem(form) ? form : null;
}

/**
 * The task whose prompt is the conversation: the instruction is the system's turn, each demonstration a turn of the user
 * and one of the assistant, the query the user's last. The task's own template stays inside the user's turns, without
 * the white space at their borders. The task itself where there is a problem.
 */
export function chatTask(task: Task, chat: ChatTemplate): Task {
  const form = formFor(task, chat);
  if (isProblem(form)) return task;
  const { template } = task;
  const head = template.inputPrefix.trimStart();
  const { between, tail } = turnEnd(template.inputSuffix, template.outputPrefix);
  const trims = (role: string) => form.trimmed.has(role);
  const question = (input: string) => {
    if (!trims('user')) return input;
    const begun = head === '' ? input.trimStart() : input;
    return between + tail === '' ? begun.trimEnd() : begun;
  };
  const { before, after } = form;
  return {
    ...task,
    instruction: before + instructionIn(task, form) + after,
    template: {
      instructionSeparator: '',
      inputPrefix: form.question + head,
      inputSuffix: between,
      outputPrefix: tail + form.answer,
      outputSeparator: form.given,
      demonstrationSeparator: form.end,
    },
    demonstrations: task.demonstrations.map(({ input, output }) => ({
      input: question(input),
      output: trims('assistant') ? output.trim() : output,
    })),
    ...(task.query !== undefined && { query: question(task.query) }),
  };
}

/** Where the reader's own words stand in the instruction of `chatTask`. */
export function instructionRange(task: Task, chat: ChatTemplate): { start: number; end: number } {
  const form = formFor(task, chat);
  if (isProblem(form)) return { start: 0, end: task.instruction.length };
  const start = form.before.length;
  return { start, end: start + instructionIn(task, form).length };
}

/** What the template says in the place of an instruction, where there is none: of SmolLM2, who it is. */
export function addedInstruction({ instructed, bare }: ChatTemplate): string {
  if (isProblem(bare)) return '';
  const text = bare.before;
  if (isProblem(instructed)) return text.trim();
  const { before, after } = instructed;
  const isTurn = text.startsWith(before) && text.endsWith(after);
  return (isTurn ? text.slice(before.length, text.length - after.length) : text).trim();
}

function formFor(task: Task, chat: ChatTemplate): ChatForm | ChatProblem {
  return task.instruction === '' ? chat.bare : chat.instructed;
}

function isProblem(form: ChatForm | ChatProblem): form is ChatProblem {
  return 'kind' in form;
}

function instructionIn({ instruction }: Task, { trimmed }: ChatForm): string {
  return trimmed.has('system') ? instruction.trim() : instruction;
}

/** What follows an input in its turn, without the white space at the end. */
function turnEnd(suffix: string, prefix: string): { between: string; tail: string } {
  const tail = prefix.trimEnd();
  return tail === '' ? { between: suffix.trimEnd(), tail } : { between: suffix, tail };
}

// Reading a template

/** Stands for the tokens of beginnings and ends, whose texts a model's file does not tell. */
const token = '@token@';
const mark = (index: number) => `@${index}@`;
/** Between white space of a kind that templates write themselves next to never. */
const spaced = (index: number) => `\t${mark(index)}\t`;

function formOf(render: Render, instructed: boolean): ChatForm | ChatProblem {
  try {
    const form = readForm(render, instructed);
    return form ?? { kind: 'irregular', detail: '' };
  } catch (error) {
    return error instanceof TokenNeeded ? { kind: 'tokens', detail: '' } : refusal(error);
  }
}

function refusal(error: unknown): ChatProblem {
  return { kind: 'refuses', detail: error instanceof Error ? error.message : String(error) };
}

class TokenNeeded extends Error {}

/** Null where the template does not write every turn of a role alike: then no Template writes what it does. */
function readForm(render: Render, instructed: boolean): ChatForm | null {
  const asked = gapsIn(render, instructed, 2);
  const told = gapsIn(render, instructed, 1.5);
  if (!asked || !told) return null;
  const opening = instructed ? asked.slice(0, 2) : ['', ...asked.slice(0, 1)];
  const [before = '', first = ''] = opening;
  const [given = '', next = '', , , answer = ''] = asked.slice(instructed ? 2 : 1);
  if (!given.startsWith(answer)) return null;

  // Where a turn ends and the next begins is a matter of reading; the joined text is the same wherever it is cut.
  const close = told.at(-1) ?? '';
  const start = next.startsWith(close) ? next.slice(close.length) : next;
  const question = first.endsWith(start) ? start : commonEnd(first, next);
  const form: ChatForm = {
    before: instructed ? before : first.slice(0, first.length - question.length),
    after: instructed ? first.slice(0, first.length - question.length) : '',
    question,
    answer,
    given: given.slice(answer.length),
    end: next.slice(0, next.length - question.length),
    trimmed: trimmedRoles(render, instructed),
  };
  return isExact(render, instructed, form) ? form : null;
}

/** A conversation whose contents are marks, with so many demonstrations; with half a one it ends in an answer. */
function conversation(instructed: boolean, shots: number, content = mark): ChatMessage[] {
  const roles = [
    ...(instructed ? ['system'] : []),
    ...Array.from({ length: 2 * shots + 1 }, (_, i) => (i % 2 === 0 ? 'user' : 'assistant')),
  ];
  return roles.map((role, index) => ({ role, content: content(index) }));
}

/** What the template writes before, between and after the marks; null where they are not in their order, once each. */
function gapsIn(render: Render, instructed: boolean, shots: number): string[] | null {
  const messages = conversation(instructed, shots);
  const text = rendered(render, messages);
  const found = text.match(/@\d+@/g) ?? [];
  const inOrder = found.every((each, index) => each === mark(index));
  return inOrder && found.length === messages.length ? text.split(/@\d+@/) : null;
}

function rendered(render: Render, messages: readonly ChatMessage[]): string {
  const text = render(messages, messages.at(-1)?.role === 'user');
  if (text.includes(token)) throw new TokenNeeded();
  return text;
}

function trimmedRoles(render: Render, instructed: boolean): Set<string> {
  const messages = conversation(instructed, 1, spaced);
  const text = rendered(render, messages);
  return new Set(messages.filter(({ content }) => !text.includes(content)).map(({ role }) => role));
}

/** Whether the form says what the template says, of conversations of several lengths. */
function isExact(render: Render, instructed: boolean, form: ChatForm): boolean {
  return [0, 1, 2, 3].every((shots) => {
    const messages = conversation(instructed, shots, spaced);
    const text = messages.map(({ role, content }, index) => {
      const inner = form.trimmed.has(role) ? content.trim() : content;
      if (role === 'system') return form.before + inner + form.after;
      if (role === 'assistant') return form.given + inner + form.end;
      const opening = index === 0 ? form.before : '';
      return opening + form.question + inner + form.answer;
    });
    return text.join('') === rendered(render, messages);
  });
}

function commonEnd(a: string, b: string): string {
  let length = 0;
  while (length < a.length && length < b.length && a.at(-1 - length) === b.at(-1 - length))
    length++;
  return length === 0 ? '' : a.slice(-length);
}
