// Measures how long the engine goes on after an abort, in Chromium: node tests/bench/abort.mjs
//
// Twenty prefills of 2,000 tokens, each aborted at a random time. The call itself rejects at once; what is measured is
// when the worker is free again: when the next call, which runs nothing, is answered.

import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { launch } from '../support/chromium.mjs';
import { modelFile, mustExist } from '../support/files.mjs';
import { serve } from '../support/serve.mjs';

const ABORTS = 20;
const TOKENS = 2000;

mustExist(modelFile, 'cargo xtask model');
const server = await serve(fileURLToPath(new URL('../../pkg', import.meta.url)), {
  files: { '/model.gguf': modelFile },
  html: '<!doctype html><link rel="icon" href="data:,"><title>abort</title>',
});
const browser = await launch();
const page = await browser.newPage();
await page.goto(server.url);
const { info, waits, idle } = await page.evaluate(
  async ({ aborts, tokens }) => {
    const { Model } = await import('/dist/index.js');
    const model = await Model.load('/model.gguf');
    const waits = [];
    const idle = [];
    for (let i = 0; i < aborts; i++) {
      const controller = new AbortController();
      // The first word is new each time, so that nothing is cached.
      const call = model.predict(`${i}${' word'.repeat(tokens)}`, { signal: controller.signal });
      const aborted = call.catch((error) => error.code);
      await new Promise((resolve) => setTimeout(resolve, 200 + 3000 * Math.random()));
      const start = performance.now();
      controller.abort();
      if ((await aborted) !== 'aborted') throw new Error('it was over before the abort');
      await model.tokenize('a');
      const end = performance.now();
      waits.push(end - start);
      await model.tokenize('a');
      idle.push(performance.now() - end);
    }
    return { info: model.info, waits, idle };
  },
  { aborts: ABORTS, tokens: TOKENS },
);
const version = browser.version();
await browser.close();
server.close();

const sorted = waits.toSorted((a, b) => a - b);
const ms = (value) => `${value.toFixed(0)} ms`;
console.log(`Chromium ${version}, ${cpus()[0].model.trim()}, ${cpus().length} cores`);
console.log(`${info.name}, build ${info.build}, threads ${info.threads}`);
console.log(
  `from abort to free: median ${ms(sorted[ABORTS >> 1])}, most ${ms(sorted[ABORTS - 1])} of ${ABORTS}; an idle worker answers in ${ms(Math.max(...idle))}`,
);
