// PEFT's files and GGUF: what moves between them, and what is refused. Without an engine.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ggufFile, peftFiles } from '../../../pkg/dist/adapters/files.js';
import { readGguf, writeGguf } from '../../../pkg/dist/adapters/gguf.js';
import { readSafetensors, writeSafetensors } from '../../../pkg/dist/adapters/safetensors.js';

const llama = { architecture: 'llama', pairedHead: 4 };
const qwen = { architecture: 'qwen2', pairedHead: 0 };
const f32 = { name: 'F32', number: 0, bytes: 4 };
const f16 = { name: 'F16', number: 1, bytes: 2 };
const bf16 = { name: 'BF16', number: 30, bytes: 2 };

const json = (value) => new TextEncoder().encode(JSON.stringify(value));
const floats = (...numbers) => new Uint8Array(Float32Array.from(numbers).buffer);
const numbersOf = (bytes) => [...new Float32Array(bytes.slice().buffer)];

/** The name of a module's tensor in PEFT. */
const named = (layer, module, part) =>
  `base_model.model.model.layers.${layer}.${module}.${part === 'ia3_l' ? part : `${part}.weight`}`;

/** LoRA of rank 1 beside a matrix with as many rows as `b` has numbers, and 2 columns. */
function lora(module, b) {
  return [
    { name: named(3, module, 'lora_A'), shape: [1, 2], type: f32, bytes: floats(1, 2) },
    { name: named(3, module, 'lora_B'), shape: [b.length, 1], type: f32, bytes: floats(...b) },
  ];
}

const config = { peft_type: 'LORA', r: 1, lora_alpha: 6, bias: 'none', use_rslora: false };

function gguf(more = {}, tensors = lora('self_attn.o_proj', [1, 2]), base = llama) {
  const files = [json({ ...config, ...more }), writeSafetensors(tensors)];
  return readGguf(ggufFile(files, base));
}

test('safetensors of every type come back as they were', () => {
  const tensors = [
    { name: 'a', shape: [2, 1], type: f32, bytes: floats(1, -2) },
    { name: 'b', shape: [3], type: f16, bytes: Uint8Array.of(1, 2, 3, 4, 5, 6) },
    { name: 'c', shape: [], type: bf16, bytes: Uint8Array.of(7, 8) },
    { name: 'd', shape: [0, 5], type: f32, bytes: new Uint8Array() },
  ];
  const file = writeSafetensors(tensors);
  const length = Number(new DataView(file.buffer).getBigUint64(0, true));
  assert.equal(length % 8, 0, 'the tensors are aligned');
  assert.deepEqual(readSafetensors(file), tensors);
});

test('a safetensors file that contradicts itself is refused', () => {
  const file = (header, data = new Uint8Array(8), length = null) => {
    const text = typeof header === 'string' ? header : JSON.stringify(header);
    const bytes = new Uint8Array(8 + text.length + data.length);
    new DataView(bytes.buffer).setBigUint64(0, BigInt(length ?? text.length), true);
    bytes.set(new TextEncoder().encode(text), 8);
    bytes.set(data, 8 + text.length);
    return bytes;
  };
  const one = (entry) => file({ t: { dtype: 'F32', shape: [2], data_offsets: [0, 8], ...entry } });
  assert.equal(readSafetensors(one({})).length, 1);
  const refused = (bytes, code, message) =>
    assert.throws(() => readSafetensors(bytes), { code, message });
  refused(new Uint8Array(), 'truncated', /before its header/);
  refused(one({}).subarray(0, 20), 'truncated', /before its header/);
  refused(file('{}', new Uint8Array(), 2n ** 60n), 'truncated', /before its header/);
  refused(one({}).subarray(0, -1), 'truncated', /7 of 8 bytes/);
  for (const text of ['[]', 'null', '{', '{"a":', '\u0000']) {
    refused(file(text), 'corrupt', /not a JSON object/);
  }
  refused(file(Buffer.from([0x7b, 0xff, 0x7d]).toString('latin1')), 'corrupt', /not a JSON object/);
  refused(one({ dtype: 'I64' }), 'unsupported-quantization', /has the type "I64"/);
  refused(one({ dtype: undefined }), 'unsupported-quantization', /has the type none/);
  refused(one({ dtype: 'x'.repeat(9999) }), 'unsupported-quantization', /^.{0,400}$/);
  for (const shape of [undefined, 'x', [-1], [0.5], [2 ** 60], [null]]) {
    refused(one({ shape }), 'corrupt', /no shape or no place/);
  }
  for (const offsets of [undefined, [0], [0, 8, 9], [8, 0.5], [-8, 0], ['0', '8']]) {
    refused(one({ data_offsets: offsets }), 'corrupt', /no shape or no place/);
  }
  refused(one({ shape: [3] }), 'corrupt', /has 8 bytes and should have 12/);
  refused(one({ shape: [2 ** 50, 2 ** 50] }), 'corrupt', /should have/);
  refused(one({ data_offsets: [8, 0] }), 'corrupt', /has -8 bytes/);
  refused(one({ data_offsets: [4, 12] }), 'corrupt', /not where the one before it ends/);
  refused(one({ shape: [1], data_offsets: [0, 4] }), 'corrupt', /bytes after its tensors/);
  refused(file({ t: 5 }), 'unsupported-quantization', /has the type none/);
  const entry = (from, to) => ({ dtype: 'F32', shape: [1], data_offsets: [from, to] });
  refused(file({ a: entry(0, 4), b: entry(0, 4) }), 'corrupt', /'b' is not where/);
  refused(file({ a: entry(0, 4), b: entry(2, 6) }), 'corrupt', /'b' is not where/);
});

