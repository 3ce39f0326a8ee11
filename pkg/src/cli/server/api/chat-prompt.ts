/** A conversation as a text, written with the template of the model's file. */
import { chatText } from '../../../model/chat.js';
import type { ChatMessage } from '../../../prompt/chat.js';
import type { Ask } from './ask.js';
import { wrong } from './errors.js';
import { type Body, isObject } from './fields.js';

const MOST_MESSAGES = 2048;

/** The text of the conversation in `messages`, as the model reads it. */
export async function chatPrompt(ask: Ask): Promise<string> {
  return chatText(ask.model, messagesOf(ask.body), { signal: ask.signal });
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
