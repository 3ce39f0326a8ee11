// The numbers that the project set itself, from the result of a run: what each is, its bound, what
// was measured.

import { median } from './numbers.mjs';

/**
 * The bounds that depend on the model, at one thread: how many times as fast as the best peer and as llama.cpp the builds
 * are to be, the seconds of a load, and the memory over the file.
 */
const bounds = {
  default: {
    relaxed: { prefill: 6, decode: 5 },
    simd128: { prefill: 3, decode: 3 },
    native: { prefill: 0.5, decode: 1.3 },
    load: 1.5,
    memory: 1.3,
  },
  gemma: {
    relaxed: { prefill: 5, decode: null },
    simd128: { prefill: null, decode: null },
    native: { prefill: 1.5, decode: null },
    load: null,
    memory: 1.35,
  },
};

/** A subject's result by its name; undefined where it was not measured. */
export function subject(result, name) {
  return result.subjects.find((subject) => subject.name === name);
}

/** The fastest of the other packages at one thread, whatever its version and quantization. */
export function bestPeer(result, key) {
  const peers = result.subjects.filter(
    ({ adapter, threads, samples }) =>
      adapter.startsWith('wllama') && threads === 1 && samples.length > 0,
  );
  const rate = (peer) => median(peer, key) || 0;
  return peers.reduce((best, peer) => (rate(peer) > rate(best) ? peer : best), peers[0]);
}

/**
 * `[{ what, value, bound, atLeast, unit, of }]`; `value` is NaN where a part of it was not
 * measured, `bound` null where none is set.
 */
export function measures(result) {
  const bound = bounds[result.model.about];
  const ours = (name) => subject(result, `shotglass ${name}`);
  const [simd128, relaxed] = [ours('simd128 ×1'), ours('relaxed ×1')];
  const [threads1, threads2] = [ours('threads ×1'), ours('threads ×2')];
  const native = subject(result, 'llama.cpp ×1');
  const peer = { prefill: bestPeer(result, 'prefill-256'), decode: bestPeer(result, 'decode') };

  const ratio = (what, bound, key, over, under, of = under?.name) => ({
    what,
    value: median(over, key) / median(under, key),
    bound,
    atLeast: true,
    unit: '×',
    of: of ?? 'nothing to compare with',
  });
  const most = (what, bound, value, unit, of) => ({ what, value, bound, atLeast: false, unit, of });

  const perToken = median(relaxed, 'prefill-256') / median(relaxed, 'prefill-2048');
  const runOverNew = median(relaxed, 'tokensRun') / median(relaxed, 'tokensNew');
  const memory = (relaxed?.memory?.['memory-loaded'] ?? Number.NaN) / result.model.bytes;
  return [
    ratio(
      'prefill 256, relaxed, over the best peer',
      bound.relaxed.prefill,
      'prefill-256',
      relaxed,
      peer.prefill,
    ),
    ratio(
      'decode, relaxed, over the best peer',
      bound.relaxed.decode,
      'decode',
      relaxed,
      peer.decode,
    ),
    ratio(
      'prefill 256, relaxed, over llama.cpp',
      bound.native.prefill,
      'prefill-256',
      relaxed,
      native,
    ),
    ratio('decode, relaxed, over llama.cpp', bound.native.decode, 'decode', relaxed, native),
    ratio(
      'prefill 256, simd128, over the best peer',
      bound.simd128.prefill,
      'prefill-256',
      simd128,
      peer.prefill,
    ),
    ratio(
      'decode, simd128, over the best peer',
      bound.simd128.decode,
      'decode',
      simd128,
      peer.decode,
    ),
    ratio('prefill 256, 2 threads over 1', 1.7, 'prefill-256', threads2, relaxed),
    ratio('the same, one build', null, 'prefill-256', threads2, threads1),
    ratio('decode, 2 threads over 1', null, 'decode', threads2, relaxed),
    most('prefill per token, 2,048 over 256', 1.5, perToken, '×', 'relaxed'),
    most('few-shot job: tokens run over tokens new', 1.1, runOverNew, '×', 'relaxed'),
    most('load', bound.load, median(relaxed, 'load'), 's', 'relaxed'),
    most('memory when loaded, over the file', bound.memory, memory, '×', 'relaxed'),
    ...result.wasm
      .filter(({ name }) => name.startsWith('shotglass'))
      .map(({ name, gzipped }) => most('module, gzipped', 700, gzipped / 1000, 'kB', name)),
  ];
}

/** True when the bound is kept; null where there is none, or nothing was measured. */
export function isKept({ value, bound, atLeast }) {
  if (bound === null || Number.isNaN(value)) return null;
  return atLeast ? value >= bound : value <= bound;
}
