// What a page can ask before it offers a download.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { features } from 'shotglass';
import { relaxedSimd, simd, threads } from 'wasm-feature-detect';

test('the builds that run here, the fastest first, as wasm-feature-detect has it', async () => {
  const [plain, relaxed, shared] = await Promise.all([simd(), relaxedSimd(), threads()]);
  const expected = [
    ...(plain && relaxed && shared ? ['threads'] : []),
    ...(plain && shared ? ['simd128-threads'] : []),
    ...(plain && relaxed ? ['relaxed'] : []),
    ...(plain ? ['simd128'] : []),
  ];
  assert.deepEqual(features().builds, expected);
});

test('without SIMD there is none, and nothing is thrown', (t) => {
  t.mock.method(WebAssembly, 'validate', () => false);
  assert.deepEqual(features().builds, []);
});
