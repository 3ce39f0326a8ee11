/** A conversation as a text, written with the template of the model's file. */
import { type ChatMessage, renderChat } from '../../../prompt/jinja/index.js';
import type { Ask } from './ask.js';
import { ApiError, wrong } from './errors.js';
import { type Body, isObject } from './fields.js';

const MOST_MESSAGES = 2048;

/** The text of the conversation in `messages`, as the model reads it. */
export async function chatPrompt(ask: Ask): Promise<string> {
  const { chatTemplate } = ask.model.info;
  const messages = messagesOf(ask.body);
  if (chatTemplate === null) {
    throw new ApiError(400, 'The file of this model has no chat template. Use /v1/completions.', {
      param: 'messages',
    });
  }
  const { bos, eos } = await specialTokens(ask);
  return renderChat(chatTemplate, messages, {
    addGenerationPrompt: true,
    bosToken: bos ?? '',
    eosToken: eos ?? '',
  });
}

function messagesOf({ messages }: Body): ChatMessage[] {
  if (!Array.isArray(messages) || messages.length === 0 || messages.length > MOST_MESSAGES) {
    throw wrong('messages', `an array of 1 to ${MOST_MESSAGES} objects with role and content`);
  }
  return messages.map((message: unknown, i) => {
    const { role, content } = isObject(message) ? message : {};
    if (typeof role !== 'string') throw wrong(`messages[${i}].role`, 'a string');
    return { role, content: contentOf(content, `messages[${i}].content`) };
  });
}

/** A text, or parts that are texts. */
function contentOf(content: unknown, name: string): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) throw wrong(name, 'a string or an array of parts with text');
  return content
    .map((part: unknown, i) => {
      const { type, text } = isObject(part) ? part : {};
      if (type === 'text' && typeof text === 'string') return text;
      throw wrong(`${name}[${i}]`, 'a part of type text: the model reads nothing else');
    })
    .join('');
}

/** How the tokens for beginning and end are written; null where there is none. */
export async function specialTokens({ model, signal }: Ask) {
  const text = async (id: number | null | undefined) =>
    id == null ? null : model.detokenize([id], { signal });
  return { bos: await text(model.info.bosToken), eos: await text(model.info.endTokens[0]) };
}
