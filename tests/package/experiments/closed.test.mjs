// A model that is closed while an experiment runs: the loop ends with that error, and the steps before it stay.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  choose,
  evaluate,
  heads,
  influence,
  lens,
  lime,
  manyShots,
  minimalPairs,
  patch,
  probe,
  shots,
  taskVector,
} from 'shotglass/experiments';
import { loadFake } from '../fake.mjs';

const template = {
  instructionSeparator: '\n',
  inputPrefix: '',
  inputSuffix: '',
  outputPrefix: '=',
  outputSeparator: '',
  demonstrationSeparator: '\n',
};
const labels = ['P', 'N'];
const rowsOf = (letters, from) =>
  [...letters].map((input, i) => ({ input, output: labels[(i + from) % 2] }));
const demonstrations = rowsOf('abcdef', 0);
const task = { instruction: '', template, demonstrations, query: 'q', labels };
const rows = rowsOf('uvwx', 0);
const pairs = ['ab', 'cd', 'ef'].map((good) => ({ good, bad: `${good}!` }));

const experiments = {
  choose: (model) => choose(model, task, { pool: demonstrations, rows, shots: 2 }),
  evaluate: (model) => evaluate(model, task, rows, { shots: [0, 2] }),
  heads: (model) => heads(model, 'abab'),
  influence: (model) => influence(model, task),
  lens: (model) => lens(model, task, { answers: ['P', 'N'] }),
  lime: (model) => lime(model, task, { samples: 8 }),
  manyShots: (model) => manyShots(model, task, { rows }),
  minimalPairs: (model) => minimalPairs(model, pairs, { context: '>' }),
  patch: (model) => patch(model, 'abcd', 'abxd', { answer: 'e' }),
  probe: (model) => probe(model, task, rows, { shots: [] }),
  shots: (model) => shots(model, task),
  taskVector: (model) => taskVector(model, task, { answers: ['P', 'N'] }),
};

for (const [name, run] of Object.entries(experiments)) {
  test(`${name}: a closed model ends it`, async (t) => {
    const model = await loadFake(t);
    const steps = run(model);
    const { done, value } = await steps.next();
    assert.equal(done, false);
    assert.ok(value.done < value.total, `${value.done} of ${value.total}`);
    model.close();
    await assert.rejects(steps.next(), { code: 'closed' });
    assert.ok(value.result !== undefined);
  });
}
