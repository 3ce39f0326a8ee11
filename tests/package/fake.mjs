import { Model } from 'shotglass';

export const fakeWorker = new URL('./fake-worker.mjs', import.meta.url);

/** A model on the fake engine, closed when the test is over. */
export async function loadFake(t, source = Uint8Array.of(1, 2, 3), options = {}) {
  const model = await Model.load(source, { workerUrl: fakeWorker, keep: false, ...options });
  t.after(() => model.close());
  return model;
}

/** Everything a generation gives. */
export async function collect(steps) {
  const all = [];
  for await (const step of steps) all.push(step);
  return all;
}
