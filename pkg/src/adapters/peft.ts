/**
 * Adapters in PEFT's format (Hugging Face), `adapter_config.json` and `adapter_model.safetensors`, to and from the GGUF
 * files that the engine reads and writes. Numbers are moved and never changed.
 */
import { ShotglassError } from '../errors.js';
import { type Gguf, type GgufTensor, types } from './gguf.js';
import { brief, type Safetensor } from './safetensors.js';

/** What must be known of the model. */
export interface Base {
  architecture: string;
  /**
   * The size of the heads whose rows of W_q and W_k a GGUF file has in another order than PEFT: the two dimensions of a
   * rotated pair are neighbors there, and half a head apart here. 0 if the order is the same.
   */
  pairedHead: number;
}

/** `adapter_config.json`, of which anything may be missing or wrong. */
interface Config {
  peft_type?: unknown;
  r?: unknown;
  lora_alpha?: unknown;
  use_rslora?: unknown;
  rank_pattern?: unknown;
  bias?: unknown;
  [name: string]: unknown;
}

/** The two files. */
export interface Peft {
  config: Config;
  tensors: readonly Safetensor[];
}

/** PEFT's module of each of our matrices. In phi3 some are joined, under names of ours that others have too. */
const MODULES = {
  attn_q: 'self_attn.q_proj',
  attn_k: 'self_attn.k_proj',
  attn_v: 'self_attn.v_proj',
  attn_output: 'self_attn.o_proj',
  ffn_gate: 'mlp.gate_proj',
  ffn_up: 'mlp.up_proj',
  ffn_down: 'mlp.down_proj',
} as const;
const JOINED = { ...MODULES, attn_qkv: 'self_attn.qkv_proj', ffn_up: 'mlp.gate_up_proj' } as const;

/** Networks whose modules in PEFT have other names and layouts. */
const OTHERS = ['gpt2', 'gptneox'];

const modulesOf = ({ architecture }: Base): [part: string, module: string][] => {
  if (OTHERS.includes(architecture)) {
    throw wrong(`the PEFT format of ${architecture} is not supported, so use GGUF`);
  }
  return Object.entries(architecture === 'phi3' ? JOINED : MODULES);
};

const NAME =
  /(?:^|\.)layers\.(\d+)\.(\w+\.\w+)\.(?:(lora_[AB])(?:\.\w+)?\.weight|(ia3_l)(?:\.\w+)?)$/;

/** @throws `wrong-adapter`. */
export function ggufOfPeft({ config, tensors }: Peft, base: Base): Gguf {
  const modules = modulesOf(base);
  const metadata = new Map<string, string | number>([
    ['general.type', 'adapter'],
    ['general.architecture', base.architecture],
    ...(config.peft_type === 'IA3' ? ia3Entries(config) : loraEntries(config)),
  ]);
  return { metadata, tensors: tensors.map((tensor) => ggufTensor(tensor, modules, base)) };
}

function ggufTensor(
  { name, shape, type, bytes }: Safetensor,
  modules: readonly [string, string][],
  base: Base,
): GgufTensor {
  const [, layer, module, part, ia3] = NAME.exec(name) ?? [];
  const matrix = modules.find(([, one]) => one === module)?.[0];
  if (matrix === undefined)
    throw wrong(`it changes '${brief(name)}', which an adapter cannot change here`);
  const isPaired = part !== 'lora_A' && (matrix === 'attn_q' || matrix === 'attn_k');
  const row = type.bytes * (ia3 ? 1 : (shape[1] ?? 1));
  const moved = isPaired ? reordered({ bytes, row }, base.pairedHead, true) : bytes;
  // (IA)³ has a column, or a row beside W_down, for a vector.
  const size = ia3 ? [shape.reduce((product, size) => product * size, 1)] : [...shape].reverse();
  const end = ia3 ? 'ia3' : part === 'lora_A' ? 'lora_a' : 'lora_b';
  return {
    name: `blk.${Number(layer)}.${matrix}.weight.${end}`,
    shape: size,
    type: type.number,
    bytes: moved,
  };
}

function loraEntries(config: Config): [string, string | number][] {
  const {
    peft_type: kind,
    r,
    lora_alpha: alpha,
    use_rslora: isRankStable,
    rank_pattern: ranks,
  } = config;
  if (kind !== 'LORA') throw wrong(`its peft_type is ${brief(JSON.stringify(kind) ?? 'missing')}`);
  refuse(config, [
    'use_dora',
    'lora_bias',
    'alpha_pattern',
    'layer_replication',
    'trainable_token_indices',
    'megatron_config',
    // Variants of LoRA with tensors of the same names.
    'alora_invocation_tokens',
    'kasa_config',
    'use_qalora',
    'use_bdlora',
  ]);
  if (typeof alpha !== 'number' || !Number.isFinite(alpha) || alpha === 0) {
    throw wrong('its lora_alpha is no number other than 0');
  }
  if (typeof r !== 'number' || !(r > 0)) throw wrong('its r is no number above 0');
  if (isRankStable && !isNothing(ranks)) throw wrong('it has both use_rslora and rank_pattern');
  return [
    ['adapter.type', 'lora'],
    ['adapter.lora.alpha', isRankStable ? alpha * Math.sqrt(r) : alpha],
  ];
}

