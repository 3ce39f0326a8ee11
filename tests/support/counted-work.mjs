// How much work the package does, counted and not timed: how often its functions and the blocks in them run.
import { Session } from 'node:inspector/promises';
import { setFlagsFromString } from 'node:v8';

// Code that was optimised or thrown away loses some of its counts.
setFlagsFromString('--no-opt');
setFlagsFromString('--no-flush-bytecode');

const session = new Session();
session.connect();
await session.post('Profiler.enable');
await session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });

async function takeCounts() {
  const { result } = await session.post('Profiler.takePreciseCoverage');
  return result
    .filter(({ url }) => url.includes('/pkg/dist/'))
    .flatMap(({ functions }) => functions.flatMap(({ ranges }) => ranges))
    .reduce((sum, { count }) => sum + count, 0);
}

/** How many times functions of the package, and blocks in them, are entered by a call. */
export async function workOf(call) {
  await takeCounts();
  await call();
  return takeCounts();
}

/**
 * How much more work twice as much is: a little above 2 where the work grows with the input, 4 where it grows
 * with its square, 8 with its cube.
 */
export async function growth(size, callWith) {
  const once = await workOf(() => callWith(size));
  const twice = await workOf(() => callWith(2 * size));
  if (once < size) throw new Error(`Only ${once} steps were counted for a size of ${size}.`);
  return twice / once;
}
