/** A file with the answers of a model, so that an evaluation that was cut off goes on where it was. */
import { createHash } from 'node:crypto';
import { appendFile, readFile } from 'node:fs/promises';
import { ShotglassError } from '../errors.js';
import type { EvaluatedModel } from '../experiments/evaluate/plan.js';
import { whyOf } from '../files/problem.js';
import type { GenerateStep, Score } from '../types.js';
import type { CommandOption } from './command.js';

export const resumeOption: CommandOption = {
  name: 'resume',
  value: 'FILE',
  about: 'Keep the answers of the model in FILE, and go on from those that are there.',
};

/** What is kept of a step of a generation: all that an evaluation reads. */
type Written = Pick<GenerateStep, 'textDelta' | 'finish'>;

/** A line of the file, behind the one that says of which model it is. */
interface Kept {
  asked: string;
  answer: Score[] | Written[];
}

/**
 * The model, which answers what is in the file without being asked, and writes down the rest. The answers are found by
 * what was asked, so rows and options may change.
 *
 * @throws {@link ShotglassError} `read-failed`; `invalid-option` if the file has answers of another model.
 */
export async function resumable(
  model: Required<Pick<EvaluatedModel, 'score' | 'generate'>> & EvaluatedModel,
  about: object,
  file: string,
): Promise<EvaluatedModel> {
  const known = await keptIn(file, about);
  const keep = async (asked: string, answer: Kept['answer']) => {
    known.set(asked, answer);
    await append(file, { asked, answer });
  };
  return {
    ...(model.concurrency !== undefined && { concurrency: model.concurrency }),
    ...(model.scoreConcurrency !== undefined && { scoreConcurrency: model.scoreConcurrency }),
    async score(context, continuations, options = {}) {
      const { reference } = options;
      const asked = keyOf(['score', context, continuations, reference ?? null]);
      const found = known.get(asked);
      if (found) return found as Score[];
      const scores = await model.score(context, continuations, options);
      await keep(asked, scores);
      return scores;
    },
    async *generate(prompt, options = {}) {
      const { signal, onProgress, ...rest } = options;
      const asked = keyOf(['generate', prompt, rest]);
      const found = known.get(asked);
      if (found) {
        yield* found as GenerateStep[];
        return;
      }
      const steps: GenerateStep[] = [];
      for await (const step of model.generate(prompt, { ...rest, signal, onProgress })) {
        steps.push(step);
      }
      await keep(
        asked,
        steps.map(({ textDelta, finish }) => ({ textDelta, finish })),
      );
      yield* steps;
    },
  };
}

function keyOf(asked: readonly unknown[]): string {
  const text = JSON.stringify(asked, (_, part) => Object(part).text ?? part);
  return createHash('sha256').update(text).digest('hex');
}

async function keptIn(file: string, about: object): Promise<Map<string, Kept['answer']>> {
  const head = JSON.stringify({ model: about }, inJson);
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (Object(error).code === 'ENOENT') return '';
    throw failed(file, error);
  });
  // What was being written when the command was killed is not whole.
  const lines = text.split('\n').slice(0, -1);
  const [first, ...rest] = lines;
  if (first === undefined) {
    await write(file, `${text === '' ? '' : '\n'}${head}\n`);
    return new Map();
  }
  if (first !== head) {
    throw new ShotglassError(
      'invalid-option',
      `${file} is no file of --resume, or has the answers of another model. Name another file.`,
    );
  }
  if (!text.endsWith('\n')) await write(file, '\n');
  return new Map(
    rest.flatMap((line): [string, Kept['answer']][] => {
      const kept = parsed(line);
      return kept ? [[kept.asked, kept.answer]] : [];
    }),
  );
}

/** A line; null for one that is not whole. */
function parsed(line: string): Kept | null {
  try {
    const { asked, answer } = JSON.parse(line, (key, part) =>
      key === 'bytes' ? Uint8Array.from(part) : part,
    );
    return typeof asked === 'string' && Array.isArray(answer) ? { asked, answer } : null;
  } catch {
    return null;
  }
}

async function append(file: string, kept: Kept): Promise<void> {
  await write(file, `${JSON.stringify(kept, inJson)}\n`);
}

async function write(file: string, text: string): Promise<void> {
  await appendFile(file, text).catch((error: unknown) => {
    throw failed(file, error);
  });
}

function inJson(_: string, part: unknown): unknown {
  return part instanceof Uint8Array ? [...part] : part;
}

function failed(file: string, error: unknown): ShotglassError {
  return new ShotglassError('read-failed', `${file} could not be used: ${whyOf(error)}.`);
}
