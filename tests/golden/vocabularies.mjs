// Small vocabularies of every kind that the engine reads, as GGUF files without weights: their tokens are trained on
// the golden strings, so that much of these merges. The byte-level ones are trained across all borders of words, so
// that a text that is cut elsewhere becomes other tokens.

import { strings } from './strings.mjs';

const normal = 1;
const unknown = 2;
const control = 3;
const userDefined = 4;
const byte = 6;

/** It is in no text: half of a character. */
const border = '\ud800';

/** Merges the most frequent pairs of neighbours, ten at a time, and tells them. @param {string[][]} texts */
function train(texts, count) {
  const pairs = [];
  while (pairs.length < count) {
    const seen = new Map();
    for (const text of texts) {
      for (let i = 1; i < text.length; i++) {
        const pair = text[i - 1] + border + text[i];
        seen.set(pair, (seen.get(pair) ?? 0) + 1);
      }
    }
    const most = [...seen].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, 10);
    const best = new Set(most.map(([pair]) => pair));
    for (const pair of best) pairs.push(pair.split(border));
    texts.forEach((text, at) => {
      const merged = text.slice(0, 1);
      for (const part of text.slice(1)) {
        const last = merged.at(-1);
        if (best.has(last + border + part)) merged[merged.length - 1] = last + part;
        else merged.push(part);
      }
      texts[at] = merged;
    });
  }
  return pairs;
}

/** GPT-2's character for each byte. */
const letters = (() => {
  let next = 0x100;
  return Array.from({ length: 256 }, (_, code) => {
    const printable =
      (code >= 0x21 && code <= 0x7e) || (code >= 0xa1 && code <= 0xac) || code >= 0xae;
    return String.fromCodePoint(printable ? code : next++);
  });
})();

const specials = ['<|endoftext|>', '<|im_start|>', '<|im_end|>'];

/** @returns {Record<string, Value>} */
function byteLevel(merges) {
  const tokens = [...new Set([...specials, ...letters, ...merges.map((pair) => pair.join(''))])];
  return {
    model: 'gpt2',
    tokens,
    token_type: Int32Array.from(tokens, (_, id) => (id < specials.length ? control : normal)),
    merges: merges.map((pair) => pair.join(' ')),
    bos_token_id: 0,
    eos_token_id: 2,
  };
}

/** @returns {Record<string, Value>} */
function sentencePiece(merges, { userDefinedTokens, scoreOf, prefix }) {
  const hex = (code) => code.toString(16).toUpperCase().padStart(2, '0');
  const bytes = Array.from({ length: 256 }, (_, code) => `<0x${hex(code)}>`);
  const merged = merges.map((pair) => pair.join(''));
  const known = new Set(['<unk>', '<s>', '</s>', ...userDefinedTokens, ...bytes]);
  // llama.cpp reads a token up to a NUL.
  const fresh = [...new Set(merged)].filter((text) => !known.has(text) && !text.includes('\0'));
  // Characters of more than one kind are in no token, and become bytes.
  const characters = [...new Set(fresh.join(''))].filter(
    (c) => !known.has(c) && !fresh.includes(c),
  );
  const single = ['▁', ...characters.filter((c) => c !== '▁' && c.codePointAt(0) % 5 !== 0)];
  const tokens = ['<unk>', '<s>', '</s>', ...bytes, ...userDefinedTokens, ...fresh, ...single];
  const type = (text, id) => {
    if (id === 0) return unknown;
    if (id < 3) return control;
    if (id < 3 + bytes.length) return byte;
    return userDefinedTokens.includes(text) ? userDefined : normal;
  };
  const score = (text, id) => {
    const rank = fresh.indexOf(text);
    if (id < 3 + bytes.length) return 0;
    return rank === -1 ? -10_000 : scoreOf(rank);
  };
  return {
    model: 'llama',
    tokens,
    scores: Float32Array.from(tokens, score),
    token_type: Int32Array.from(tokens, type),
    add_space_prefix: prefix,
  };
}

