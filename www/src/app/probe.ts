import { features } from 'shotglass';

/** What this device can do, as far as a page can know before it downloads anything. */
export interface Probe {
  /** Why the model cannot run here; null where nothing speaks against it. */
  obstacle: 'simd' | 'memory' | null;
  /** Tokens of a prompt per second, roughly. */
  rate: { low: number; high: number } | null;
}

/** What some browsers tell about the device, and others keep to themselves. */
interface Device {
  hardwareConcurrency?: number;
  /** Gigabytes, rounded, 8 at most. */
  deviceMemory?: number;
}

/** The weights alone take 98 MB, and share what is there with the browser and all else that runs. */
const leastMemory = 1;

/** One slice is no long task, even on a device that is ten times slower. */
const sliceMs = 5;
const slices = 8;
/** Between slices the page, and whoever else is busy at that moment, may go on. */
const restMs = 25;
const steps = 4096;

/**
 * Whether the model would run here, and how fast: a look at the browser, and 40 ms of arithmetic in slices between
 * which the page goes on.
 */
export async function probe(): Promise<Probe> {
  const device: Device = navigator;
  const { builds } = features();
  if (builds.length === 0) return { obstacle: 'simd', rate: null };
  if ((device.deviceMemory ?? leastMemory) < leastMemory) {
    return { obstacle: 'memory', rate: null };
  }
  await idle();
  const threads = builds[0]?.endsWith('threads') ? (device.hardwareConcurrency ?? 1) : 1;
  return { obstacle: null, rate: rateOf(await multiplyAdds(), threads) };
}

/** The page is drawn first, and what it does then would be measured with the device. */
function idle(): Promise<void> {
  return new Promise((resolve) => {
    if (!window.requestIdleCallback) setTimeout(resolve, 200);
    else requestIdleCallback(() => resolve(), { timeout: 2000 });
  });
}

/**
 * What the engine does most: two loads, eight products of 16 bits, and their sum, `n / 16` times. A module of its own
 * and not JavaScript, because engines differ more, and from run to run, in when they compile that well.
 *
 * (func (param $n i32) (result i32) (local $i i32) (local $sum v128)
 *   (loop (local.set $sum (i32x4.add (local.get $sum) (i32x4.dot_i16x8_s
 *       (v128.load (i32.and (local.get $i) (i32.const 4080)))
 *       (v128.load offset=4096 (i32.and (local.get $i) (i32.const 4080))))))
 *     (br_if 0 (i32.lt_s (local.tee $i (i32.add (local.get $i) (i32.const 16))) (local.get $n))))
 *   (i32x4.extract_lane 0 (local.get $sum)))
 */
const kernel = [
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00], // '\0asm', version 1
  ...[0x01, 0x06, 0x01, 0x60, 0x01, 0x7f, 0x01, 0x7f], // types: (i32) -> i32
  ...[0x03, 0x02, 0x01, 0x00, 0x05, 0x03, 0x01, 0x00, 0x01], // one function; one page of memory
  ...[0x07, 0x05, 0x01, 0x01, 0x66, 0x00, 0x00], // exported as f
  ...[0x0a, 0x3b, 0x01, 0x39, 0x02, 0x01, 0x7f, 0x01, 0x7b], // code: one body of 57 bytes; locals i32, v128
  ...[0x03, 0x40, 0x20, 0x02], // loop, sum
  ...[0x20, 0x01, 0x41, 0xf0, 0x1f, 0x71, 0xfd, 0x00, 0x04, 0x00], // load
  ...[0x20, 0x01, 0x41, 0xf0, 0x1f, 0x71, 0xfd, 0x00, 0x04, 0x80, 0x20], // load, 4096 further on
  ...[0xfd, 0xba, 0x01, 0xfd, 0xae, 0x01, 0x21, 0x02], // dot, add, set sum
  ...[0x20, 0x01, 0x41, 0x10, 0x6a, 0x22, 0x01, 0x20, 0x00, 0x48, 0x0d, 0x00, 0x0b], // i += 16 while i < n
  ...[0x20, 0x02, 0xfd, 0x1b, 0x00, 0x0b], // lane 0 of sum
];

/** Multiply-adds per second: the best of a few slices, the first of which only warm up. */
export async function multiplyAdds(): Promise<number> {
  const module = new WebAssembly.Module(Uint8Array.from(kernel));
  const { f } = new WebAssembly.Instance(module).exports as { f(n: number): number };
  let best = 0;
  for (let slice = 0; slice < slices; slice++) {
    await new Promise((resolve) => setTimeout(resolve, restMs));
    best = Math.max(best, timed(f));
  }
  return best;
}

function timed(f: (n: number) => number): number {
  const start = performance.now();
  let done = 0;
  let elapsed = 0;
  do {
    f(steps * 16);
    done += steps * 8;
    elapsed = performance.now() - start;
  } while (elapsed < sliceMs);
  return (done / elapsed) * 1000;
}

/**
 * Measured with the default model, activations of 16 bits, in Chromium on one core of a Xeon that had other things to do,
 * too. The kernel: 15.2 to 15.7 · 10⁹ multiply-adds a second, 28 times of 30. The model, new prompts of 120 tokens: at
 * best 312 tokens a second in `relaxed`, 274 in `simd128`, and 260 or more in a third of all tries. So a token costs as
 * much as some 53 million of these multiply-adds.
 */
const tokensPerMultiplyAdd = 1 / 53e6;

/** More threads than this gain nothing that a guess should promise. */
const mostThreads = 4;

/** A range, because a kernel of integers says little about caches, and nothing about heat and other tabs. */
export function rateOf(
  multiplyAddsPerSecond: number,
  threads: number,
): { low: number; high: number } {
  const one = multiplyAddsPerSecond * tokensPerMultiplyAdd;
  const shared = Math.sqrt(Math.min(threads, mostThreads));
  return { low: rounded(one * 0.45), high: rounded(one * 1.5 * shared) };
}

/** To 1, 1.5, 2, 3, 5 or 7 times a power of ten: a guess has no more digits. */
function rounded(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const steps = [1, 1.5, 2, 3, 5, 7, 10];
  const near = (step: number) => Math.abs(Math.log(value / (step * power)));
  return power * steps.reduce((best, step) => (near(step) < near(best) ? step : best));
}
