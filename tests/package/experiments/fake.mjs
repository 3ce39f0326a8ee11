// A model that is small enough to read, and what the tests of experiments share. Beneath the real worker it is `fake-worker.mjs`.

import { abortError, ShotglassError } from '../../../pkg/dist/errors.js';

/** Reviews and their sentiment, the template of Calibrate Before Use. */
export const sentiment = {
  instruction: '',
  template: {
    instructionSeparator: '\n\n',
    inputPrefix: 'Review: ',
    inputSuffix: '\n',
    outputPrefix: 'Sentiment:',
    outputSeparator: ' ',
    demonstrationSeparator: '\n\n',
  },
  demonstrations: [
    { input: 'warm', output: 'Positive' },
    { input: 'dull', output: 'Negative' },
    { input: 'funny', output: 'Positive' },
  ],
  query: 'fine',
};

/** Its first demonstrations, and more: distinct inputs, outputs in turns. */
export function withDemonstrations(n) {
  const demonstrations = Array.from({ length: n }, (_, i) => ({
    input: `film ${i}`,
    output: i % 2 === 0 ? 'Positive' : 'Negative',
  }));
  return { ...sentiment, demonstrations };
}

/** Between −6 and 0, by FNV-1a: every change of the text changes it. */
export function hashed(context, continuation) {
  let hash = 0x811c9dc5;
  for (const unit of Buffer.from(`${context}\0${continuation}`)) {
    hash = Math.imul(hash ^ unit, 0x01000193);
  }
  return (-6 * ((hash >>> 0) + 1)) / 2 ** 32;
}

/**
 * A model whose tokens are characters and whose logprobs are `logprobOf(context, continuation)`, in nats. Contexts of more than
 * `contextLength` are too long; `answers(prompt)` is what it writes. It keeps the calls, remembers what it has read, and counts
 * what it had to read, as the engine does.
 */
export function fakeModel(
  logprobOf = hashed,
  { contextLength = Number.POSITIVE_INFINITY, answers = () => '' } = {},
) {
  const read = new Set();
  const textOf = (context) => context.text ?? context;
  const checked = (text, signal) => {
    if (signal?.aborted) throw abortError(signal);
    if (text === '') throw new ShotglassError('empty-prompt', 'There is no token.');
    if (text.length > contextLength) throw new ShotglassError('prompt-too-long', 'Too long.');
    return text;
  };
  const formsOf = (text, continuation) => {
    const logprob = logprobOf(text, continuation);
    return {
      logprob,
      perToken: logprob / [...continuation].length,
      perCharacter: logprob / [...continuation.trimStart()].length,
      perByte: logprob / Buffer.byteLength(continuation),
    };
  };
  const run = (contexts, onProgress) => {
    let tokens = 0;
    let cached = 0;
    for (const text of contexts) {
      tokens += text.length;
      for (let i = 1; i <= text.length; i++) {
        if (read.has(text.slice(0, i))) cached += 1;
        else read.add(text.slice(0, i));
      }
    }
    onProgress?.({ tokensDone: cached, tokensTotal: tokens, cachedTokens: cached });
    onProgress?.({ tokensDone: tokens, tokensTotal: tokens, cachedTokens: cached });
    model.tokensRun += tokens - cached;
  };
  const model = {
    calls: [],
    tokensRun: 0,
    async score(prompt, continuations, { reference = [], signal, onProgress } = {}) {
      await null;
      // Spaces that the context ends in belong to the continuations, as in the engine.
      const whole = checked(textOf(prompt), signal);
      const context = whole.replace(/ +$/, '');
      const spaces = whole.slice(context.length);
      const references = [reference].flat().map(textOf);
      model.calls.push({ context, continuations, references });
      run([context, ...references], onProgress);
      return continuations.map((continuation) => {
        const scored = spaces + continuation;
        const own = formsOf(context, scored);
        const others = references.map((each) => formsOf(each, scored));
        const each = (of) => Object.fromEntries(Object.keys(own).map((form) => [form, of(form)]));
        const average = (form) =>
          Math.log(others.reduce((sum, other) => sum + Math.exp(other[form]), 0) / others.length);
        const behind = others.length > 0 ? each(average) : null;
        const tokens = [...scored].map((text) => ({
          id: text.codePointAt(0),
          text,
          bytes: new TextEncoder().encode(text),
          logprob: own.perToken,
        }));
        const adjusted = behind && each((form) => own[form] - behind[form]);
        return { continuation, tokens, ...own, reference: behind, adjusted };
      });
    },
    async surprisal(text, { signal } = {}) {
      checked(text, signal);
      return [...text].map((char, i) => ({
        token: { text: char },
        logprob: i === 0 ? null : -char.codePointAt(0),
      }));
    },
    async *generate(prompt, options) {
      model.generateOptions = options;
      const characters = [...answers(prompt.text)];
      run([prompt.text], options.onProgress);
      model.tokensRun += Math.max(0, characters.length - 1);
      for (const [i, textDelta] of characters.entries()) {
        yield { textDelta, finish: i === characters.length - 1 ? 'stop' : null };
      }
    },
  };
  return model;
}

/** All steps of an experiment. */
export async function stepsOf(experiment) {
  const steps = [];
  for await (const step of experiment) steps.push(step);
  return steps;
}

/** The last result of an experiment. */
export async function resultOf(experiment) {
  return (await stepsOf(experiment)).at(-1).result;
}

export function near(actual, expected, tolerance = 1e-12) {
  if (Math.abs(actual - expected) <= tolerance) return;
  throw new Error(`${actual} is not ${expected}`);
}