/** The tokenizers to compare, by name. @returns {Map<string, Record<string, Value>>} */
export function vocabularies() {
  const utf8 = new TextEncoder();
  // llama.cpp makes some tokens special that only look so, such as `</s>`.
  const plain = strings.filter((text) => !/[<>]/.test(text));
  const spelled = plain.map((text) => [...utf8.encode(text)].map((code) => letters[code] ?? ''));
  const base = byteLevel(train(spelled, 700));
  const all = new Map(
    ['gpt-2', 'smollm', 'llama-bpe', 'dbrx', 'qwen2', 'qwen35', 'gpt-4o', 'default'].map((pre) => [
      pre,
      { ...base, pre },
    ]),
  );
  all.set('none', base);

  const written = plain.map((text) => text.replaceAll(' ', '▁'));
  // Words with the space before them, as SentencePiece trains; and whole lines, so that spaces are within tokens too.
  const words = written.flatMap((text) => text.match(/▁*[^▁]+|▁+/gu) ?? []);
  const ofWords = train(
    words.map((text) => [...text]),
    600,
  );
  const ofLines = train(
    written.map((text) => [...text]),
    600,
  );
  const userDefinedTokens = ['  ', '\n\n', '<|im_start|>', '<h1>'];
  all.set(
    'spm',
    sentencePiece(ofWords, { prefix: true, scoreOf: (rank) => -rank, userDefinedTokens }),
  );
  all.set(
    'spm-bare',
    sentencePiece(ofWords, { prefix: false, scoreOf: (rank) => -rank / 3, userDefinedTokens: [] }),
  );
  // Many tokens with the same score, and the last of them first.
  all.set(
    'spm-lines',
    sentencePiece(ofLines, {
      prefix: true,
      scoreOf: (rank) => rank >> 4,
      userDefinedTokens: ['"'],
    }),
  );
  return all;
}

/** @typedef {string | number | boolean | string[] | Int32Array | Float32Array} Value */

/** A GGUF file that has this tokenizer and no weights. @param {Record<string, Value>} tokenizer */
export function ggufOf(tokenizer) {
  const parts = [];
  const number = (n, length = 4) => {
    const bytes = Buffer.alloc(length);
    bytes.writeUIntLE(n, 0, 4);
    parts.push(bytes);
  };
  const string = (text) => {
    const bytes = Buffer.from(text);
    number(bytes.length, 8);
    parts.push(bytes);
  };
  const list = (kind, items, write) => {
    number(9);
    number(kind);
    number(items.length, 8);
    for (const item of items) write(item);
  };
  const numbers = (kind, items) => {
    list(kind, items, () => {});
    parts.push(Buffer.from(items.buffer));
  };
  const entries = {
    'general.architecture': 'llama',
    'llama.block_count': 1,
    'llama.context_length': 64,
    'llama.embedding_length': 32,
    'llama.feed_forward_length': 32,
    'llama.attention.head_count': 1,
    'llama.attention.layer_norm_rms_epsilon': new Float32Array([1e-5]),
    ...Object.fromEntries(
      Object.entries(tokenizer).map(([key, value]) => [`tokenizer.ggml.${key}`, value]),
    ),
  };
  parts.push(Buffer.from('GGUF'));
  number(3);
  number(0, 8);
  number(Object.keys(entries).length, 8);
  for (const [key, value] of Object.entries(entries)) {
    string(key);
    if (typeof value === 'string') {
      number(8);
      string(value);
    } else if (typeof value === 'boolean') {
      number(7);
      parts.push(Buffer.of(Number(value)));
    } else if (typeof value === 'number') {
      number(4);
      number(value);
    } else if (key.endsWith('epsilon')) {
      number(6);
      parts.push(Buffer.from(value.buffer));
    } else if (value instanceof Int32Array) numbers(5, value);
    else if (value instanceof Float32Array) numbers(6, value);
    else list(8, value, string);
  }
  const file = Buffer.concat(parts);
  // Weights would begin at a multiple of 32.
  return Buffer.concat([file, Buffer.alloc(-file.length & 31)]);
}