test('the rows of queries and keys are in the order of the architecture', () => {
  // Two heads of four rows. Row 2j + s of GGUF's is row s · 2 + j of PEFT's, as llama.cpp's converter has it.
  const rows = [0, 1, 2, 3, 10, 11, 12, 13];
  const moved = [0, 2, 1, 3, 10, 12, 11, 13];
  for (const [module, part, isMoved] of [
    ['self_attn.q_proj', 'attn_q', true],
    ['self_attn.k_proj', 'attn_k', true],
    ['self_attn.v_proj', 'attn_v', false],
    ['self_attn.o_proj', 'attn_output', false],
    ['mlp.gate_proj', 'ffn_gate', false],
    ['mlp.up_proj', 'ffn_up', false],
    ['mlp.down_proj', 'ffn_down', false],
  ]) {
    for (const base of [llama, qwen]) {
      const [a, b] = gguf({}, lora(module, rows), base).tensors;
      assert.deepEqual(
        [a.name, b.name],
        ['a', 'b'].map((x) => `blk.3.${part}.weight.lora_${x}`),
      );
      assert.deepEqual(
        [a.shape, b.shape],
        [
          [2, 1],
          [1, 8],
        ],
        'columns come first',
      );
      assert.deepEqual(numbersOf(a.bytes), [1, 2]);
      assert.deepEqual(numbersOf(b.bytes), isMoved && base === llama ? moved : rows, module);
    }
  }
});

test('what becomes PEFT and GGUF again is the same', () => {
  const tensor = (name, shape, type) => {
    const size = shape.reduce((product, n) => product * n, type.bytes);
    const bytes = Uint8Array.from({ length: size }, (_, i) => (7 * i + name.length) % 120);
    return { name: `blk.${name}`, shape, type: type.number, bytes };
  };
  const pair = (matrix, rank, type) => [
    tensor(`${matrix}.weight.lora_a`, [6, rank], type),
    tensor(`${matrix}.weight.lora_b`, [rank, 8], type),
  ];
  const parts = ['attn_q', 'attn_k', 'attn_v', 'attn_output', 'ffn_gate', 'ffn_up', 'ffn_down'];
  const all = parts.flatMap((part, i) => pair(`${i % 2}.${part}`, part === 'attn_k' ? 2 : 3, f32));
  const joined = ['attn_qkv', 'ffn_up'].flatMap((part) => pair(`0.${part}`, 2, f16));
  const cases = [
    [llama, 'lora', all],
    [qwen, 'lora', pair('0.attn_q', 1, bf16)],
    [{ architecture: 'phi3', pairedHead: 0 }, 'lora', joined],
    [
      llama,
      'ia3',
      ['attn_k', 'attn_v', 'ffn_down'].map((part) => tensor(`1.${part}.weight.ia3`, [8], f32)),
    ],
  ];
  for (const [base, kind, tensors] of cases) {
    const metadata = new Map([
      ['general.type', 'adapter'],
      ['general.architecture', base.architecture],
      ['adapter.type', kind],
      ...(kind === 'lora' ? [['adapter.lora.alpha', 6]] : []),
    ]);
    const files = peftFiles(writeGguf({ metadata, tensors }), base, 'a/model');
    assert.deepEqual(
      files.map(({ name }) => name),
      ['adapter_config.json', 'adapter_model.safetensors'],
    );
    const bytes = files.map((file) => file.bytes).reverse();
    assert.deepEqual(readGguf(ggufFile(bytes, base)), { metadata, tensors }, base.architecture);
  }
  const { bytes } = peftFiles(
    writeGguf({ metadata: new Map([['adapter.lora.alpha', 6]]), tensors: all }),
    llama,
    'a/model',
  )[0];
  const { target_modules, layers_to_transform, rank_pattern, ...rest } = JSON.parse(
    Buffer.from(bytes),
  );
  assert.deepEqual(rest, {
    peft_type: 'LORA',
    r: 3,
    lora_alpha: 6,
    lora_dropout: 0,
    bias: 'none',
    use_rslora: false,
    alpha_pattern: {},
    task_type: 'CAUSAL_LM',
    base_model_name_or_path: 'a/model',
    fan_in_fan_out: false,
    inference_mode: true,
    modules_to_save: null,
  });
  assert.deepEqual(rank_pattern, { 'layers.1.self_attn.k_proj': 2 });
  assert.deepEqual(layers_to_transform, [0, 1]);
  assert.deepEqual(target_modules, [
    'q_proj',
    'k_proj',
    'v_proj',
    'o_proj',
    'gate_proj',
    'up_proj',
    'down_proj',
  ]);
});

