// What the catalogue says of its models, as far as it can be checked without a download.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultModel, Model } from 'shotglass';
import { estimate, keptOf, modelNamed, models } from 'shotglass/models';

const named = (id) => models.find((model) => model.id === id);

/** Bytes of a weight in a file, with some room for tables in more bits and for what is not weights. */
const bytesPerWeight = { Q4_1: [0.62, 0.8], Q4_K_M: [0.55, 1.01], Q8_0: [1.06, 1.5] };

for (const model of models) {
  test(`${model.id}: each fact has the form that it should have`, () => {
    assert.match(model.id, /^[a-z0-9][a-z0-9.-]*$/);
    assert.ok(!model.id.endsWith('.gguf'), 'the tag and the command would take it for a file');
    assert.ok(model.name.endsWith(model.quantization), model.name);
    assert.ok(['base', 'instruct'].includes(model.kind));
    const { pathname, origin } = new URL(model.url);
    assert.equal(origin, 'https://huggingface.co');
    const [, revision, file] = pathname.match(/^\/[\w.-]+\/[\w.-]+\/resolve\/(\w+)\/([\w.-]+)$/);
    assert.match(revision, model.isFixed ? /^[0-9a-f]{40}$/ : /^main$/);
    assert.ok(file.toUpperCase().includes(model.quantization.toUpperCase()), file);
    assert.ok(file.endsWith('.gguf'));
    if (model.sha256 !== null) assert.match(model.sha256, /^[0-9a-f]{64}$/);
    assert.ok(model.isFixed || model.sha256 !== null, 'something must say which bytes are meant');
    assert.ok(model.bytes > 15e6 && model.bytes < 1.1e9, `${model.bytes} bytes`);
    const [least, most] = bytesPerWeight[model.quantization];
    const perWeight = model.bytes / model.parameters;
    assert.ok(perWeight > least && perWeight < most, `${perWeight} bytes for a weight`);
    assert.ok(model.layerParameters > 0 && model.layerParameters < model.parameters);
    assert.ok(model.year >= 2019 && model.year <= new Date().getFullYear());
    assert.ok(model.tokensTrained === null || model.tokensTrained >= 1e11);
    assert.ok(model.contextLength >= 1024 && Number.isInteger(Math.log2(model.contextLength)));
    assert.ok(model.license.length > 2);
    for (const tag of model.languages) assert.equal(Intl.getCanonicalLocales(tag)[0], tag);
    assert.ok((model.languageCount ?? Number.POSITIVE_INFINITY) >= model.languages.length);
    assert.ok(model.sources.length > 0);
    for (const source of model.sources) assert.match(source, /^https:\/\//);
  });
}

test('no two entries have the same id, name, address or hash', () => {
  for (const key of ['id', 'name', 'url', 'sha256']) {
    const values = models.map((model) => model[key]).filter((value) => value !== null);
    assert.equal(new Set(values).size, values.length, key);
  }
});

test('the base of an instruct model is a base model of the same size', () => {
  const withBase = models.filter(({ base }) => base !== null);
  assert.ok(withBase.length >= 3);
  for (const { kind, base, parameters } of withBase) {
    assert.equal(kind, 'instruct');
    assert.equal(named(base).kind, 'base');
    assert.equal(named(base).parameters, parameters);
  }
  assert.ok(models.some(({ kind }) => kind === 'base'));
});

test('the default model is one of them, with the same facts', () => {
  const { id, name, url, sha256, bytes } = modelNamed(defaultModel.id);
  assert.deepEqual({ id, name, url, sha256, bytes }, defaultModel);
});

test('the smallest is first', () => {
  const sizes = models.map(({ bytes }) => bytes);
  assert.deepEqual(
    sizes,
    sizes.toSorted((one, other) => one - other),
  );
});

test('an id that is not known is refused with those that are', async () => {
  const others = `Models: ${models.map(({ id }) => id).join(', ')}.`;
  const cases = [
    ['gpt-5', 'invalid-option', `Unknown model 'gpt-5'. ${others}`],
    ['', 'invalid-option', `Unknown model ''. ${others}`],
  ];
  for (const [id, code, message] of cases) {
    assert.throws(() => modelNamed(id), { code, message });
    await assert.rejects(Model.load({ model: id }), { code, message });
  }
  await assert.rejects(Model.load({ model: 'smollm2-360m', threads: 1 }), {
    code: 'invalid-option',
    message: /^Unknown option threads/,
  });
  await assert.rejects(Model.load({ model: 5 }), { message: /\{ model: id \}/ });
});

test('memory is that of the packed weights', () => {
  // Sixteen rows of a block: codes, and four bytes for each scale and each min.
  const q8 = (32 + 4) / 34;
  const q4 = (16 + 4 + 4) / 20;
  const [q4k, q6k] = [(8 * (16 + 4 + 4)) / 144, (256 + 16 + 4) / 210];
  const [small, middle] = [named('smollm2-135m-instruct'), named('smollm2-360m')];
  const large = named('smollm2-1.7b-instruct');
  const ratio = (model) => estimate(model).memoryBytes / model.bytes;
  assert.ok(Math.abs(ratio(small) - q4) < 0.005, `${ratio(small)}`);
  assert.ok(Math.abs(ratio(middle) - q8) < 0.005, `${ratio(middle)}`);
  assert.ok(ratio(large) > q6k && ratio(large) < q4k + 0.005, `${ratio(large)}`);
  assert.equal(estimate(middle).downloadBytes, middle.bytes);
  assert.equal(estimate(middle).pace, null, 'nothing was measured');
});

test('the pace of another size follows from the weights in its layers', () => {
  const pace = { model: defaultModel.id, low: 100, high: 200 };
  assert.deepEqual(estimate(named(defaultModel.id), { pace }).pace, { low: 100, high: 200 });
  const { low, high } = estimate(named('smollm2-1.7b-instruct'), { pace }).pace;
  // 15.2 times the weights.
  assert.ok(low < 100 / 15.2 && high > 200 / 15.2, `${low} to ${high}`);
  assert.ok(high / low < 8, 'no wider than it must be');
  assert.deepEqual(estimate(named('smollm2-135m'), { pace }).pace, { low: 60, high: 320 });
  assert.throws(() => estimate(named('gpt2'), { pace: { ...pace, model: 'mine' } }), {
    code: 'invalid-option',
    message: "pace.model: there is no model 'mine'.",
  });
});

test('a cached file is found by its hash where that is known, else by its address; a whole one first', async () => {
  const [known, unknown] = [named('smollm2-135m'), named('smollm2-360m')];
  const file = { url: 'https://example.com/a.gguf', sha256: null, bytes: 5, complete: true };
  const elsewhere = { ...file, sha256: known.sha256 };
  const begun = { ...file, sha256: known.sha256, complete: false };
  const own = { ...file, url: unknown.url, sha256: 'a'.repeat(64) };
  assert.equal(await keptOf(known, [file, begun, own, elsewhere]), elsewhere);
  assert.equal(await keptOf(known, [file, begun, own]), begun);
  assert.equal(await keptOf(known, [{ ...file, url: known.url }]), null, 'of another hash');
  assert.equal(await keptOf(unknown, [file, elsewhere, own]), own);
  assert.equal(await keptOf(unknown, []), null);
});
