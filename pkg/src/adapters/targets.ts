import type { AdapterTarget } from './types.js';

/** The matrices that LoRA can change, in the order in which the engine has them. */
export const adapterTargets: readonly AdapterTarget[] = ['q', 'k', 'v', 'o', 'gate', 'up', 'down'];
