/** The adapters of an engine: read, chosen, written and dropped. */

import { type AdapterFile, ggufFile, peftFiles } from '../adapters/files.js';
import type { Base } from '../adapters/peft.js';
import { adapterTargets } from '../adapters/targets.js';
import type { AdapterInfo, FreshAdapter } from '../adapters/types.js';
import { ShotglassError } from '../errors.js';
import type { AdapterMessage, Calls } from '../protocol.js';
import type { Loaded } from './call.js';
import type { Adapter, Engine } from './engine.js';

/** Takes an adapter that the engine has made into those that the page knows by a number. */
export function keepAdapter({ adapters }: Loaded, adapter: Adapter): AdapterMessage {
  const id = adapters.nextId++;
  adapters.byId.set(id, adapter);
  return { id, info: infoOf(adapter) };
}

export function loadAdapter(
  loaded: Loaded,
  { files }: Calls['loadAdapter']['ask'],
): AdapterMessage {
  return keepAdapter(loaded, loaded.engine.readAdapter(ggufFile(files, baseOf(loaded))));
}

export function setAdapter(loaded: Loaded, { id, scale }: Calls['setAdapter']['ask']): null {
  if (id === null) loaded.engine.untune();
  else loaded.engine.tune(adapterOf(loaded, id), scale);
  loaded.adapters.active = id === null ? null : { id, scale };
  return null;
}

/** Works with the model alone, and then has the adapter of before again. */
export async function withoutAdapter<Found>(
  loaded: Loaded,
  work: () => Promise<Found>,
): Promise<Found> {
  const { engine } = loaded;
  const { active } = loaded.adapters;
  if (active === null) return work();
  engine.untune();
  try {
    return await work();
  } finally {
    engine.tune(adapterOf(loaded, active.id), active.scale);
  }
}

/** An adapter that changes nothing yet. */
export function freshAdapter(engine: Engine, fresh: FreshAdapter): Adapter {
  const { from, to } = fresh;
  if (fresh.kind === 'ia3') return engine.freshGains(from, to);
  const { targets, rank, alpha, seed } = fresh;
  return engine.freshLora(Uint32Array.from(targets), from, to, rank, alpha, seed);
}

export function saveAdapter(
  loaded: Loaded,
  { id, format, bits, baseModel }: Calls['saveAdapter']['ask'],
): AdapterFile[] {
  const gguf = loaded.engine.writeAdapter(adapterOf(loaded, id), bits === 16);
  if (format === 'peft') return peftFiles(gguf, baseOf(loaded), baseModel);
  return [{ name: 'adapter.gguf', bytes: gguf as Uint8Array<ArrayBuffer> }];
}

export function removeAdapter(loaded: Loaded, { id }: Calls['removeAdapter']['ask']): null {
  const adapter = adapterOf(loaded, id);
  loaded.engine.forget(adapter);
  adapter.free();
  loaded.adapters.byId.delete(id);
  if (loaded.adapters.active?.id === id) loaded.adapters.active = null;
  return null;
}

function adapterOf({ adapters }: Loaded, id: number): Adapter {
  const adapter = adapters.byId.get(id);
  if (adapter) return adapter;
  throw new ShotglassError('closed', 'The adapter was closed. Load it again to use it.');
}

function baseOf({ engine, info }: Loaded): Base {
  return { architecture: info.architecture, pairedHead: engine.pairedHead() };
}

function infoOf(adapter: Adapter): AdapterInfo {
  const ranks = [...adapter.ranks()];
  const rank = Math.max(...ranks);
  return {
    name: adapter.name(),
    kind: rank > 0 ? 'lora' : 'ia3',
    rank,
    alpha: adapter.alpha(),
    targets: adapterTargets.filter((_, index) => Number(ranks[index]) > 0),
    parameters: adapter.parameters(),
  };
}
