/** The adapters of an engine: read, chosen, written and dropped. */

import { adapterTargets } from '../adapters/targets.js';
import type { AdapterInfo, FreshAdapter } from '../adapters/types.js';
import { ShotglassError } from '../errors.js';
import type { AdapterMessage, AdapterUse, Calls } from '../protocol.js';
import type { Loaded } from './call.js';
import type { Adapter, Engine } from './engine.js';

/** Takes an adapter that the engine has made into those that the page knows by a number. */
export function keepAdapter({ adapters }: Loaded, adapter: Adapter): AdapterMessage {
  const id = adapters.nextId++;
  adapters.byId.set(id, adapter);
  return { id, info: infoOf(adapter) };
}

export function loadAdapter(loaded: Loaded, { gguf }: Calls['loadAdapter']['ask']): AdapterMessage {
  return keepAdapter(loaded, loaded.engine.readAdapter(gguf));
}

/** What begins from now on runs with this adapter, or with none. */
export function useAdapter(loaded: Loaded, use: AdapterUse | null): void {
  const { active } = loaded.adapters;
  if (use?.id === active?.id && use?.scale === active?.scale) return;
  if (use === null) loaded.engine.untune();
  else loaded.engine.tune(adapterOf(loaded, use.id), use.scale);
  loaded.adapters.active = use;
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
  { id, bits }: Calls['saveAdapter']['ask'],
): Uint8Array<ArrayBuffer> {
  const gguf = loaded.engine.writeAdapter(adapterOf(loaded, id), bits === 16);
  return gguf as Uint8Array<ArrayBuffer>;
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
