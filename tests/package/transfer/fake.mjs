// A fake model that can also be trained, and a task for it.
import { fakeModel } from '../experiments/fake.mjs';

const outputs = ['Positive', 'Negative'];

/** Inputs that say their label, so that a probe can learn it. */
export const rowsOf = (name, n) =>
  Array.from({ length: n }, (_, i) => ({
    input: `${i % 2 === 0 ? 'good' : 'bad'} ${name} ${i}`,
    output: outputs[i % 2],
  }));

const labelOf = (text) => Number(/(good|bad)[^\n]*\n[^\n]*$/.exec(text)?.[1] === 'bad');

/**
 * A fake that answers correctly where `knows(row, adapter)` says so, of the number that a row's input ends in. An adapter is what
 * was trained: its examples and options. It keeps the trainings, and which of them and of their adapters are open.
 */
export function trainable({
  knows = () => true,
  loss = () => 1,
  layers = 2,
  readMs = () => 0,
  answers = () => ' Positive',
  ...others
} = {}) {
  const trainings = [];
  const open = new Set();
  const asking = (adapter) => {
    const base = fakeModel(
      (context, word) => {
        const row = Number(/ (\d+)\n[^\n]*$/.exec(context)?.[1] ?? 0);
        const right = outputs[labelOf(context) === 0 ? 0 : 1] === word.trim();
        return Math.log(right === knows(row, adapter) ? 0.6 : 0.2);
      },
      { answers, ...others },
    );
    return Object.assign(base, {
      info: { layers, hiddenSize: 3 },
      adapter,
      withAdapter: (other) => asking(other),
      async tokenize(prompt) {
        return [...prompt.text].map((text) => ({ text }));
      },
      async states(prompt, { signal } = {}) {
        signal?.throwIfAborted();
        model.read.push(prompt);
        await new Promise((resolve) => setTimeout(resolve, readMs(prompt)));
        const rows = Array.from({ length: layers + 1 }, (_, layer) => [
          labelOf(prompt) * layer,
          0,
          1,
        ]);
        return {
          layers: rows.map((_, layer) => layer),
          positions: [0],
          size: 3,
          rows: Float32Array.from(rows.flat()),
        };
      },
      train(examples, options) {
        const { steps = 40, signal } = options;
        const training = {
          examples,
          options,
          steps,
          async *[Symbol.asyncIterator]() {
            trainings.push(training);
            open.add(training);
            for (let step = 1; step <= steps; step++) {
              await null;
              signal?.throwIfAborted();
              const forgetting = options.neutral && step === steps ? 0.25 : null;
              yield { step, loss: loss(training, step), forgetting, durationMs: 5 };
            }
          },
          async adapter() {
            const adapter = {
              examples,
              options,
              info: { parameters: options.method === 'ia3' ? 12 : 100 },
              async save(format, { bits }) {
                return [{ name: format, bytes: new Uint8Array((bits / 8) * this.info.parameters) }];
              },
              close: async () => open.delete(adapter),
            };
            open.add(adapter);
            return adapter;
          },
          close: async () => open.delete(training),
        };
        return training;
      },
    });
  };
  const model = Object.assign(asking(null), { trainings, open, read: [] });
  return model;
}
