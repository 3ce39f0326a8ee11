// Records what a real server answers to `session.mjs`: node record.mjs ADDRESS FILE "WHAT IT IS"
// llama-server: `llama-server.py` starts one on target/golden/tiny/f32.gguf.
// vLLM: `vllm serve FOLDER --dtype float32 --max-model-len 2048 --enforce-eager`, with the default model as float32.
import { writeFileSync } from 'node:fs';
import { Model } from 'shotglass';
import { session } from './session.mjs';

const [address, file, about] = process.argv.slice(2);
const exchanges = [];
const { fetch } = globalThis;
globalThis.fetch = async (url, init) => {
  const response = await fetch(url, init);
  const text = await response.clone().text();
  exchanges.push({
    path: new URL(url).pathname,
    body: init.body && JSON.parse(init.body),
    status: response.status,
    type: response.headers.get('content-type'),
    text,
  });
  return response;
};
const model = await Model.connect(address);
await session(model);
model.close();
writeFileSync(file, `${JSON.stringify({ about, exchanges }, null, 1)}\n`);
