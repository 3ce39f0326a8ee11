// lm-evaluation-harness asks `shotglass serve` through two of its clients, and finds what `evaluate` finds, row by row.
import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { Model } from 'shotglass';
import { id, startApi, stop } from '../package/cli/api/server.mjs';
import { modelFile, mustExist } from '../support/files.mjs';
import { runPython, workplace } from './python.mjs';
import { choice, evaluated, lastWord } from './tasks.mjs';

mustExist(modelFile, 'cargo xtask model');

const folder = join(workplace, 'tasks');
const tasks = [choice, lastWord];
const TIMEOUT = 1_800_000;

let server;
const own = new Map();
before(async () => {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  // As the server runs it.
  const model = await Model.load(modelFile, { activationBits: 16 });
  for (const task of tasks) {
    const found = await evaluated(model, task);
    own.set(task.name, found);
    await writeTask(task, found.rows);
  }
  model.close();
  server = await startApi();
});
after(() => stop(server));

/** A task of the harness: its rows with the prompts, and how they are scored. */
async function writeTask({ name, labels }, rows) {
  const data = join(folder, `${name}.jsonl`);
  await writeFile(data, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  const common = {
    task: name,
    dataset_path: 'json',
    dataset_kwargs: { data_files: { test: data } },
    test_split: 'test',
    doc_to_text: 'prompt',
    target_delimiter: ' ',
    num_fewshot: 0,
    metric_list: [{ metric: 'acc', aggregation: 'mean', higher_is_better: true }],
    metadata: { version: 1 },
  };
  // The delimiter is for choices alone.
  const scored = labels
    ? { output_type: 'multiple_choice', doc_to_choice: labels, doc_to_target: 'gold' }
    : { output_type: 'loglikelihood', doc_to_target: "{{' ' + texts[0]}}" };
  // JSON is YAML.
  await writeFile(join(folder, `${name}.yaml`), JSON.stringify({ ...common, ...scored }));
}

/** What a client of the harness finds: of each task its accuracy, and of each row the texts' logprobs. */
async function harness(client, args) {
  const out = join(workplace, `results-${client}`);
  await rm(out, { recursive: true, force: true });
  const names = tasks.map(({ name }) => name).join();
  const asked = ['--tasks', names, '--include_path', folder, '--log_samples', '--output_path', out];
  const model = ['--model', client, '--model_args', args, '--batch_size', '8'];
  await runPython(['-m', 'lm_eval', 'run', ...model, ...asked], {
    HF_HUB_OFFLINE: '1',
    HF_DATASETS_OFFLINE: '1',
    HF_HOME: join(workplace, 'cache'),
  });
  const files = await readdir(out, { recursive: true });
  const read = (path) => readFile(join(out, path), 'utf8');
  const { results } = JSON.parse(await read(files.find((path) => /results_.*\.json$/.test(path))));
  const found = new Map();
  for (const { name } of tasks) {
    const samples = await read(files.find((path) => path.includes(`samples_${name}`)));
    const rows = samples
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
      .sort((a, b) => a.doc_id - b.doc_id)
      .map(({ resps }) => resps.map(([[logprob, greedy]]) => [Number(logprob), greedy === 'True']));
    found.set(name, { accuracy: results[name]['acc,none'], rows });
  }
  return found;
}

/** The largest difference of a logprob, in nats. */
function compare(found) {
  let most = 0;
  for (const [name, { accuracy, rows }] of own) {
    const theirs = found.get(name);
    assert.equal(theirs.rows.length, rows.length);
    for (const [i, { scores }] of rows.entries()) {
      assert.equal(theirs.rows[i].length, scores.length);
      for (const [j, { logprob, isGreedy }] of scores.entries()) {
        const [theirLogprob, theirGreedy] = theirs.rows[i][j];
        const difference = Math.abs(theirLogprob - logprob);
        assert.ok(difference < 1e-3, `${name}, row ${i}: ${theirLogprob} for ${logprob}`);
        assert.equal(theirGreedy, isGreedy, `${name}, row ${i}`);
        most = Math.max(most, difference);
      }
    }
    const greedy = rows.filter(({ scores }) => scores[0].isGreedy).length / rows.length;
    const expected = name === choice.name ? accuracy : greedy;
    assert.ok(Math.abs(theirs.accuracy - expected) < 1e-9, `${theirs.accuracy} for ${expected}`);
  }
  return most;
}

test('its client for GGUF servers', { timeout: TIMEOUT }, async (t) => {
  const found = await harness('gguf', `base_url=${server.origin}`);
  t.diagnostic(`largest difference: ${compare(found)} nats`);
  for (const [name, { accuracy }] of found) t.diagnostic(`${name}: accuracy ${accuracy}`);
});

test('its client for completions, which sends ids', { timeout: TIMEOUT }, async (t) => {
  const args = [
    `model=${id}`,
    `base_url=${server.origin}/v1/completions`,
    'tokenizer_backend=remote',
    'num_concurrent=2',
  ];
  const found = await harness('local-completions', args.join());
  t.diagnostic(`largest difference: ${compare(found)} nats`);
});
