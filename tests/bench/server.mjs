// How many scored prompts a second `shotglass serve` answers, as evaluation harnesses ask for them: node tests/bench/server.mjs
//
// A prompt has 100 tokens, of which 80 are the same in all; one token is generated after it, and the log-probabilities of
// all come back (`echo`). One client asks after the other, then eight ask at once. The beginnings differ from turn to
// turn, so that each turn begins with a cache that has none of it.

import { Model } from 'shotglass';
import { post, startApi, stop } from '../package/cli/api/server.mjs';
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
const turns = await Promise.all(Array.from({ length: 2 * TURNS }, (_, i) => promptsOf(i + 1)));
model.close();

const server = await startApi();
const asked = { max_tokens: 1, temperature: 0, logprobs: 1, echo: true };

/** Requests a second with so many clients. */
async function rate(prompts, clients) {
  const left = [...prompts];
  const client = async () => {
    for (let prompt = left.pop(); prompt; prompt = left.pop()) {
      const { status, json } = await post(server.port, '/v1/completions', { ...asked, prompt });
      const scored = json.choices?.[0].logprobs.token_logprobs.length;
      if (scored !== SHARED + OWN + 1) throw new Error(`${status}: ${scored} tokens were scored`);
    }
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: clients }, client));
  return (1000 * prompts.length) / (performance.now() - started);
}

const rates = new Map([1, 8].map((clients) => [clients, []]));
for (const [i, prompts] of turns.entries()) {
  const clients = i % 2 === 0 ? 1 : 8;
  rates.get(clients).push(await rate(prompts, clients));
}
for (const [clients, all] of rates) {
  const { median, least, most } = summary(all);
  console.log(
    `${clients} client(s): ${median.toFixed(2)} requests/s (${least.toFixed(2)} to ${most.toFixed(2)})`,
  );
}
await stop(server);
