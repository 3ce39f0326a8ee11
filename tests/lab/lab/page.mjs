// The state of a page without a model, as far as what a link brings depends on it.

import { labModule } from '../module.mjs';
import { recordings } from '../recordings.mjs';

const { First } = await labModule('lab/recorded-or-live.ts');
const { promptOf } = await labModule('app/prompt.ts');
const { defaultSettings } = await labModule('app/settings.ts');
const { openPreset, reduce } = await labModule('app/state.ts');

const none = { of: null, result: null, running: false, progress: null, problem: null };

/** The page with this state, and with the record of its preset unless `recorded` is another one or null. */
export function pageWith(state, { settings = defaultSettings, recorded } = {}) {
  const lab = { state, settings, chat: null, prompt: promptOf(state.draft) };
  for (const name of ['answer', 'classification', 'generation', 'tree', 'ghost', 'ladder']) {
    lab[name] = { jobState: none };
  }
  lab.models = { model: null, loading: null, problem: null, load() {} };
  lab.first = new First(lab, () => {});
  lab.first.recorded = recorded === undefined ? recordings.get(state.draft.preset) : recorded;
  lab.first.probe = { obstacle: null, rate: null };
  /** Another draft, as an edit makes one. */
  lab.edit = (action) => {
    lab.state = reduce(lab.state, action);
    lab.prompt = promptOf(lab.state.draft);
  };
  return lab;
}

/** The edit that asks another query. */
export const ask = (text) => ({ type: 'query', text });

/** The state after some edits of a preset. */
export const edited = (preset, ...actions) => actions.reduce(reduce, openPreset(preset));
