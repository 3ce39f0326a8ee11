import { ShotglassError } from './errors.js';

/** The builds of the engine, from the one that runs everywhere upwards. */
export type Build = 'simd128' | 'relaxed';

// The smallest module with a SIMD instruction in it: one function that returns i32x4.splat(0).
const simdModule = Uint8Array.of(
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00], // '\0asm', version 1
  ...[0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7b], // types: () -> v128
  ...[0x03, 0x02, 0x01, 0x00], // functions: one, of type 0
  ...[0x0a, 0x08, 0x01, 0x06, 0x00, 0x41, 0x00, 0xfd, 0x11, 0x0b], // code: i32.const 0, splat, end
);

// The same with the instruction that the build is for: i32x4.relaxed_dot_i8x16_i7x16_add of three.
const relaxedModule = Uint8Array.of(
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
  ...[0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7b],
  ...[0x03, 0x02, 0x01, 0x00],
  ...[0x0a, 0x13, 0x01, 0x11, 0x00], // code: one body of 17 bytes, no locals
  ...[0x41, 0x00, 0xfd, 0x11, 0x41, 0x00, 0xfd, 0x11, 0x41, 0x00, 0xfd, 0x11], // splat(0), thrice
  ...[0xfd, 0x93, 0x02, 0x0b], // the dot product, end
);

const runsHere: Record<Build, () => boolean> = {
  simd128: () => validates(simdModule),
  relaxed: () => validates(simdModule) && validates(relaxedModule),
};

function validates(module: Uint8Array<ArrayBuffer>): boolean {
  return typeof WebAssembly === 'object' && WebAssembly.validate(module);
}

/** All builds, the fastest first. */
export const builds: readonly Build[] = ['relaxed', 'simd128'];

/**
 * The fastest build that runs here, or the one asked for.
 *
 * Written here rather than taken from a package, because a page without a bundler cannot resolve
 * a bare import: with no dependency at all, `dist/index.js` works from any static server.
 */
export function pickBuild(forced?: Build): Build {
  const build = builds.find((build) => (forced ?? build) === build && runsHere[build]());
  if (build !== undefined) return build;
  throw new ShotglassError(
    'unsupported-browser',
    forced === undefined || forced === 'simd128'
      ? 'This browser has no WebAssembly SIMD. Use Chrome 91, Firefox 114, Safari 16.4 or newer.'
      : `The build '${forced}' does not run in this browser. Leave the option build out to have the fastest that does.`,
  );
}
