import { defaultSettings, type Sampling } from '../../app/settings.ts';

/** What shapes a distribution before a token is drawn from it. */
export type Shape = Pick<Sampling, 'temperature' | 'topK' | 'topP' | 'minP'>;

/** Whether a token is drawn otherwise than the model says, and the reader has asked for that: the page opens with no wish of theirs. */
export function isShaped(sampling: Shape): boolean {
  const { temperature, topK, topP, minP } = sampling;
  const opened = defaultSettings.sampling;
  const isOpened = (['temperature', 'topK', 'topP', 'minP'] as const).every(
    (name) => sampling[name] === opened[name],
  );
  const isPlain = temperature === 1 && topK === 0 && topP === 1 && minP === 0;
  return !isPlain && !isOpened;
}

/** What to ask the model about sampling; null where it is not to be shown. */
export function shapeOf(sampling: Shape): Shape | null {
  const { temperature, topK, topP, minP } = sampling;
  return isShaped(sampling) ? { temperature, topK, topP, minP } : null;
}
