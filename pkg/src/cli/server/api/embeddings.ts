/** `POST /v1/embeddings`: a vector of length 1 for each text, from the states of a layer. */
import type { Ask } from './ask.js';
import { wrong } from './errors.js';
import { choice, integer, prompts } from './fields.js';

export async function embeddings({ body, model, id, usage, signal }: Ask): Promise<unknown> {
  const { vocabularySize, hiddenSize, layers } = model.info;
  const texts = prompts(body, 'input', vocabularySize);
  const format = choice(body, 'encoding_format', ['float', 'base64']) ?? 'float';
  const dimensions = integer(body, 'dimensions', 1);
  if (dimensions !== undefined && dimensions !== hiddenSize) {
    throw wrong('dimensions', `${hiddenSize}, which is what this model has`);
  }
  // Layer and pooling are not OpenAI's: they are those of `Model.embed`.
  const layer = integer(body, 'layer', 0, layers);
  const pooling = choice(body, 'pooling', ['last', 'mean']);
  const vectors = await model.embed(texts, {
    layer,
    pooling,
    signal,
    onProgress: usage.ofPrompt(),
  });
  return {
    object: 'list',
    data: vectors.map((vector, index) => ({
      object: 'embedding',
      index,
      embedding: format === 'float' ? [...vector] : base64(vector),
    })),
    model: id,
    usage: { prompt_tokens: usage.promptTokens, total_tokens: usage.promptTokens },
  };
}

/** Its 32-bit numbers, the low byte first. */
function base64(vector: Float32Array): string {
  const bytes = Buffer.alloc(4 * vector.length);
  for (const [i, x] of vector.entries()) bytes.writeFloatLE(x, 4 * i);
  return bytes.toString('base64');
}
