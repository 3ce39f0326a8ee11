/** A conversation as a text, written with the template of the model's file. */

import { ShotglassError } from '../errors.js';
import type { ChatMessage } from '../prompt/chat.js';
import type { CallOptions, ModelInfo } from '../types.js';

/** The methods of a model that this takes. */
interface Asked {
  readonly info: Readonly<ModelInfo>;
  detokenize(ids: readonly number[], options: CallOptions): Promise<string>;
}

/** The text up to where the model answers. */
export async function chatText(
  model: Asked,
  messages: readonly ChatMessage[],
  options: CallOptions,
): Promise<string> {
  const { chatTemplate } = model.info;
  if (chatTemplate === null) {
    throw new ShotglassError(
      'invalid-option',
      'The file of this model has no chat template. Write the prompt yourself and use complete.',
    );
  }
  const { bos, eos } = await specialTexts(model, options);
  // Other calls need no template engine.
  const { renderChat } = await import('../prompt/jinja/index.js').catch((cause: unknown) => {
    throw new ShotglassError(
      'worker-failed',
      `The template engine could not be loaded (${cause}). Install or serve @huggingface/jinja beside shotglass.`,
    );
  });
  return renderChat(chatTemplate, messages, {
    addGenerationPrompt: true,
    bosToken: bos ?? '',
    eosToken: eos ?? '',
  });
}

/** How the tokens for beginning and end are written; null where there is none. */
export async function specialTexts(
  model: Asked,
  options: CallOptions,
): Promise<{ bos: string | null; eos: string | null }> {
  const text = async (id: number | null | undefined) =>
    id == null ? null : model.detokenize([id], options);
  return { bos: await text(model.info.bosToken), eos: await text(model.info.endTokens[0]) };
}
