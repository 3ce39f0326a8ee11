/** The short link to a preset as it ships: `?preset=sentiment`, and `&k=4` for another number of shots than it opens with. */
import { presetOf } from '../app/own-task.ts';
import { type Draft, draftOf } from '../app/state.ts';
import { presets } from '../presets/index.ts';
import type { Preset } from '../presets/preset.ts';

export const presetParameters = ['preset', 'k'] as const;

/** The search part for a draft; null where it is no preset as it ships. */
export function presetLink(draft: Draft): string | null {
  const preset = presetOf(draft);
  if (!preset) return null;
  const shipped = draftOf(preset);
  const { shots } = draft;
  if (JSON.stringify({ ...draft, id: null }) !== JSON.stringify({ ...shipped, shots })) return null;
  return new URLSearchParams({
    preset: preset.id,
    ...(shots !== shipped.shots && { k: String(shots) }),
  }).toString();
}

/** The preset that an address names, and the number of shots where the address has one that the preset has, too. */
export function readPresetLink(search: string): { preset: Preset; shots: number | null } | null {
  const parameters = new URLSearchParams(search);
  const preset = presets.find(({ id }) => id === parameters.get('preset'));
  if (!preset) return null;
  const k = parameters.get('k') ?? '';
  const isShots = /^\d{1,4}$/.test(k) && Number(k) <= preset.task.demonstrations.length;
  return { preset, shots: isShots ? Number(k) : null };
}
