// Measures the package in Chromium on the default model: node tests/bench/measure.mjs
//
// One run, medians of five with their spread. A benchmark, not a test: nothing here fails.

import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { launch } from '../support/chromium.mjs';
import { modelFile, mustExist } from '../support/files.mjs';
import { serve } from '../support/serve.mjs';

const packageFolder = fileURLToPath(new URL('../../pkg', import.meta.url));
const RUNS = 5;
const PROMPT = 250;
const DECODED = 64;

mustExist(modelFile, 'cargo xtask model');
const server = await serve(packageFolder, {
  files: { '/model.gguf': modelFile },
  html: '<!doctype html><link rel="icon" href="data:,"><title>measure</title>',
});
const browser = await launch();
const page = await browser.newPage();
await page.goto(server.url);

const measured = await page.evaluate(
  async ({ runs, promptTokens, decoded }) => {
    const { Model } = await import('/dist/index.js');
    const load = [];
    const prefill = [];
    const decode = [];
    let info = null;
    for (let run = 0; run < runs; run++) {
      let started = performance.now();
      const model = await Model.load('/model.gguf');
      load.push(performance.now() - started);
      info = model.info;

      // A prompt of its own for each run: its first word is new, so that nothing is cached.
      const words = Array.from({ length: promptTokens }, (_, i) => ' word'.repeat(1 + (i === run)));
      let text = `${run}`;
      let tokens = 0;
      while (words.length > 0 && tokens < promptTokens) {
        text += words.pop();
        tokens = (await model.tokenize(text)).length;
      }
      const prediction = await model.predict(text);
      if (prediction.cachedTokens !== 0) throw new Error('the prompt was cached');
      prefill.push((1000 * prediction.tokens) / prediction.durationMs);

      started = performance.now();
      let steps = 0;
      for await (const step of model.generate(text, {
        maxTokens: decoded,
        temperature: 1,
        seed: run,
      })) {
        if (step.finish !== 'end') steps += 1;
      }
      decode.push((1000 * steps) / (performance.now() - started));
      model.close();
    }
    return { info, load, prefill, decode };
  },
  { runs: RUNS, promptTokens: PROMPT, decoded: DECODED },
);

// The engine's linear memory, in a page of its own: the package's worker keeps it to itself.
const memory = await page.evaluate(async () => {
  const { default: init, Loader } = await import('/wasm/simd128/shotglass.js');
  const module = await fetch('/wasm/simd128/shotglass_bg.wasm');
  const { memory } = await init({ module_or_path: await module.arrayBuffer() });
  const response = await fetch('/model.gguf');
  const loader = new Loader(Number(response.headers.get('content-length')));
  const reader = response.body.getReader();
  for (let part = await reader.read(); !part.done; part = await reader.read())
    loader.push(part.value);
  const engine = loader.finish();
  const loaded = memory.buffer.byteLength;
  engine.begin(Uint32Array.from({ length: 250 }, (_, i) => 1000 + i));
  while (engine.advance() > 0);
  engine.predict(10);
  return { loaded, afterPrompt: memory.buffer.byteLength };
});
const version = browser.version();
await browser.close();
server.close();

const wasm = readFileSync(`${packageFolder}/wasm/simd128/shotglass_bg.wasm`);
const bytes = measured.info.bytes;
const row = (what, values, unit) => {
  const sorted = [...values].sort((a, b) => a - b);
  const [least, middle, most] = [sorted[0], sorted[sorted.length >> 1], sorted[sorted.length - 1]];
  console.log(
    `| ${what} | ${middle.toFixed(0)} ${unit} | ${least.toFixed(0)}–${most.toFixed(0)} |`,
  );
};
console.log(`Chromium ${version}, ${cpus()[0].model.trim()}, ${cpus().length} cores, 1 thread\n`);
console.log(`| ${measured.info.name}, build ${measured.info.build} | median of ${RUNS} | spread |`);
console.log('|---|---|---|');
row('load from this machine', measured.load, 'ms');
row(`prefill, ${PROMPT} tokens`, measured.prefill, 'tokens/s');
row(`decode after ${PROMPT} tokens`, measured.decode, 'tokens/s');
const share = (size) => `${(size / 1e6).toFixed(1)} MB, ${(size / bytes).toFixed(2)} × the file`;
console.log(`| wasm memory, loaded | ${share(memory.loaded)} | |`);
console.log(`| wasm memory, after ${PROMPT} tokens | ${share(memory.afterPrompt)} | |`);
console.log(
  `| wasm module | ${wasm.length} bytes, ${gzipSync(wasm, { level: 9 }).length} gzipped | |`,
);
