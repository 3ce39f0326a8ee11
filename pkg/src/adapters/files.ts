/** Which files of an adapter are which, and the GGUF file of all of them. */
import { ShotglassError } from '../errors.js';
import { invalid } from '../util/validate.js';
import { readGguf, writeGguf } from './gguf.js';
import { type Base, ggufOfPeft, peftOfGguf } from './peft.js';
import { isSafetensors, readSafetensors, writeSafetensors } from './safetensors.js';

/** A file of an adapter. */
export interface AdapterFile {
  /** The name under which programs look for it. */
  name: string;
  bytes: Uint8Array<ArrayBuffer>;
}

/**
 * The bytes of a GGUF file: the only file as it is, or those of PEFT, in any order.
 *
 * @throws `invalid-option`, `corrupt`, `truncated`, `unsupported-quantization` or `wrong-adapter`.
 */
export function ggufFile(files: readonly Uint8Array[], base: Base): Uint8Array {
  const [first = new Uint8Array(), second] = files;
  const isPeft = second !== undefined || isSafetensors(first) || isJson(first);
  if (!isPeft) return first;
  const weights = files.find(isSafetensors);
  const config = files.find((file) => file !== weights && isJson(file));
  if (!weights || !config || files.length > 2) {
    throw invalid(
      'source',
      'a GGUF file, or the two files of a PEFT adapter, adapter_config.json and adapter_model.safetensors',
    );
  }
  return writeGguf(
    ggufOfPeft({ config: configOf(config), tensors: readSafetensors(weights) }, base),
  );
}

/** The two files of PEFT, of a GGUF file that the engine has written. */
export function peftFiles(gguf: Uint8Array, base: Base, baseModel: string): AdapterFile[] {
  const { config, tensors } = peftOfGguf(readGguf(gguf), base, baseModel);
  const json = new TextEncoder().encode(`${JSON.stringify(config, null, 2)}\n`);
  return [
    { name: 'adapter_config.json', bytes: json },
    { name: 'adapter_model.safetensors', bytes: writeSafetensors(tensors) },
  ];
}

/** Whether a text may be JSON's: an object, after white space. */
function isJson(file: Uint8Array): boolean {
  const start = new TextDecoder().decode(file.subarray(0, 64)).trimStart();
  return start.startsWith('{') && !isSafetensors(file);
}

function configOf(file: Uint8Array): Record<string, unknown> {
  try {
    const config: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(file));
    if (typeof config === 'object' && config !== null) return config as Record<string, unknown>;
  } catch {
    // Neither UTF-8 nor JSON.
  }
  throw new ShotglassError(
    'corrupt',
    'adapter_config.json is not a JSON object. Download it again.',
  );
}
