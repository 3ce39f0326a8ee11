// The types that have a code book: llama.cpp says what their weights are.
//
// Each model is a lens (tests/support/lens.rs): the logits of a token are its embedding, normalized. So the
// probabilities show every weight of a row, up to the rounding of the normalization, and a weight that was off by the
// smallest step of its type would be a thousandth or more of a logit.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { getLlama, LlamaLogLevel } from 'node-llama-cpp';
import init, { Loader } from '../../../pkg/wasm/simd128/shotglass.js';
import { mustExist, tinyFolder } from '../../support/files.mjs';

mustExist(tinyFolder, 'cargo test --release');
const wasmFile = new URL('../../../pkg/wasm/simd128/shotglass_bg.wasm', import.meta.url);
const types = 'iq1_s iq1_m iq2_xxs iq2_xs iq2_s iq3_xxs iq3_s iq4_nl iq4_xs mxfp4';

/** Columns of the embedding, which are the first logits. */
const WIDTH = 256;

let llama;
before(async () => {
  await init({ module_or_path: readFileSync(wasmFile) });
  llama = await getLlama({ gpu: false, build: 'never', logLevel: LlamaLogLevel.error });
});
after(() => llama?.dispose());

/** The logits after each token, as llama.cpp has them. */
async function theirs(modelPath, ids) {
  const model = await llama.loadModel({ modelPath });
  const context = await model.createContext({ contextSize: 512, batchSize: 512, threads: 1 });
  const options = { temperature: 1, topK: 0, topP: 1, minP: 0 };
  const input = ids.map((id) => [id, { generateNext: { logits: true, options } }]);
  const output = await context.getSequence().controlledEvaluate(input);
  await context.dispose();
  await model.dispose();
  return output.map(({ next: { logits } }) =>
    Array.from({ length: WIDTH }, (_, i) => logits.get(i)),
  );
}

/** The log-probabilities after each token, as this package has them. */
function ours(bytes, ids) {
  const loader = new Loader(1, 8, 1);
  loader.begin(bytes.length);
  loader.push(bytes);
  const engine = loader.finish();
  const rows = ids.map((_, i) => {
    engine.begin(Uint32Array.from(ids.slice(0, i + 1)));
    while (engine.advance() > 0);
    return [...engine.logprobs().subarray(0, WIDTH)];
  });
  engine.free();
  return rows;
}

/** The same numbers with a mean of 0, so that logits and their log-probabilities compare. */
function centered(row) {
  const mean = row.reduce((sum, x) => sum + x, 0) / row.length;
  return row.map((x) => x - mean);
}

for (const type of types.split(' ')) {
  test(`${type}: every weight is that of llama.cpp`, async () => {
    const path = join(tinyFolder, `${type}.gguf`);
    const { ids } = JSON.parse(readFileSync(path.replace(/gguf$/, 'json')));
    const expected = (await theirs(path, ids)).map(centered);
    const rows = ours(readFileSync(path), ids).map(centered);
    assert.equal(rows.length, expected.length);
    let largest = 0;
    for (const [i, row] of rows.entries()) {
      for (const [j, x] of row.entries()) {
        largest = Math.max(largest, Math.abs(x - expected[i][j]));
      }
      // The identity of the row: it is not flat.
      assert.ok(Math.max(...expected[i].map(Math.abs)) > 0.5);
    }
    assert.ok(largest < 1e-5, `${largest} from llama.cpp`);
  });
}
