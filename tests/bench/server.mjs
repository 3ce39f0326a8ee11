// How many scored prompts a second `shotglass serve` answers, as evaluation harnesses ask for them:
// node tests/bench/server.mjs [--llama]
//
// A prompt has 100 tokens, of which 80 are the same in all; one token is generated after it, and the log-probabilities of
// all come back (`echo`). One client asks after the other, then eight ask at once. The beginnings differ from turn to
// turn, so that each turn begins with a cache that has none of it. With `--llama`, llama-server completes the same prompts
// in turns with ours, with one thread as well. It cannot score them, and answers with the next token alone, which ours is
// asked for, too. At the end, how long the first bytes of a stream take, after a prompt that is in no cache.

import { fileURLToPath } from 'node:url';
import { Model } from 'shotglass';
import { post, startApi, stop } from '../package/cli/api/server.mjs';
import { startPython } from '../recipes/python.mjs';
import { modelFile, mustExist } from '../support/files.mjs';
import { summary } from './numbers.mjs';
import { text } from './prompts.mjs';

mustExist(modelFile, 'cargo xtask model');

const TURNS = 3;
const REQUESTS = 40;
const [SHARED, OWN] = [80, 20];

const model = await Model.load(modelFile);
const ids = async (words) => (await model.tokenize(words)).map(({ id }) => id);
const promptsOf = async (turn) => {
  const shared = (await ids(text(SHARED, turn))).slice(0, SHARED);
  const all = Array.from({ length: REQUESTS }, async (_, i) => {
    return [...shared, ...(await ids(text(OWN, 1000 * turn + i))).slice(0, OWN)];
  });
  return Promise.all(all);
};

const completed = { max_tokens: 1, temperature: 0, logprobs: 1 };
const ours = await startApi();
const ways = [{ name: 'ours, scored', port: ours.port, asked: { ...completed, echo: true } }];
let llama = null;
if (process.argv.includes('--llama')) {
  const script = fileURLToPath(new URL('../package/remote/llama-server.py', import.meta.url));
  llama = await startPython([script, modelFile], /http:\/\/127\.0\.0\.1:(\d+)/);
  ways.push({ name: 'ours, completed', port: ours.port, asked: completed });
  ways.push({ name: 'llama-server, completed', port: Number(llama.found[1]), asked: completed });
}

/** Requests a second with so many clients. */
async function rate({ port, asked }, prompts, clients) {
  const left = [...prompts];
  const client = async () => {
    for (let prompt = left.pop(); prompt; prompt = left.pop()) {
      const { status, text } = await post(port, '/v1/completions', { ...asked, prompt });
      if (status !== 200) throw new Error(`${status}: ${text}`);
      const scored = JSON.parse(text).choices[0].logprobs?.token_logprobs?.length;
      if (asked.echo && scored !== SHARED + OWN + 1)
        throw new Error(`${scored} tokens were scored`);
    }
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: clients }, client));
  return (1000 * prompts.length) / (performance.now() - started);
}

const rates = new Map();
let turn = 0;
for (let i = 0; i < TURNS; i++) {
  for (const clients of [1, 8]) {
    for (const way of ways) {
      const key = `${way.name}, ${clients} client(s)`;
      turn += 1;
      const found = await rate(way, await promptsOf(turn), clients);
      rates.set(key, [...(rates.get(key) ?? []), found]);
    }
  }
}
for (const [key, all] of rates) {
  const { median, least, most } = summary(all);
  console.log(
    `${key}: ${median.toFixed(2)} requests/s (${least.toFixed(2)} to ${most.toFixed(2)})`,
  );
}

/** Milliseconds until a stream begins. */
async function firstByte(prompt) {
  const started = performance.now();
  const answer = await fetch(`${ours.origin}/v1/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ...completed, prompt, max_tokens: 4, stream: true }),
  });
  let waited = null;
  for await (const _ of answer.body) waited ??= performance.now() - started;
  return waited;
}

const waits = [];
for (let i = 0; i < 8; i++) {
  turn += 1;
  const [prompt] = await promptsOf(turn);
  waits.push(await firstByte(prompt));
}
const { median, least, most } = summary(waits);
const [usual, best, worst] = [median, least, most].map(Math.round);
console.log(`first byte of a stream, ${SHARED + OWN} tokens: ${usual} ms (${best} to ${worst})`);
model.close();
await stop(ours);
await llama?.stop();
