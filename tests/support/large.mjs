// Makes large model files: the sizes of published models of the llama architecture, with weights that mean nothing.
// Written from the description of the format (ggml's `docs/gguf.md`).

import { closeSync, openSync, writeSync } from 'node:fs';
import { seeded } from './seeded.mjs';

const ALIGNMENT = 32;
const U32 = 4;
const F32 = 6;
const STRING = 8;

/** From the models' `config.json`. */
export const shapes = {
  'TinyLlama-1.1B': {
    layers: 22,
    width: 2048,
    feedForward: 5632,
    heads: 32,
    kvHeads: 4,
    words: 32_000,
    context: 2048,
    tied: false,
  },
  'SmolLM2-1.7B': {
    layers: 24,
    width: 2048,
    feedForward: 8192,
    heads: 32,
    kvHeads: 32,
    words: 49_152,
    context: 8192,
    tied: true,
  },
  'Llama-3.1-8B': {
    layers: 32,
    width: 4096,
    feedForward: 14_336,
    heads: 32,
    kvHeads: 8,
    words: 128_256,
    context: 8192,
    tied: false,
  },
};

/** ggml's number of each type, the weights in a block and its bytes, and where a block has a scale. */
const types = {
  F32: { number: 0, weights: 1, bytes: 4 },
  Q4_0: { number: 2, weights: 32, bytes: 18, scaleAt: 0 },
  Q8_0: { number: 8, weights: 32, bytes: 34, scaleAt: 0 },
  Q6_K: { number: 14, weights: 256, bytes: 210, scaleAt: 208 },
};

/** A scale of 2⁻⁹ in 16 bits: weights of random codes then are some 1/√2048, as they should be. */
const SCALE = 0x1800;

/** Everything before the tensors, and the bytes of each of them. */
export function layOut(shape, type) {
  const { layers, width, feedForward, heads, kvHeads, words, context, tied } = shape;
  const kvWidth = (width / heads) * kvHeads;
  const tensors = [];
  const add = (name, rows, columns, kind = type) => {
    const { weights, bytes } = types[kind];
    tensors.push({ name, rows, columns, kind, bytes: ((rows * columns) / weights) * bytes });
  };
  add('token_embd.weight', words, width);
  for (let layer = 0; layer < layers; layer++) {
    const name = (part) => `blk.${layer}.${part}.weight`;
    add(name('attn_norm'), 1, width, 'F32');
    add(name('attn_q'), width, width);
    add(name('attn_k'), kvWidth, width);
    add(name('attn_v'), kvWidth, width);
    add(name('attn_output'), width, width);
    add(name('ffn_norm'), 1, width, 'F32');
    add(name('ffn_gate'), feedForward, width);
    add(name('ffn_up'), feedForward, width);
    add(name('ffn_down'), width, feedForward);
  }
  add('output_norm.weight', 1, width, 'F32');
  if (!tied) add('output.weight', words, width);

  const u32 = (n) => number(4, (buffer) => buffer.writeUInt32LE(n));
  const metadata = [
    ['general.architecture', STRING, string('llama')],
    ['general.name', STRING, string('large')],
    ['llama.block_count', U32, u32(layers)],
    ['llama.context_length', U32, u32(context)],
    ['llama.embedding_length', U32, u32(width)],
    ['llama.feed_forward_length', U32, u32(feedForward)],
    ['llama.attention.head_count', U32, u32(heads)],
    ['llama.attention.head_count_kv', U32, u32(kvHeads)],
    ['llama.rope.dimension_count', U32, u32(width / heads)],
    [
      'llama.attention.layer_norm_rms_epsilon',
      F32,
      number(4, (buffer) => buffer.writeFloatLE(1e-5)),
    ],
    ['tokenizer.ggml.model', STRING, string('gpt2')],
    ['tokenizer.ggml.pre', STRING, string('smollm')],
    ['tokenizer.ggml.tokens', 9, strings(vocabulary(words))],
    ['tokenizer.ggml.merges', 9, strings(['a a'])],
  ];
  let offset = 0;
  const directory = tensors.map(({ name, rows, columns, kind, bytes }) => {
    const sizes = rows === 1 ? [columns] : [columns, rows];
    const parts = [
      string(name),
      u32(sizes.length),
      ...sizes.map(u64),
      u32(types[kind].number),
      u64(offset),
    ];
    offset += padded(bytes);
    return Buffer.concat(parts);
  });
  const head = Buffer.concat([
    Buffer.from('GGUF'),
    u32(3),
    u64(tensors.length),
    u64(metadata.length),
    ...metadata.flatMap(([key, kind, value]) => [string(key), u32(kind), value]),
    ...directory,
  ]);
  const start = Buffer.concat([head, Buffer.alloc(padded(head.length) - head.length)]);
  return { head: start, tensors, bytes: start.length + offset };
}

/** Writes such a file. Its weights are random codes of one megabyte, again and again. */
export function writeLarge(path, shape, type) {
  const { head, tensors, bytes } = layOut(shape, type);
  const pieces = { [type]: piece(type), F32: ones() };
  const file = openSync(path, 'w');
  writeSync(file, head);
  for (const { kind, bytes } of tensors) {
    const source = pieces[kind];
    for (let at = 0; at < bytes; at += source.length) {
      writeSync(file, source, 0, Math.min(source.length, bytes - at));
    }
    writeSync(file, Buffer.alloc(padded(bytes) - bytes));
  }
  closeSync(file);
  return bytes;
}

function piece(type) {
  const { bytes, scaleAt } = types[type];
  const random = seeded(1);
  const length = bytes * Math.floor(2 ** 20 / bytes);
  const blocks = Buffer.from(Uint8Array.from({ length }, () => 256 * random()));
  for (let at = 0; at < blocks.length; at += bytes) blocks.writeUInt16LE(SCALE, at + scaleAt);
  return blocks;
}

function ones() {
  return Buffer.from(new Float32Array(1 << 16).fill(1).buffer);
}

/** The 256 bytes in GPT-2's alphabet, one token of two letters, and words that no text has. */
function vocabulary(size) {
  const printable = (byte) => (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte !== 0xad);
  let next = 0x100;
  const letters = Array.from({ length: 256 }, (_, byte) => {
    return String.fromCharCode(printable(byte) ? byte : next++);
  });
  const rest = Array.from({ length: size - 257 }, (_, n) => `w${n}`);
  return [...letters, 'aa', ...rest];
}

function padded(bytes) {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}

function number(bytes, write) {
  const buffer = Buffer.alloc(bytes);
  write(buffer);
  return buffer;
}

function u64(n) {
  return number(8, (buffer) => buffer.writeBigUInt64LE(BigInt(n)));
}

function string(text) {
  const bytes = Buffer.from(text);
  return Buffer.concat([u64(bytes.length), bytes]);
}

function strings(texts) {
  const kind = number(4, (buffer) => buffer.writeUInt32LE(STRING));
  return Buffer.concat([kind, u64(texts.length), ...texts.map(string)]);
}
