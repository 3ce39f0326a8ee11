/**
 * Which builds of the engine run here.
 *
 * Written by hand rather than taken from a package, because a page without a bundler cannot resolve
 * a bare import: with no dependency at all, `dist/index.js` works from any static server. The tests
 * hold the answers against those of `wasm-feature-detect`.
 */
import { ShotglassError } from '../errors.js';
import { isNode, nodeModule } from './node.js';

/**
 * The builds of the engine. `'simd128'` runs everywhere, `'relaxed'` uses relaxed SIMD. `'threads'` and
 * `'simd128-threads'` are the same with shared memory, which a page has only if it is cross-origin isolated.
 */
export type Build = 'simd128' | 'relaxed' | 'threads' | 'simd128-threads';

/** All builds, the fastest first. */
export const builds: readonly Build[] = ['threads', 'simd128-threads', 'relaxed', 'simd128'];

/** Whether the memory of a build is shared, so that several workers run it. */
export const hasThreads = (build: Build): boolean => build.endsWith('threads');

/** Whether a build needs relaxed SIMD. */
export const isRelaxed = (build: Build): boolean => build === 'threads' || build === 'relaxed';

// '\0asm', version 1
const start = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];

/** Small modules with an instruction of each feature in it; what does not know it, refuses them. */
const probes: Record<'simd128' | 'relaxed' | 'threads', number[]> = {
  simd128: [
    ...[...start, 0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7b], // types: () -> v128
    ...[0x03, 0x02, 0x01, 0x00], // functions: one, of type 0
    ...[0x0a, 0x08, 0x01, 0x06, 0x00, 0x41, 0x00, 0xfd, 0x11, 0x0b], // code: i32x4.splat(0)
  ],
  relaxed: [
    ...[...start, 0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7f], // types: () -> i32
    ...[0x03, 0x02, 0x01, 0x00, 0x07, 0x05, 0x01, 0x01, 0x66, 0x00, 0x00], // one function, exported as f
    ...[0x0a, 0x17, 0x01, 0x15, 0x00], // code: one body of 21 bytes, no locals
    ...[0x41, 0x03, 0xfd, 0x0f, 0x41, 0x05, 0xfd, 0x0f], // i8x16.splat(3), i8x16.splat(5)
    ...[0x41, 0xe8, 0x07, 0xfd, 0x11], // i32x4.splat(1000)
    ...[0xfd, 0x93, 0x02, 0xfd, 0x1b, 0x00, 0x0b], // i32x4.relaxed_dot_i8x16_i7x16_add, lane 0
  ],
  threads: [
    ...[...start, 0x01, 0x04, 0x01, 0x60, 0x00, 0x00, 0x03, 0x02, 0x01, 0x00], // types: () -> ()
    ...[0x05, 0x04, 0x01, 0x03, 0x01, 0x01], // memory: shared, one page, at most one
    ...[0x0a, 0x0b, 0x01, 0x09, 0x00, 0x41, 0x00, 0xfe, 0x10, 0x02, 0x00, 0x1a, 0x0b], // i32.atomic.load
  ],
};

/**
 * Whether relaxed SIMD computes what it should, where it is known: in V8 11.3 (Node 20, behind a
 * flag) the first of its compilers adds the dot product to itself.
 */
export function relaxedIsSound(): boolean {
  const module = new WebAssembly.Module(Uint8Array.from(probes.relaxed));
  const { f } = new WebAssembly.Instance(module).exports as { f(): number };
  return f() === 4 * 3 * 5 + 1000;
}

function knows(feature: keyof typeof probes): boolean {
  const isThere = typeof WebAssembly === 'object';
  return isThere && WebAssembly.validate(Uint8Array.from(probes[feature]));
}

/** Whether memory can be given to other workers: not in a page that is not cross-origin isolated. */
function sharesMemory(): boolean {
  // Node has no such variable, and no other pages to be isolated from.
  return typeof SharedArrayBuffer === 'function' && globalThis.crossOriginIsolated !== false;
}

/** What this browser or this version of Node can run. */
export interface Features {
  /** The builds of the engine that run here, fastest first; empty if none does. */
  builds: readonly Build[];
}

/**
 * What can run here, found in less than a millisecond and without a request. Call it before you offer a
 * download. `Model.load` uses the first of the builds, but those with threads only if it may use more than one
 * thread.
 */
export function features(): Features {
  return { builds: builds.filter(runsHere) };
}

/** Whether a build runs here. */
export function runsHere(build: Build): boolean {
  if (hasThreads(build) && !(sharesMemory() && knows('threads'))) return false;
  return knows('simd128') && (!isRelaxed(build) || knows('relaxed'));
}

/**
 * The builds to try, the fastest first: those of `named` that run here, or the one asked for.
 *
 * @throws `unsupported-browser` where there is none.
 */
export function pickBuilds(
  forced: Build | undefined,
  named: readonly Build[],
  threads: number,
): Build[] {
  const isWanted = (build: Build) =>
    named.includes(build) && (forced ? build === forced : !hasThreads(build) || threads > 1);
  const picked = builds.filter((build) => isWanted(build) && runsHere(build));
  // Where threads with relaxed SIMD cannot be started, those without cannot be either.
  if (picked[0] === 'threads') return picked.filter((build) => build !== 'simd128-threads');
  if (picked.length > 0) return picked;
  throw new ShotglassError('unsupported-browser', unsupported(forced));
}

function unsupported(forced: Build | undefined): string {
  if (!runsHere('simd128')) {
    return 'This browser has no WebAssembly SIMD. Use Chrome 91, Firefox 114, Safari 16.4 or newer.';
  }
  if (forced === undefined) {
    return "None of the builds in wasmUrl runs here. Add 'simd128', which runs everywhere.";
  }
  const missing =
    hasThreads(forced) && !sharesMemory()
      ? 'needs a page that is cross-origin isolated (by the headers COOP and COEP), but this page is not'
      : 'does not run in this browser';
  return `The build '${forced}' ${missing}. Omit the option build to use the fastest build that runs.`;
}

/** More threads than this gain little, and heat what else the page does. */
const DEFAULT_THREADS = 8;

/** How many threads to use: as many as were asked for, and no more than there are cores. */
export async function threadCount(asked: number | undefined): Promise<number> {
  return Math.min(asked ?? DEFAULT_THREADS, await cores());
}

async function cores(): Promise<number> {
  if (isNode) return (await nodeModule('node:os')).availableParallelism();
  return globalThis.navigator?.hardwareConcurrency ?? 1;
}
