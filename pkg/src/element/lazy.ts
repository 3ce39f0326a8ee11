/** Parts of the package that only some elements need, fetched once when the first does. */

import { defaultModel } from '../default-model.js';
import type { Preset } from '../presets/preset.js';
import type { ModelName } from './shared-model.js';

let presets: readonly Preset[] | null = null;
let loading: Promise<void> | null = null;
let hasFailed = false;

/** The presets, once they are there. */
export function presetsNow(): { presets: readonly Preset[] | null; hasFailed: boolean } {
  return { presets, hasFailed };
}

/** Gets them; then, or when they cannot be had, the promise is fulfilled. */
export function loadPresets(): Promise<void> {
  loading ??= import('../presets/index.js').then(
    (module) => {
      presets = module.presets;
    },
    () => {
      hasFailed = true;
    },
  );
  return loading;
}

/** Whether a model file is kept in this browser, whole. Fetches nothing from the network. */
export async function isKept({ url, sha256 }: ModelName): Promise<boolean> {
  const hash = sha256 ?? (url === null ? defaultModel.sha256 : null);
  try {
    const { listCached } = await import('../cached.js');
    const kept = await listCached();
    return kept.some(
      (file) => file.complete && (hash === null ? file.url === url : file.sha256 === hash),
    );
  } catch {
    return false;
  }
}
