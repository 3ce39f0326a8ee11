// The package's real worker logic around an engine that is small enough to read: a token is a byte
// (256 ends an answer), a chunk is four positions, and the text itself makes it misbehave.
import { createHash } from 'node:crypto';
import { parentPort } from 'node:worker_threads';
import { retryPolicy } from '../../pkg/dist/util/retry.js';
import { Host } from '../../pkg/dist/worker/host.js';
import { connect } from '../../pkg/dist/worker/port.js';

const CHUNK = 4;
const END = 256;
const CONTEXT = 200;
/** What is generated after a prompt that ends in '>', again and again if in '~>'. */
const SCRIPT = [...Buffer.from('one 😀 two\n\nthree'), END];

const error = (code, message = code) => Object.assign(new Error(message), { code });
const sleep = (ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

class Loader {
  #hash;
  #bytes;
  #total;
  /** Of the files before. */
  #hashes = [];
  #sum = 0;

  begin(bytesTotal) {
    this.#hash = createHash('sha256');
    this.#bytes = 0;
    this.#total = bytesTotal;
  }

  free() {}

  push(chunk) {
    if (this.#bytes === 0 && String.fromCharCode(...chunk.subarray(0, 4)) === 'nope') {
      throw error('not-gguf');
    }
    this.#hash.update(chunk);
    this.#bytes += chunk.length;
  }

  end(wanted) {
    const sha256 = this.#hash.digest('hex');
    if (this.#total !== undefined && this.#total !== this.#bytes) throw error('truncated');
    if (wanted !== undefined && wanted !== sha256) throw error('checksum-mismatch');
    this.#hashes.push(sha256);
    this.#sum += this.#bytes;
    return sha256;
  }

  finish(wanted) {
    const list = this.#hashes.map((hash) => `${hash}\n`).join('');
    const [only, ...more] = this.#hashes;
    const sha256 = more.length === 0 ? only : createHash('sha256').update(list).digest('hex');
    if (wanted !== undefined && wanted !== sha256) throw error('checksum-mismatch');
    return new Engine({ bytes: this.#sum, sha256, name: `told ${this.#total}` });
  }
}

class Engine {
  #file;
  #ids = [];
  #ran = 0;
  #cached = 0;
  #continuations = [];
  /** Rows of the continuations that are still to run. */
  #rows = 0;
  /** The text of a token: the edits of the run, if it has any. */
  #text = '?';
  #layers = [];
  #positions = [];
  /** Positions run since the start, told as `entropy`: what a cancelled call has cost. */
  #work = 0;
  draws = 0;

  constructor(file) {
    this.#file = file;
  }

  info() {
    return {
      architecture: 'fake',
      parameters: 0,
      vocabularySize: END + 1,
      contextLength: CONTEXT,
      quantization: 'none',
      ...this.#file,
      memoryBytes: 0,
      layers: 2,
      hiddenSize: 2,
      endTokens: [END],
      bosToken: null,
      addsBos: false,
      chatTemplate: null,
      activationBits: 8,
      build: 'fake',
    };
  }

  encode({ text, limit }) {
    if (text.includes('!trap')) throw new WebAssembly.RuntimeError('unreachable');
    if (text.includes('!foreign')) throw error('ENOENT', 'no such file');
    if (text.includes('!exit')) process.exit(0);
    if (text.includes('!close')) parentPort.close();
    if (text.includes('!throw'))
      setImmediate(() => {
        throw new Error('outside of any call');
      });
    if (text.includes('!endless')) {
      sleep(5);
      return false;
    }
    if (Buffer.byteLength(text) > (limit ?? Number.POSITIVE_INFINITY))
      throw error('prompt-too-long');
    return true;
  }

  tokens(ids) {
    return Array.from(ids, (id) => ({ id, bytes: Uint8Array.of(id), text: '?' }));
  }

  vocabulary() {
    const bytes = Uint8Array.from({ length: END + 1 }, (_, id) => id);
    return { bytes, ends: Uint32Array.from(bytes, (id) => id + 1) };
  }

  begin(ids, edits, rows) {
    if (ids.length === 0) throw error('empty-prompt');
    if (ids.length > CONTEXT) throw error('prompt-too-long');
    let common = 0;
    while (common < Math.min(this.#ran, ids.length) && this.#ids[common] === ids[common]) common++;
    this.#ids = [...ids];
    this.#ran = common;
    this.#cached = common;
    this.#rows = 0;
    const numbers = edits && [...edits].join().match(/(\d+,){3}\d+/g);
    this.#text = numbers ? [...numbers, [...rows]].join('|') : '?';
    return this.#ran;
  }

  cachedTokens() {
    return this.#cached;
  }

  beginScores(context, continuations, _references, edits, rows) {
    this.begin(Buffer.from(context), edits, rows);
    this.#continuations = continuations.map((text) => [...Buffer.from(text)]);
    this.#rows = this.#continuations.reduce((rows, ids) => rows + ids.length - 1, 0);
    return this.#ids.length + this.#rows;
  }

  /** A token attends to those before it and to itself alike, in one layer and two heads. */
  beginAttention(ids, position = ids.length - 1) {
    this.begin(ids);
    if (position >= ids.length) throw error('invalid-option');
    this.#ids = [...ids.slice(0, position + 1)];
    this.#ran = Math.min(this.#ran, position);
    this.#cached = this.#ran;
    return this.#ran;
  }

  /** A row says where it is from: its layer and its position. */
  beginStates(ids, layers, positions, edits, rows) {
    this.begin(ids, edits, rows);
    if (positions.some((position) => position >= ids.length)) throw error('invalid-option');
    this.#layers = [...layers];
    this.#positions = [...positions];
    this.#ids = [...ids.slice(0, Math.max(...positions) + 1)];
    this.#ran = Math.min(this.#ran, ...positions);
    this.#cached = this.#ran;
    return this.#ran;
  }

  beginEmbedding(ids, layer, positions) {
    return this.beginStates(ids, [layer], positions);
  }

  states() {
    if (this.#ran < this.#ids.length) throw error('invalid-option');
    const row = (layer) => this.#positions.flatMap((position) => [layer, position]);
    return Float32Array.from(this.#layers.flatMap(row));
  }

  lens(position, from, to, topK, ids) {
    return this.#layers.slice(from, to).map((layer) => ({
      ...this.predict(topK),
      entropy: layer,
      divergence: this.#positions[position],
      asked: Array.from(ids, (id) => this.#candidate(id)),
    }));
  }

  attention() {
    const { length } = this.#ids;
    if (this.#ran < length) throw error('invalid-option');
    const weights = new Float32Array(2 * length).fill(1 / length);
    return { position: length - 1, layers: 1, heads: 2, weights };
  }

  advance() {
    const positions = Math.min(CHUNK, this.#ids.length - this.#ran);
    sleep(5);
    this.#ran += positions;
    const rows = positions > 0 ? 0 : Math.min(CHUNK, this.#rows);
    this.#rows -= rows;
    this.#work += positions + rows;
    return this.#ids.length - this.#ran + this.#rows;
  }

  scores() {
    if (this.#rows > 0) throw error('invalid-option');
    return this.#continuations.map((ids) => ({
      tokens: ids.map((id) => ({ ...this.#candidate(id), logprob: -1 })),
      logprob: -ids.length,
      perToken: -1,
      perCharacter: -1,
      perByte: -1,
      reference: null,
      adjusted: null,
    }));
  }

  predict(topK, sampler) {
    const candidates = Array.from({ length: topK }, (_, rank) => this.#candidate(rank));
    const sampled = sampler && {
      count: sampler.topK,
      p: candidates.map(() => sampler.temperature),
    };
    return {
      ...(sampled && { sampled }),
      candidates,
      rest: { count: END + 1 - topK, p: 0 },
      entropy: this.#work,
    };
  }

  logprobs() {
    return new Float32Array(END + 1).fill(this.#ids.at(-1));
  }

  surprisal(from, to) {
    if (to > this.#ran) throw error('invalid-option');
    return this.#ids.slice(from, to).map((id) => ({ token: { id }, work: this.#work }));
  }

  sample() {
    const prompt = this.#ids.lastIndexOf('>'.charCodeAt(0)) + 1;
    const made = this.#ids.length - prompt;
    const isEndless = this.#ids[prompt - 2] === '~'.charCodeAt(0);
    const id = SCRIPT[isEndless ? made % (SCRIPT.length - 1) : made];
    return { ...this.#candidate(0), id, bytes: Uint8Array.of(id) };
  }

  #candidate(rank) {
    const [id, text] = [rank, this.#text];
    return { id, bytes: Uint8Array.of(id), text, p: 0, logprob: 0, rank: rank + 1 };
  }
}

class Sampler {
  constructor(temperature, topK) {
    Object.assign(this, { temperature, topK });
  }
  free() {}
}

/** A token for each byte. */
class Encoding {
  constructor(text, limit) {
    Object.assign(this, { text, limit });
  }
  ids() {
    return Uint32Array.from(Buffer.from(this.text));
  }
  added() {
    return this.ids().fill(0);
  }
  free() {}
}

connect((port) => {
  const instantiate = async (_files, threads) => ({
    module: { Encoding, Loader, Sampler },
    threads,
  });
  const host = new Host(port, instantiate, { ...retryPolicy, firstDelayMs: 1 });
  return (message) => host.receive(message);
});
