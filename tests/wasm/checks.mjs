// What both files of tests here share.

import { fileURLToPath } from 'node:url';

/** The tests that `cargo xtask` compiles to WebAssembly, a folder for each build. */
export const folder =
  process.env.SHOTGLASS_WASM_TESTS ??
  fileURLToPath(new URL('../../target/wasm-tests', import.meta.url));

/** The checks against the slow twins: the first seed and how many cases. */
export const checks = { matrices: [1, 3000], floats: [1, 2000] };
