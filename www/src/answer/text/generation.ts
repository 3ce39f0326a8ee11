import type { GenerateStep } from 'shotglass';
import type { Work } from '../../app/job.ts';
import type { LabModel } from '../../app/lab-model.ts';
import type { Sampling } from '../../app/settings.ts';

/** A token of a text, and how probable it was. */
export type DrawnStep = Omit<GenerateStep, 'entropy'>;

/** A text that the model drew, with all that is needed to draw it again. */
export interface Draw {
  /** The prompt that it goes on with. */
  of: string;
  sampling: Sampling;
  steps: readonly DrawnStep[];
}

/** How many texts of one prompt are kept beside each other. */
export const keptDraws = 5;

/** A text, one token after the other, before the earlier ones of this prompt. */
export function generation(
  model: Pick<LabModel, 'generate'>,
  text: string,
  sampling: Sampling,
): Work<Draw[]> {
  return async function* ({ signal, before }) {
    const { stopAtNewline, ...options } = sampling;
    const stop = stopAtNewline ? ['\n'] : [];
    const kept = keptFor(before ?? [], text, sampling);
    const steps: GenerateStep[] = [];
    yield [{ of: text, sampling, steps }, ...kept];
    for await (const step of model.generate(text, { ...options, stop, signal })) {
      steps.push(step);
      yield [{ of: text, sampling, steps: [...steps] }, ...kept];
    }
  };
}

/** Tokens of the text that is shown behind a prompt. */
const ghostTokens = 12;

/** What the model writes next, always the most probable token, up to the end of the line. */
export function greedy(model: Pick<LabModel, 'generate'>, text: string): Work<string> {
  return async function* ({ signal }) {
    let written = '';
    for await (const { textDelta } of model.generate(text, {
      maxTokens: ghostTokens,
      stop: '\n',
      signal,
    })) {
      written += textDelta;
      yield written;
    }
  };
}

/** Those that stay beside a new one: of the same prompt, and drawn in another way. */
export function keptFor(draws: readonly Draw[], text: string, sampling: Sampling): Draw[] {
  const way = wayOf(sampling);
  return draws
    .filter((draw) => draw.of === text && wayOf(draw.sampling) !== way)
    .slice(0, keptDraws - 1);
}

/** Two samplings with the same way draw the same text: a greedy one has no use for a seed. */
function wayOf(sampling: Sampling): string {
  const { seed, ...others } = sampling;
  return JSON.stringify(sampling.temperature === 0 ? others : { seed, ...others });
}

/** What a draw adds to the prompt: stop strings and end tokens are no part of it. */
export function textOf({ steps }: Draw): string {
  return steps.map(({ textDelta }) => textDelta).join('');
}