test('the scale of rsLoRA is that of another alpha', () => {
  const alpha = (more) => gguf(more).metadata.get('adapter.lora.alpha');
  assert.equal(alpha({ r: 16, lora_alpha: 8 }), 8);
  assert.equal(alpha({ r: 16, lora_alpha: 8, use_rslora: true }), 32);
});

test('what an adapter of PEFT may not have is refused', () => {
  const refused = (more, message) =>
    assert.throws(() => gguf(more), { code: 'wrong-adapter', message });
  refused({ peft_type: 'PREFIX_TUNING' }, /peft_type is "PREFIX_TUNING"/);
  refused({ peft_type: undefined }, /peft_type is missing/);
  for (const name of ['use_dora', 'lora_bias', 'fan_in_fan_out', 'use_qalora', 'use_bdlora']) {
    refused({ [name]: true }, new RegExp(`it needs ${name}`));
  }
  refused({ modules_to_save: ['lm_head'] }, /it needs modules_to_save/);
  refused({ alpha_pattern: { q_proj: 3 } }, /it needs alpha_pattern/);
  refused({ alora_invocation_tokens: [1, 2] }, /it needs alora_invocation_tokens/);
  refused({ kasa_config: { beta: 1e-4 } }, /it needs kasa_config/);
  refused({ bias: 'all' }, /changes biases/);
  refused({ use_rslora: true, rank_pattern: { q_proj: 3 } }, /both use_rslora and rank_pattern/);
  for (const lora_alpha of [0, '6', null]) refused({ lora_alpha }, /lora_alpha is no number/);
  for (const r of [0, -1, '8', undefined]) refused({ r }, /its r is no number/);
  gguf({ modules_to_save: [], alpha_pattern: {}, layer_replication: null, use_dora: false });

  const wrong = (tensors, base, message) =>
    assert.throws(() => gguf({}, tensors, base), { code: 'wrong-adapter', message });
  const [a, b] = lora('self_attn.o_proj', [1, 2]);
  wrong(
    [{ ...a, name: 'base_model.model.lm_head.lora_A.weight' }, b],
    llama,
    /it changes 'base_model/,
  );
  wrong([{ ...a, name: named(3, 'mlp.q_proj', 'lora_A') }, b], llama, /it changes 'base_model/);
  wrong([{ ...a, name: named(3, 'self_attn.q_proj', 'lora_magnitude') }], llama, /it changes/);
  wrong([{ ...a, name: `${'x'.repeat(9999)}.lora_A.weight` }], llama, /^.{0,400}$/);
  wrong([a, b], { architecture: 'gpt2', pairedHead: 0 }, /PEFT format of gpt2 is not supported/);
});

test('files of other kinds are refused', () => {
  const weights = writeSafetensors(lora('self_attn.o_proj', [1, 2]));
  const both = /GGUF file, or the two files of a PEFT adapter/;
  const invalid = (...files) =>
    assert.throws(() => ggufFile(files, llama), { code: 'invalid-option', message: both });
  invalid(weights);
  invalid(json(config));
  invalid(weights, weights);
  invalid(json(config), json(config));
  invalid(json(config), weights, weights);
  invalid(json(config), Uint8Array.of(1, 2, 3));
  assert.throws(() => ggufFile([new TextEncoder().encode('{nonsense'), weights], llama), {
    code: 'corrupt',
    message: /adapter_config\.json is not a JSON object/,
  });
  // The engine says what is wrong with a single file of another kind.
  assert.deepEqual(ggufFile([Uint8Array.of(1, 2, 3)], llama), Uint8Array.of(1, 2, 3));
});
