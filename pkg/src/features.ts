import { ShotglassError } from './errors.js';

/** The builds of the engine, from the one that runs everywhere upwards. */
export type Build = 'simd128';

// The smallest module with a SIMD instruction in it: one function that returns i32x4.splat(0).
const simdModule = Uint8Array.of(
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00], // '\0asm', version 1
  ...[0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7b], // types: () -> v128
  ...[0x03, 0x02, 0x01, 0x00], // functions: one, of type 0
  ...[0x0a, 0x08, 0x01, 0x06, 0x00, 0x41, 0x00, 0xfd, 0x11, 0x0b], // code: i32.const 0, splat, end
);

/**
 * The best build that this browser runs.
 *
 * Written here rather than taken from a package, because a page without a bundler cannot resolve
 * a bare import: with no dependency at all, `dist/index.js` works from any static server.
 */
export function pickBuild(): Build {
  if (typeof WebAssembly === 'object' && WebAssembly.validate(simdModule)) return 'simd128';
  throw new ShotglassError(
    'unsupported-browser',
    'This browser has no WebAssembly SIMD. Use Chrome 91, Firefox 114, Safari 16.4 or newer.',
  );
}
