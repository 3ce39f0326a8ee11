/** `POST /v1/chat/completions`: a conversation, which the server writes with the template of its model. */
import type { ChatMessage } from '../../prompt/chat.js';
import type { Calls } from '../../protocol.js';
import type { Completion, GeneratedToken } from '../../types.js';
import * as check from '../../util/validate.js';
import type { Connection } from './connection.js';
import { unsupported } from './errors.js';
import { samplingFields } from './generate.js';
import * as json from './json.js';
import { isMissing } from './tokens/tokenizer.js';

type Ask = Pick<Calls['generate']['ask'], 'maxTokens' | 'stop' | 'sampling'>;

export async function chat(
  { http, completions, tokenizer, info }: Connection,
  messages: readonly ChatMessage[],
  ask: Ask,
  signal: AbortSignal | undefined,
): Promise<Completion> {
  const { maxTokens, stop } = ask;
  const body = {
    model: info.name,
    messages: checked(messages),
    max_tokens: maxTokens,
    logprobs: true,
    return_tokens_as_token_ids: true,
    ...(stop.length > 0 && { stop }),
    ...samplingFields(ask),
  };
  const answer = await http
    .json({ path: '/chat/completions', isApi: true, body }, signal)
    .catch((error: unknown) => {
      throw isMissing(error) ? unsupported('chat', 'chat') : error;
    });
  const { choices } = json.fields(answer, 'the answer of /chat/completions');
  const [choice] = json.list(choices, 'choices', 1);
  const { message, finish_reason: reason, logprobs } = json.fields(choice, 'a choice');
  const { content } = json.fields(message, 'the message of a choice');
  const entries = completions.contentOf(logprobs);
  const tokens = await tokenizer.tokensOf(
    entries.map(({ id }) => id),
    signal,
  );
  return {
    text: json.text(content ?? '', 'the content of a message'),
    // A server does not tell a stop string from the end of an answer.
    finish: reason === 'length' ? 'length' : stop.length > 0 ? 'stop' : 'end',
    tokens: tokens.map((token, i): GeneratedToken => {
      const { logprob = 0 } = entries[i] ?? {};
      return { ...token, logprob, p: Math.exp(logprob), rank: null, entropy: null };
    }),
  };
}

function checked(messages: readonly ChatMessage[]): ChatMessage[] {
  if (!Array.isArray(messages) || messages.length === 0) {
    throw check.invalid('messages', 'a non-empty array of objects with role and content');
  }
  return messages.map(({ role, content }) => ({
    role: check.text('messages', role),
    content: check.text('messages', content),
  }));
}
