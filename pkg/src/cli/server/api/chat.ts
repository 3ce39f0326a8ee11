/** `POST /v1/chat/completions`: a conversation, written with the template of the model's file. */
import { randomUUID } from 'node:crypto';
import { type Ask, now } from './ask.js';
import { chatPrompt } from './chat-prompt.js';
import { wrong } from './errors.js';
import { type Body, flag, integer } from './fields.js';
import { finishReason, type Generating, generating, Room, steps } from './generating.js';
import { chatLogprobs, type Entry, ofStep } from './logprobs.js';
import { EventStream } from './reply.js';

export async function chat(ask: Ask): Promise<unknown> {
  const { body, model, id: name, usage, response } = ask;
  const { contextLength, vocabularySize } = model.info;
  const hasLogprobs = flag(body, 'logprobs');
  const asIds = flag(body, 'return_tokens_as_token_ids');
  const top = integer(body, 'top_logprobs', 0, vocabularySize) ?? 0;
  if (top > 0 && !hasLogprobs) throw wrong('logprobs', 'true if top_logprobs is given');
  const most = integer(body, 'max_completion_tokens', 1) ?? integer(body, 'max_tokens', 1);
  const counts = { prompts: 1, maxTokens: most ?? contextLength, candidates: top };
  const asked = generating(body, model.info, counts, new Room());
  const prompt = await chatPrompt(ask);
  const onProgress = usage.ofPrompt();
  const object = asked.stream ? 'chat.completion.chunk' : 'chat.completion';
  const head = { id: `chatcmpl-${randomUUID()}`, object, created: now(), model: name };
  const logprobs = (entries: Entry[]) =>
    hasLogprobs ? { content: chatLogprobs(entries, asIds), refusal: null } : null;
  if (asked.stream) {
    const stream = new EventStream(response);
    const event = (choices: unknown[], extra = {}) => stream.event({ ...head, choices, ...extra });
    for (let index = 0; index < asked.n; index++) {
      let delta: Body = { role: 'assistant', content: '' };
      for await (const step of steps(ask, prompt, asked, index, onProgress)) {
        const finish = finishReason(step.finish);
        delta = { ...delta, content: step.textDelta };
        const isNews = hasLogprobs || step.textDelta !== '' || finish !== null;
        const entries = logprobs([ofStep(step)]);
        if (!isNews) continue;
        await event([{ index, delta, logprobs: entries, finish_reason: finish }]);
        delta = {};
      }
    }
    if (asked.withUsage) await event([], { usage: usage.body });
    await stream.end();
    return undefined;
  }
  const choices: unknown[] = [];
  for (let index = 0; index < asked.n; index++) {
    const { content, entries, finish } = await whole(ask, prompt, asked, index, onProgress);
    choices.push({
      index,
      message: { role: 'assistant', content, refusal: null },
      logprobs: logprobs(entries),
      finish_reason: finish,
    });
  }
  return { ...head, choices, usage: usage.body };
}

async function whole(
  ask: Ask,
  prompt: string,
  asked: Generating,
  index: number,
  onProgress: ReturnType<Ask['usage']['ofPrompt']>,
) {
  const entries: Entry[] = [];
  let content = '';
  let finish = finishReason(null);
  for await (const step of steps(ask, prompt, asked, index, onProgress)) {
    content += step.textDelta;
    entries.push(ofStep(step));
    finish = finishReason(step.finish);
  }
  return { content, entries, finish };
}
