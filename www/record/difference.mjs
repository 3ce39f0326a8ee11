import { compareSnapshots } from 'shotglass';
import { TOLERANCE } from '../../pkg/dist/snapshot/limits.js';

/** What differs between the record of a preset in the package and a fresh one, as sentences. */
export function recordDifferences(recorded, fresh) {
  const beside = difference(besideSnapshot(recorded), besideSnapshot(fresh));
  return [
    ...compareSnapshots(recorded, fresh).map(({ message }) => message),
    ...(beside === null ? [] : [beside]),
  ];
}

/** What a record has beside the snapshot in it, its logprobs as probabilities. A field that is missing stays so. */
function besideSnapshot({ id, content, opensWith, prompt, results, queries }) {
  return {
    id,
    content,
    opensWith,
    prompt: tokensOf(prompt),
    results: results.map((result) => ({ ...wordsOf(result), prompt: tokensOf(result.prompt) })),
    queries: queries?.map(({ results, ...about }) => ({ ...about, results: results.map(wordsOf) })),
  };
}

function wordsOf({ words, answer }) {
  return { words, answer: answer === null ? null : Math.exp(answer) };
}

function tokensOf(tokens) {
  return tokens && { ...tokens, logprobs: tokens.logprobs.map(Math.exp) };
}

/**
 * Where two measurements first differ, in words; null where they agree. Counts and texts must be the same, probabilities
 * within the tolerance.
 */
export function difference(recorded, fresh, path = '') {
  if (isContainer(recorded) && isContainer(fresh)) {
    const keys = new Set([...Object.keys(recorded), ...Object.keys(fresh)]);
    for (const key of keys) {
      const found = difference(recorded[key], fresh[key], path ? `${path}.${key}` : key);
      if (found !== null) return found;
    }
    return null;
  }
  const areNumbers = typeof recorded === 'number' && typeof fresh === 'number';
  const isSame = areNumbers ? Math.abs(recorded - fresh) <= TOLERANCE : recorded === fresh;
  if (isSame) return null;
  return `${path} is ${JSON.stringify(recorded)} in the file, and ${JSON.stringify(fresh)} now`;
}

function isContainer(value) {
  return typeof value === 'object' && value !== null;
}
