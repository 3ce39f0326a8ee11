import { compareSnapshots } from 'shotglass';
import { TOLERANCE } from '../../pkg/dist/snapshot/limits.js';

/** Logprobs of the tokens in a prompt have 3 decimals or more, so a rounding may move the last of these. */
const tolerancePerToken = 2e-3;

/** What differs between the record of a preset in the package and a fresh one, as sentences. */
export function recordDifferences(recorded, fresh) {
  const beside = difference(besideSnapshot(recorded), besideSnapshot(fresh));
  const prompts = difference(promptsOf(recorded), promptsOf(fresh), tolerancePerToken);
  return [
    ...compareSnapshots(recorded, fresh).map(({ message }) => message),
    ...[beside, prompts].filter((found) => found !== null),
  ];
}

/** What a record has beside the snapshot, which has the right answers too, and the prompts; logprobs as probabilities. */
function besideSnapshot({ id, content, opensWith, results, queries }) {
  return {
    id,
    content,
    opensWith,
    results: results.map(({ words }) => ({ words })),
    // A field that is missing stays so.
    queries: queries?.map(({ results, ...about }) => ({ ...about, results: results.map(wordsOf) })),
  };
}

function wordsOf({ words, answer }) {
  return { words, answer: answer === null ? null : Math.exp(answer) };
}

/** The tokens of its prompts: how surprising a token is matters where it is improbable, too. */
function promptsOf({ prompt, results }) {
  return { prompt, results: results.map(({ prompt }) => ({ prompt })) };
}

/**
 * Where two measurements first differ, in words; null where they agree. Counts and texts must be the same, all other
 * numbers within the tolerance.
 */
export function difference(recorded, fresh, tolerance = TOLERANCE, path = '') {
  if (isContainer(recorded) && isContainer(fresh)) {
    const keys = new Set([...Object.keys(recorded), ...Object.keys(fresh)]);
    for (const key of keys) {
      const found = difference(recorded[key], fresh[key], tolerance, path ? `${path}.${key}` : key);
      if (found !== null) return found;
    }
    return null;
  }
  const areNumbers = typeof recorded === 'number' && typeof fresh === 'number';
  const isSame = areNumbers ? Math.abs(recorded - fresh) <= tolerance : recorded === fresh;
  if (isSame) return null;
  return `${path} is ${JSON.stringify(recorded)} in the file, and ${JSON.stringify(fresh)} now`;
}

function isContainer(value) {
  return typeof value === 'object' && value !== null;
}
