/** `POST /v1/completions`: goes on from a prompt, and says how probable the prompt is. */
import { randomUUID } from 'node:crypto';
import { type Ask, now } from './ask.js';
import { flag, integer, prompts as promptsOf, refuse } from './fields.js';
import { finishReason, type Generating, generating, Room, steps } from './generating.js';
import { type Entry, ofPrompt, ofStep, promptLogprobs, TextLogprobs } from './logprobs.js';
import { EventStream } from './reply.js';

interface Completing extends Generating {
  echo: boolean;
  /** How many candidates are listed; null for no log-probabilities. */
  logprobs: number | null;
  /** The same for the prompt in a field of its own. */
  promptLogprobs: number | null;
  asIds: boolean;
}

type Prompt = string | number[];

/** What stands at the beginning of the answers to a prompt. */
interface Beginning {
  text: string;
  entries: Entry[];
  /** The field of this name. */
  promptLogprobs: ReturnType<typeof promptLogprobs> | undefined;
}

/** A part of an answer. */
interface Part {
  text: string;
  entries: Entry[];
  finish: 'stop' | 'length' | null;
}

export async function completions(ask: Ask): Promise<unknown> {
  const { body, model, id: name, usage, response } = ask;
  const all = promptsOf(body, 'prompt', model.info.vocabularySize);
  const room = new Room();
  const asked = completing(ask, all.length, room);
  const head = {
    id: `cmpl-${randomUUID()}`,
    object: 'text_completion',
    created: now(),
    model: name,
  };
  for (const prompt of all) await takeRoom(ask, prompt, asked, room);
  const choices: unknown[] = [];
  const stream = asked.stream ? new EventStream(response) : null;
  for (const [i, prompt] of all.entries()) {
    const onProgress = usage.ofPrompt();
    const beginning = await beginningOf(ask, prompt, asked, onProgress);
    const { promptLogprobs } = beginning;
    const extra = promptLogprobs && { prompt_logprobs: promptLogprobs };
    for (let j = 0; j < asked.n; j++) {
      const index = i * asked.n + j;
      const format = new TextLogprobs(asked.asIds);
      const choiceOf = ({ text, entries, finish }: Part) => ({
        index,
        text,
        logprobs: asked.logprobs === null ? null : format.of(entries),
        finish_reason: finish,
      });
      const whole: Part = { text: '', entries: [], finish: null };
      for await (const part of parts(ask, prompt, asked, j, beginning, onProgress)) {
        if (stream) {
          if (isNews(part, asked)) await stream.event({ ...head, choices: [choiceOf(part)] });
          continue;
        }
        whole.text += part.text;
        whole.finish = part.finish;
        if (asked.logprobs !== null) whole.entries.push(...part.entries);
      }
      if (!stream) choices.push({ ...choiceOf(whole), ...extra });
    }
  }
  if (!stream) return { ...head, choices, usage: usage.body };
  if (asked.withUsage) await stream.event({ ...head, choices: [], usage: usage.body });
  await stream.end();
  return undefined;
}

function completing({ body, model: { info } }: Ask, prompts: number, room: Room): Completing {
  const vocabulary = info.vocabularySize;
  const counted = (name: string) => {
    const count = integer(body, name, -1, vocabulary);
    return count === undefined ? null : count === -1 ? vocabulary : count;
  };
  const logprobs = counted('logprobs');
  // A stream has no place for them.
  if (flag(body, 'stream')) refuse(body, ['prompt_logprobs']);
  const maxTokens = integer(body, 'max_tokens', 0) ?? 16;
  return {
    ...generating(body, info, { prompts, maxTokens, candidates: logprobs ?? 0 }, room),
    echo: flag(body, 'echo'),
    logprobs,
    promptLogprobs: counted('prompt_logprobs'),
    asIds: flag(body, 'return_tokens_as_token_ids'),
  };
}

/** Takes room for the log-probabilities of a prompt. */
async function takeRoom(
  { model, signal }: Ask,
  prompt: Prompt,
  { echo, logprobs, promptLogprobs }: Completing,
  room: Room,
): Promise<void> {
  const listed = Math.max(echo ? (logprobs ?? 0) : 0, promptLogprobs ?? 0);
  if (listed === 0) return;
  const ids = typeof prompt === 'string' ? await model.tokenize(prompt, { signal }) : prompt;
  room.take(ids.length, listed);
}

/** The prompt itself, where it is asked for, with its log-probabilities. */
async function beginningOf(
  { model, signal }: Ask,
  prompt: Prompt,
  { echo, logprobs, promptLogprobs: ownCount }: Completing,
  onProgress: ReturnType<Ask['usage']['ofPrompt']>,
): Promise<Beginning> {
  const isText = typeof prompt === 'string';
  const text = !echo ? '' : isText ? prompt : await model.detokenize(prompt, { signal });
  const count = echo ? logprobs : null;
  if (count === null && ownCount === null) return { text, entries: [], promptLogprobs: undefined };
  const topK = Math.max(count ?? 0, ownCount ?? 0);
  const entries = await model.surprisal(prompt, { topK, signal, onProgress });
  const listed = (count: number) => entries.map((entry) => ofPrompt(entry, count));
  return {
    text,
    entries: count === null ? [] : listed(count),
    promptLogprobs: ownCount === null ? undefined : promptLogprobs(listed(ownCount)),
  };
}

async function* parts(
  ask: Ask,
  prompt: Prompt,
  asked: Completing,
  choice: number,
  { text, entries }: Beginning,
  onProgress: ReturnType<Ask['usage']['ofPrompt']>,
): AsyncGenerator<Part, void, undefined> {
  const isAll = asked.maxTokens === 0;
  // Also counts the prompt, and refuses one that the model cannot read.
  if (isAll) await ask.model.predict(prompt, { topK: 0, signal: ask.signal, onProgress });
  if (isAll || asked.echo) yield { text, entries, finish: isAll ? 'length' : null };
  if (isAll) return;
  for await (const step of steps(ask, prompt, asked, choice, onProgress)) {
    yield { text: step.textDelta, entries: [ofStep(step)], finish: finishReason(step.finish) };
  }
}

/** Whether a part has anything for a stream: the tokens of half a character have no text. */
function isNews({ text, finish, entries }: Part, { logprobs }: Completing): boolean {
  return text !== '' || finish !== null || (logprobs !== null && entries.length > 0);
}
