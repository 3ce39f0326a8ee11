/** Runs that train adapters: begun, driven a part at a time, and ended. Other calls are answered between the parts. */

import type { EndedStep, PlannedExample } from '../adapters/types.js';
import { ShotglassError } from '../errors.js';
import type { AdapterMessage, Calls, TrainingMessage } from '../protocol.js';
import { freshAdapter, keepAdapter } from './adapters.js';
import { type Loaded, prefill, promptOf, type Run } from './call.js';
import type { Examples, TrainingRun } from './engine.js';

/** How long a call works before others have their turn. */
const TURN_MS = 40;

/** Begins a run; nothing is trained yet. */
export async function beginTraining(
  loaded: Loaded,
  { settings, ...plan }: Calls['beginTraining']['ask'],
  run: Run,
): Promise<TrainingMessage> {
  const { engine, module, trainings } = loaded;
  // What is needed for a while, and what lives as long as the run.
  const passing: { free(): void }[] = [];
  const lasting: { free(): void }[] = [];
  const among = <One extends { free(): void }>(list: { free(): void }[], one: One): One => {
    list.push(one);
    return one;
  };
  const examplesOf = async (messages: readonly PlannedExample[]) => {
    const examples = among(passing, new module.Examples());
    for (const message of messages) await addExample(loaded, examples, message, run);
    return examples;
  };
  try {
    const given = Object.assign(among(passing, new module.TrainSettings()), settings);
    const adapter = among(passing, freshAdapter(engine, plan.adapter));
    const measured = async (messages: readonly PlannedExample[]) => {
      if (messages.length === 0) return null;
      return among(lasting, engine.evaluation(await examplesOf(messages), given));
    };
    const examples = await examplesOf(plan.examples);
    const neutral = plan.neutral === null ? [] : [{ kind: 'neutral', text: plan.neutral } as const];
    const training = {
      validation: await measured(plan.validation),
      neutral: await measured(neutral),
      trainer: among(lasting, engine.trainer(adapter, examples, given)),
    };
    const id = trainings.nextId++;
    trainings.byId.set(id, training);
    return { id, parameters: adapter.parameters() };
  } catch (error) {
    for (const one of lasting) one.free();
    throw error;
  } finally {
    for (const one of passing) one.free();
  }
}

/** Trains for a while; answers the step if one has ended, or else null. */
export async function advanceTraining(
  loaded: Loaded,
  { id }: Calls['advanceTraining']['ask'],
  run: Run,
): Promise<EndedStep | null> {
  const { trainer } = trainingOf(loaded, id);
  return inTurn(run, () => trainer.advance());
}

/** Measures for a while; answers the loss if it is known, or else null. */
export async function measureTraining(
  loaded: Loaded,
  { id, what }: Calls['measureTraining']['ask'],
  run: Run,
): Promise<number | null> {
  const training = trainingOf(loaded, id);
  const evaluation = training[what];
  if (evaluation === null) return null;
  return inTurn(run, () => evaluation.advance(training.trainer));
}

/** The adapter as the last step left it, as one of those that the page knows. */
export function adapterOfTraining(
  loaded: Loaded,
  { id }: Calls['adapterOfTraining']['ask'],
): AdapterMessage {
  return keepAdapter(loaded, trainingOf(loaded, id).trainer.adapter());
}

export function endTraining(loaded: Loaded, { id }: Calls['endTraining']['ask']): null {
  const { trainer, validation, neutral } = trainingOf(loaded, id);
  loaded.trainings.byId.delete(id);
  for (const one of [trainer, validation, neutral]) one?.free();
  return null;
}

async function inTurn<Found>(run: Run, part: () => Found | undefined): Promise<Found | null> {
  await run.pause();
  const start = performance.now();
  do {
    const found = part();
    if (found !== undefined) return found;
  } while (performance.now() - start < TURN_MS);
  return null;
}

function trainingOf({ trainings }: Loaded, id: number): TrainingRun {
  const training = trainings.byId.get(id);
  if (training) return training;
  throw new ShotglassError('closed', 'The training was closed.');
}

async function addExample(
  loaded: Loaded,
  examples: Examples,
  message: PlannedExample,
  run: Run,
): Promise<void> {
  if (message.kind === 'text') {
    examples.text(await idsOf(loaded, message.text, run), 1);
    return;
  }
  if (message.kind === 'neutral') {
    const ids = await idsOf(loaded, message.text, run);
    examples.teacher(ids, 0, await teaching(loaded, ids, 0, run));
    return;
  }
  const { prompt, answer, others, teacher } = message;
  const context = await idsOf(loaded, prompt, run);
  const answered = await answerIds(loaded, { prompt, context, answer }, run);
  if (teacher !== null) {
    const before = await idsOf(loaded, teacher, run);
    const taught = await answerIds(loaded, { prompt: teacher, context: before, answer }, run);
    if (`${taught}` !== `${answered}`) throw merged(answer);
    // The last token is not followed by anything that the teacher says.
    const after = (ids: Uint32Array) => Uint32Array.from([...ids, ...answered.slice(0, -1)]);
    const logprobs = await teaching(loaded, after(before), before.length - 1, run);
    examples.teacher(after(context), context.length - 1, logprobs);
    return;
  }
  const wrong: number[] = [];
  const lengths: number[] = [];
  for (const other of others) {
    const ids = await answerIds(loaded, { prompt, context, answer: other }, run);
    wrong.push(...ids);
    lengths.push(ids.length);
  }
  examples.choice(context, answered, Uint32Array.from(wrong), Uint32Array.from(lengths));
}

/** The tokens of an answer behind its prompt, whose own tokens must be the same with the answer as without. */
async function answerIds(
  loaded: Loaded,
  { prompt, context, answer }: { prompt: string; context: Uint32Array; answer: string },
  run: Run,
): Promise<Uint32Array> {
  const ids = await idsOf(loaded, prompt + answer, run);
  if (context.some((id, index) => ids[index] !== id)) throw merged(answer);
  return ids.slice(context.length);
}

function merged(answer: string): ShotglassError {
  return new ShotglassError(
    'merged-continuation',
    `The first token of the answer ${JSON.stringify(answer)} has characters of the prompt too. End the prompt before ` +
      'the space, and begin the answer with it.',
  );
}

/** What the model itself says after each of the tokens from index `from` on. */
async function teaching(
  loaded: Loaded,
  ids: Uint32Array,
  from: number,
  run: Run,
): Promise<Float32Array> {
  const { engine, info } = loaded;
  const rows = new Float32Array((ids.length - from) * info.vocabularySize);
  for (let end = from + 1; end <= ids.length; end++) {
    await prefill(engine, ids.subarray(0, end), run);
    rows.set(engine.logprobs(), (end - 1 - from) * info.vocabularySize);
  }
  return rows;
}

async function idsOf(loaded: Loaded, text: string, run: Run): Promise<Uint32Array> {
  return (await promptOf(loaded, text, run)).ids;
}