function ia3Entries(config: Config): [string, string][] {
  refuse(config, []);
  return [['adapter.type', 'ia3']];
}

/** Refuses settings that change what the tensors mean. */
function refuse(config: Config, names: readonly string[]): void {
  for (const name of [...names, 'fan_in_fan_out', 'modules_to_save']) {
    if (!isNothing(config[name])) throw wrong(`it needs ${name}, which is not supported`);
  }
  if (![undefined, null, 'none'].includes(config.bias as undefined))
    throw wrong('it changes biases');
}

function isNothing(value: unknown): boolean {
  return !value || (typeof value === 'object' && Object.keys(value).length === 0);
}

/** The PEFT files of an adapter that the engine has written. `baseModel` says which model it is for. */
export function peftOfGguf({ metadata, tensors }: Gguf, base: Base, baseModel: string): Peft {
  const modules = modulesOf(base);
  const places = new Map<string, Place>();
  const made = tensors.map((tensor): Safetensor => {
    const [, layer = '', part = '', end = ''] =
      /^blk\.(\d+)\.(\w+)\.weight\.(\w+)$/.exec(tensor.name) ?? [];
    const module = modules.find(([one]) => one === part)?.[1] ?? '';
    const type = types.find(({ number }) => number === tensor.type) ?? types[0];
    const [columns = 1, rows = 1] = tensor.shape;
    const key = `layers.${layer}.${module}`;
    places.set(key, {
      layer: Number(layer),
      module: module.slice(module.indexOf('.') + 1),
      rank: columns,
    });
    const isPaired = end !== 'lora_a' && (part === 'attn_q' || part === 'attn_k');
    const row = type.bytes * (end === 'ia3' ? 1 : columns);
    const numbers = { bytes: tensor.bytes, row };
    const bytes = isPaired ? reordered(numbers, base.pairedHead, false) : tensor.bytes;
    const name = `base_model.model.model.${key}`;
    if (end === 'ia3') {
      const shape = part === 'ffn_down' ? [1, columns] : [columns, 1];
      return { name: `${name}.ia3_l`, shape, type, bytes };
    }
    return {
      name: `${name}.lora_${end === 'lora_a' ? 'A' : 'B'}.weight`,
      shape: [rows, columns],
      type,
      bytes,
    };
  });
  const alpha = Number(metadata.get('adapter.lora.alpha'));
  const isIa3 = metadata.get('adapter.type') === 'ia3';
  if (isIa3 && made.some(({ name }) => name.endsWith('.weight'))) {
    throw wrong('it is both LoRA and (IA)³, which PEFT has no format for');
  }
  const config = isIa3 ? ia3Config(places) : loraConfig(places, alpha);
  return { config: { ...config, ...common(places, baseModel) }, tensors: made };
}

/** Where an adapter is. */
interface Place {
  layer: number;
  module: string;
  /** Of LoRA's B, which comes after A. */
  rank: number;
}

function common(places: ReadonlyMap<string, Place>, baseModel: string): Config {
  return {
    task_type: 'CAUSAL_LM',
    base_model_name_or_path: baseModel,
    target_modules: [...new Set([...places.values()].map(({ module }) => module))],
    fan_in_fan_out: false,
    inference_mode: true,
    modules_to_save: null,
  };
}

function loraConfig(places: ReadonlyMap<string, Place>, alpha: number): Config {
  const rank = Math.max(...[...places.values()].map((place) => place.rank));
  const others = [...places].filter(([, place]) => place.rank !== rank);
  const pattern = Object.fromEntries(others.map(([key, place]) => [key, place.rank]));
  return {
    peft_type: 'LORA',
    r: rank,
    // In a GGUF file 0 means that each factor is 1.
    lora_alpha: alpha === 0 ? rank : alpha,
    lora_dropout: 0,
    bias: 'none',
    use_rslora: false,
    layers_to_transform: [...new Set([...places.values()].map(({ layer }) => layer))],
    rank_pattern: pattern,
    alpha_pattern: alpha === 0 ? pattern : {},
  };
}

function ia3Config(places: ReadonlyMap<string, Place>): Config {
  const isInner = [...places.values()].some(({ module }) => module === 'down_proj');
  return {
    peft_type: 'IA3',
    feedforward_modules: isInner ? ['down_proj'] : [],
    init_ia3_weights: true,
  };
}

/** The rows of heads in the other order: with the dimensions of each pair side by side, or half a head apart. */
function reordered(
  { bytes, row }: { bytes: Uint8Array; row: number },
  head: number,
  isToNeighbors: boolean,
): Uint8Array {
  // The engine refuses another shape.
  if (head === 0 || row === 0 || bytes.length % (head * row) !== 0) return bytes;
  const moved = new Uint8Array(bytes.length);
  for (let first = 0; first < bytes.length; first += head * row) {
    for (let i = 0; i < head; i++) {
      const apart = first + i * row;
      const beside = first + (2 * (i % (head / 2)) + Math.floor(i / (head / 2))) * row;
      const [from, to] = isToNeighbors ? [apart, beside] : [beside, apart];
      moved.set(bytes.subarray(from, from + row), to);
    }
  }
  return moved;
}

export function wrong(what: string): ShotglassError {
  return new ShotglassError(
    'wrong-adapter',
    `This is not an adapter for this model: ${what}. Load a LoRA or (IA)³ adapter that was made for it.`,
  );
}
