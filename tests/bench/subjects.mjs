// What is measured, and how much of it in which round.

import { readFileSync } from 'node:fs';

/** The models that are measured, each with its quantizations; the first is the file itself. */
export const models = {
  default: { quantizations: ['Q4_1', 'Q4_0', 'Q8_0'] },
  gemma: { quantizations: ['Q4_K_M', 'Q8_0'] },
};

const short = [256, 64];
const long = [1024, 2048];

/**
 * A subject: its name, its adapter, what the adapter is given, and what each round measures
 * (`each`) and the first round alone (`once`). The other packages are slow: their long prompts and
 * the few-shot job would be half of the run.
 */
export const subjects = [
  ...[
    ['simd128', 1],
    ['relaxed', 1],
    ['threads', 1],
    ['threads', 2],
  ].map(([build, threads]) => ({
    name: `shotglass ${build} ×${threads}`,
    adapter: 'shotglass',
    quantization: 'Q4_1',
    build,
    threads,
    each: { lengths: [...short, ...long], fewShot: true },
    once: { lengths: [], fewShot: false },
  })),
  ...['wllama-2', 'wllama-3'].flatMap((adapter) =>
    [
      ['Q4_0', 1],
      ['Q4_1', 1],
      ['Q8_0', 1],
      ['Q8_0', 2],
    ].map(([quantization, threads]) => ({
      name: `wllama ${version(adapter)} ${quantization} ×${threads}`,
      adapter,
      quantization,
      threads,
      each: { lengths: threads === 1 ? short : [], fewShot: false },
      once: {
        lengths: threads === 1 ? (quantization === 'Q8_0' ? [1024] : []) : [256],
        fewShot: quantization === 'Q8_0' && threads === 1,
      },
    })),
  ),
  ...[1, 2].map((threads) => ({
    name: `llama.cpp ×${threads}`,
    adapter: 'llama',
    quantization: 'Q4_1',
    threads,
    each: { lengths: [...short, ...long], fewShot: false },
    once: { lengths: [], fewShot: true },
  })),
];

/**
 * What is measured on gemma-3-270m, which is to show that another architecture is as fast: the builds, the package that is
 * nearest to them, and llama.cpp, at the lengths that the bounds are about.
 */
export const gemmaSubjects = subjects
  .filter(
    ({ adapter, threads, quantization }) =>
      (adapter === 'shotglass' || threads === 1) && quantization !== 'Q4_0',
  )
  .map((subject) => ({
    ...subject,
    name: subject.name.replace('Q4_1', 'Q4_K_M'),
    quantization: subject.quantization.replace('Q4_1', 'Q4_K_M'),
    each: { lengths: short, fewShot: false },
    once: { lengths: [], fewShot: false },
  }));

/** What a subject measures in a round, from 0. A quick run leaves out what takes long. */
export function planFor({ each, once }, round, quick) {
  const parts = round === 0 ? [each, once] : [each];
  const lengths = parts.flatMap(({ lengths }) => lengths);
  return {
    lengths: quick ? lengths.filter((length) => length <= 256) : lengths,
    fewShot: !quick && parts.some(({ fewShot }) => fewShot),
  };
}

/**
 * Whether two rounds have shown that a quantization cannot be its package's fastest: it is not
 * measured again, for that would double the time of a round. The best samples are compared: a
 * sample can be slowed by what else the machine does, but not made faster.
 */
export function isOutrun(subject, all) {
  if (subject.samples.length < 2) return false;
  const best = ({ samples }, key) => Math.max(...samples.map((sample) => sample[key]));
  const differsInQuantizationAlone = (other) =>
    ['adapter', 'build', 'threads'].every((key) => other[key] === subject[key]);
  const isFarBehind = (key) =>
    all
      .filter(differsInQuantizationAlone)
      .some((other) => best(subject, key) < 0.7 * best(other, key));
  return isFarBehind('prefill-256') && isFarBehind('decode');
}

/** Positions that a subject needs room for: its longest prompt and what is generated after. */
export function contextFor({ each, once }) {
  return Math.max(512, ...each.lengths, ...once.lengths) + 128;
}

/** The version of an installed package, by the name of its folder. */
export function version(name) {
  const folder = { 'wllama-3': '@wllama/wllama' }[name] ?? name;
  const manifest = new URL(`../../node_modules/${folder}/package.json`, import.meta.url);
  return JSON.parse(readFileSync(manifest, 'utf8')).version;
}
