/** `POST /tokenize`, `POST /detokenize` and `GET /tokenizer_info`, as vLLM and lm-evaluation-harness know them. */

import { specialTexts } from '../../../model/chat.js';
import type { Ask } from './ask.js';
import { chatPrompt } from './chat-prompt.js';
import { wrong } from './errors.js';
import { flag, ids } from './fields.js';
import { nameOf } from './logprobs.js';

export async function tokenize(ask: Ask): Promise<unknown> {
  const { body, model, signal } = ask;
  const { prompt, messages, add_special_tokens: special } = body;
  const text = messages === undefined ? prompt : await chatPrompt(ask);
  if (typeof text !== 'string') throw wrong('prompt', 'a string');
  const withSpecial = (special ?? null) === null || flag(body, 'add_special_tokens');
  const all = await model.tokenize(text, { signal });
  const [first] = all;
  const isAdded = first?.id === model.info.bosToken && first?.added !== undefined;
  const tokens = !withSpecial && isAdded ? all.slice(1) : all;
  return {
    count: tokens.length,
    max_model_len: model.info.contextLength,
    tokens: tokens.map(({ id }) => id),
    token_strs: flag(body, 'return_token_strs') ? tokens.map((token) => nameOf(token)) : null,
  };
}

export async function detokenize({ body, model, signal }: Ask): Promise<unknown> {
  const { tokens } = body;
  const all = ids(tokens, 'tokens', model.info.vocabularySize);
  return { prompt: await model.detokenize(all, { signal }) };
}

export async function tokenizerInfo(ask: Ask): Promise<unknown> {
  const { info } = ask.model;
  const { bos, eos } = await specialTexts(ask.model, { signal: ask.signal });
  return {
    tokenizer_class: info.architecture,
    vocab_size: info.vocabularySize,
    model_max_length: info.contextLength,
    add_bos_token: info.addsBos,
    bos_token: bos,
    eos_token: eos,
    pad_token: null,
    chat_template: info.chatTemplate,
  };
}
