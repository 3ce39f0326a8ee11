import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { Model } from 'shotglass';
import { fakeWorker } from './fake.mjs';

/** Runs the test with a browser's `Worker` in place, whose events the test makes. */
async function withWebWorker(behaviour, body) {
  const workers = [];
  globalThis.Worker = class extends EventTarget {
    terminated = false;
    constructor(url, options) {
      super();
      this.url = url;
      this.options = options;
      workers.push(this);
      behaviour.constructed?.(this);
    }
    postMessage(message) {
      behaviour.message(this, message);
    }
    terminate() {
      this.terminated = true;
    }
    say(data) {
      this.dispatchEvent(Object.assign(new Event('message'), { data }));
    }
  };
  try {
    await body(workers);
  } finally {
    delete globalThis.Worker;
  }
}

const answerLoad = (worker, message) => {
  if (message.type !== 'load') return;
  worker.say({ type: 'started' });
  worker.say({ type: 'done', id: message.id, answer: { architecture: 'stub', bytes: 1 } });
};

test('a browser starts a module worker and ends it', async () => {
  await withWebWorker({ message: answerLoad }, async (workers) => {
    const model = await Model.load('https://example.org/model.gguf');
    assert.match(workers[0].url.href, /\/dist\/worker\.js$/);
    assert.deepEqual(workers[0].options, { type: 'module' });
    model.close();
    assert.equal(workers[0].terminated, true);
  });
});

for (const [event, pattern] of [
  [Object.assign(new Event('error'), { message: 'out of luck' }), /out of luck/],
  [new Event('messageerror'), /a message could not be read/],
]) {
  test(`a ${event.type} event of a running worker rejects everything with 'crashed'`, async () => {
    await withWebWorker({ message: answerLoad }, async (workers) => {
      const model = await Model.load('https://example.org/model.gguf');
      const pending = [model.predict('a'), model.generate('b').next()];
      workers[0].dispatchEvent(event);
      for (const call of pending) await assert.rejects(call, { code: 'crashed', message: pattern });
      await assert.rejects(model.tokenize('later'), { code: 'crashed' });
      assert.equal(workers[0].terminated, true);
    });
  });
}

test("a worker that never starts is 'worker-failed'", async () => {
  const fail = (worker) => worker.dispatchEvent(new Event('error', { cancelable: true }));
  await withWebWorker({ message: fail }, async () => {
    await assert.rejects(Model.load('https://example.org/x'), { code: 'worker-failed' });
  });
  const refuse = () => {
    throw new DOMException('not of this origin', 'SecurityError');
  };
  await withWebWorker({ constructed: refuse }, async () => {
    await assert.rejects(Model.load('https://example.org/x'), {
      code: 'worker-failed',
      message: /not of this origin/,
    });
  });
  const workerUrl = new URL('./there-is-no-such-worker.mjs', import.meta.url);
  await assert.rejects(Model.load(Uint8Array.of(1), { workerUrl }), { code: 'worker-failed' });
});

test("a browser without SIMD is 'unsupported-browser'", async (t) => {
  t.mock.method(WebAssembly, 'validate', () => false);
  await assert.rejects(Model.load(Uint8Array.of(1)), { code: 'unsupported-browser' });
});

test('an engine file that is not there or not wasm is worker-failed', async () => {
  for (const wasmUrl of [
    new URL('./none.wasm', import.meta.url),
    new URL(import.meta.url),
    'data:application/wasm;base64,AAAA',
    './none.wasm',
  ]) {
    await assert.rejects(Model.load(Uint8Array.of(1), { wasmUrl }), {
      code: 'worker-failed',
      message: /^The engine at /,
    });
  }
});

test('a process ends by itself after close, also one started with --input-type', async () => {
  const script = `
    import { Model } from 'shotglass';
    const model = await Model.load(Uint8Array.of(1), { workerUrl: '${fakeWorker.href}' });
    console.log((await model.predict('abc')).tokens);
    model.close();`;
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '--eval', script],
    { cwd: import.meta.dirname, timeout: 20_000 },
  );
  assert.equal(stdout, '3\n');
});
