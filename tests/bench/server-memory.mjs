// The memory of `shotglass serve` over 10,000 requests: node tests/bench/server-memory.mjs [REQUESTS]
//
// Completions, echoed prompts, streams and tokens, all with prompts of their own. The cache of prompts grows up to its
// limit, which is the size of the model's file; after that the memory is to stay as it is. V8 lets garbage lie while there is
// room; with NODE_OPTIONS='--max-old-space-size=40 --max-semi-space-size=1' it collects, and what is left is held. Linux only.

import { readFile } from 'node:fs/promises';
import { post, startApi, stop } from '../package/cli/api/server.mjs';
import { modelFile, mustExist } from '../support/files.mjs';

mustExist(modelFile, 'cargo xtask model');

const CLIENTS = 8;
const PARTS = 10;
const requests = Number(process.argv[2] ?? 10_000);

const server = await startApi(['--queue', '64']);
const completion = { max_tokens: 1, temperature: 0 };
const kinds = [
  (prompt) => ['/v1/completions', { ...completion, prompt }],
  (prompt) => ['/v1/completions', { ...completion, prompt, echo: true, logprobs: 5 }],
  (prompt) => ['/v1/completions', { ...completion, prompt, stream: true }],
  (prompt) => ['/tokenize', { prompt }],
];

async function memory() {
  const status = await readFile(`/proc/${server.child.pid}/status`, 'utf8');
  const [, kilobytes] = /^VmRSS:\s+(\d+) kB$/m.exec(status);
  return Math.round(Number(kilobytes) / 1000);
}

let asked = 0;
async function client(end) {
  while (asked < end) {
    const number = asked++;
    const kind = kinds[number % kinds.length];
    const [path, body] = kind(`Request ${number} asks for words about ${number * 7}:`);
    const { status, text } = await post(server.port, path, body);
    if (status !== 200) throw new Error(`${status}: ${text}`);
  }
}

const started = performance.now();
for (let part = 1; part <= PARTS; part++) {
  const end = Math.round((part * requests) / PARTS);
  await Promise.all(Array.from({ length: CLIENTS }, () => client(end)));
  console.log(`${end} requests: ${await memory()} MB`);
}
console.log(`${((performance.now() - started) / 1000).toFixed(0)} s`);
await stop(server);
