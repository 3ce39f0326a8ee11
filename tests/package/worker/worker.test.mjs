import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { Model } from 'shotglass';
import { Client } from '../../../pkg/dist/model/client.js';
import { fakeWorker } from '../fake.mjs';

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
    assert.match(workers[0].url.href, /\/dist\/worker\/worker\.js$/);
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

const load = (source, options) => Model.load(source, { ...options, build: 'simd128' });

test('a worker that cannot be given what it asked for ends the load', async () => {
  const refusing = (worker, message) => {
    if (message.type === 'chunk') throw new DOMException('out of memory', 'DataCloneError');
    worker.say({ type: 'started' });
    const { type, id } = message;
    if (type === 'load') setTimeout(() => worker.say({ type: 'pull', id, shard: 0 }));
  };
  await withWebWorker({ message: refusing }, async (workers) => {
    await assert.rejects(load(Uint8Array.of(1, 2, 3)), {
      code: 'worker-failed',
      message: /out of memory/,
    });
    assert.equal(workers[0].terminated, true);
  });
});

test('bytes whose buffer is given away while they are read are a read-failed', async () => {
  const bytes = new Uint8Array(3_000_000);
  const onProgress = () => {
    if (bytes.length > 0) structuredClone(bytes.buffer, { transfer: [bytes.buffer] });
  };
  await assert.rejects(load(bytes, { workerUrl: fakeWorker, onProgress }), {
    name: 'ShotglassError',
    code: 'read-failed',
    message: /transferred/,
  });
});

for (const [hook, said] of [
  ['onProgress', { type: 'progress', progress: { tokensDone: 1 } }],
  ['onStep', { type: 'step', step: {} }],
  ['onPull', { type: 'pull', shard: 0 }],
]) {
  test(`${hook} that throws rejects its call, and no other`, async () => {
    const answer = (worker, { type, id, ask }) => {
      if (type === 'abort') return;
      if (ask.says) worker.say({ ...said, id });
      else worker.say({ type: 'done', id, answer: 'fine' });
    };
    await withWebWorker({ message: answer }, async () => {
      const client = await Client.start(null);
      const mistake = new Error('a mistake in a hook');
      const hooks = {
        [hook]() {
          throw mistake;
        },
      };
      await assert.rejects(client.call('generate', { says: true }, hooks).answer, mistake);
      assert.equal(await client.call('generate', {}, hooks).answer, 'fine');
    });
  });
}

test('a call that cannot be posted rejects, and is not waited for', async () => {
  const refuse = () => {
    throw new DOMException('no such thing can be sent', 'DataCloneError');
  };
  await withWebWorker({ message: refuse }, async () => {
    await assert.rejects(Model.load('https://example.org/x'), {
      code: 'worker-failed',
      message: /no such thing can be sent/,
    });
  });
});

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

/** What a process prints that must end by itself. */
async function printed(script) {
  const run = promisify(execFile);
  const args = ['--input-type=module', '--eval', script];
  return (await run(process.execPath, args, { cwd: import.meta.dirname, timeout: 20_000 })).stdout;
}

const loadFake = `
  import { Model } from 'shotglass';
  const model = await Model.load(Uint8Array.of(1), { workerUrl: '${fakeWorker.href}' });`;

// An error between load and close, which its caller handled, left a process that never ended.
test('a process whose model is never closed ends by itself, and not before its calls', async () => {
  const script = `${loadFake}
    model.predict('x'.repeat(160)).then(({ tokens }) => console.log(tokens));
    await new Promise((resolve) => setTimeout(resolve, 10));
    model.tokenize('abc').then(({ length }) => console.log(length));`;
  assert.equal(await printed(script), '160\n3\n');
  assert.equal(await printed(`${loadFake} console.log('loaded');`), 'loaded\n');
});

test('a call that was aborted, and a loop that was left, keep no process running', async () => {
  const script = `${loadFake}
    const signal = AbortSignal.timeout(20);
    await model.predict('x'.repeat(160), { signal }).catch(({ code }) => console.log(code));
    for await (const { textDelta } of model.generate('~>')) { console.log(textDelta); break; }`;
  assert.equal(await printed(script), 'aborted\no\n');
});

test('a process ends by itself after close, also one started with --input-type', async () => {
  const script = `${loadFake}
    console.log((await model.predict('abc')).tokens);
    model.close();`;
  assert.equal(await printed(script), '3\n');
});
