/** How far a number may be from its record: for logprobs, the difference of the probabilities. */
export const tolerance = 1e-4;

/**
 * Where a record and a fresh one first differ, in words; null where they agree. Counts and texts must be the same,
 * probabilities within the tolerance.
 */
export function difference(recorded, fresh, path = '', field = '') {
  if (isContainer(recorded) && isContainer(fresh)) {
    const keys = new Set([...Object.keys(recorded), ...Object.keys(fresh)]);
    for (const key of keys) {
      // A list's numbers are what the list is called.
      const name = Array.isArray(fresh) ? field : key;
      const found = difference(recorded[key], fresh[key], path ? `${path}.${key}` : key, name);
      if (found !== null) return found;
    }
    return null;
  }
  if (typeof recorded === 'number' && typeof fresh === 'number') {
    const isLogprob = field === 'logprob' || field === 'answer';
    const [a, b] = isLogprob ? [Math.exp(recorded), Math.exp(fresh)] : [recorded, fresh];
    if (Math.abs(a - b) <= tolerance) return null;
  } else if (recorded === fresh) return null;
  return `${path} is ${JSON.stringify(recorded)} in the file, and ${JSON.stringify(fresh)} now`;
}

function isContainer(value) {
  return typeof value === 'object' && value !== null;
}
