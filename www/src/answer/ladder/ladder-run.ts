import {
  continuations,
  ShotglassError,
  type Task,
  taskLabels,
  wordGoesOn,
  wordLogprob,
} from 'shotglass';
import { referenceOf } from 'shotglass/experiments';
import { answersOf } from '../../app/answers.ts';
import type { ChatTemplate } from '../../app/chat.ts';
import type { Work } from '../../app/job.ts';
import { type LabModel, lackOf } from '../../app/lab-model.ts';
import { presetOf } from '../../app/own-task.ts';
import { problemOf } from '../../app/problem.ts';
import { askedOf, promptOf } from '../../app/prompt.ts';
import { type ComparisonName, comparisons, hasLabels } from '../../app/settings.ts';
import type { Draft } from '../../app/state.ts';
import { ladderKey, ladderShots, type Rung, type Rungs } from './ladder.ts';
import { wordLabel } from './word-label.ts';

/** How many predictions the search for the first word may make at each number of shots. */
const mostPredictions = 12;
/** How many tokens are written for a first word. */
const mostWritten = 8;

/** Errors that are of one number of shots: others may well run. */
const codesOfOnePrompt = ['prompt-too-long', 'empty-prompt', 'merged-continuation'];

/** Nothing is found after such an error; any other one is thrown again. */
function ofOnePrompt(error: unknown): string {
  if (error instanceof ShotglassError && codesOfOnePrompt.includes(error.code)) return '';
  throw error;
}

export interface ClimbOptions {
  comparison: ComparisonName;
  chat?: ChatTemplate | null;
  /** The right answer; null where none is known. */
  solution?: string | null;
}

/** How many log-probabilities, and of how many prompts, the package asks for in one request. */
const mostInRequest = 100_000;
const mostPrompts = 32;

/** How many calls of the model a climb takes at most; undefined where one of them may be too large for one request. */
export function climbCalls(
  draft: Draft,
  { comparison, chat = null, solution = null }: ClimbOptions,
): number | undefined {
  const { task } = askedOf(draft, chat);
  const words = hasLabels(task.labels) ? taskLabels(task).flatMap((label) => label.words) : null;
  const { demonstrations } = task;
  const { text } = promptOf({ ...draft, shots: demonstrations.length }, chat);
  // What answers are compared with has no more texts than calibration, whose inputs are three.
  const texts = (words?.length ?? 1) * (words && comparison !== 'nothing' ? 4 : 1);
  if (text.length * texts > mostInRequest || texts > mostPrompts) return undefined;
  const rungs = ladderShots(demonstrations.length).length;
  if (words) return rungs;
  // The first word and the probability of the answer; without a known one, the answer is looked for first.
  return 2 * rungs + (solution === null ? 1 : 0);
}

/**
 * The query after 0, 1, 2, … demonstrations. It follows the right answer, or where none is known the word that comes
 * first after the present number of shots. It goes on where a run of the same was broken off.
 */
export function climb(
  model: LabModel,
  draft: Draft,
  { comparison, chat = null, solution = null }: ClimbOptions,
): Work<Rungs> {
  const { task } = askedOf(draft, chat);
  const labels = hasLabels(task.labels) ? taskLabels(task) : null;
  const words = labels?.flatMap((label) => label.words);
  const textAt = (shots: number) => promptOf({ ...draft, shots }, chat).text;
  return async function* ({ signal: stopped, before }) {
    const key = ladderKey(draft, comparison);
    const known = before?.key === key ? before.rungs : [];
    const left = new AbortController();
    const signal = AbortSignal.any([stopped, left.signal]);
    const firstAt = async (k: number) => {
      const rung = known.find((one) => one.k === k);
      return rung && 'first' in rung ? rung.first : firstWord(model, textAt(k), signal);
    };
    const top = words || solution !== null ? '' : await firstAt(draft.shots).catch(ofOnePrompt);
    const answer = solution ?? (words ? null : wordLabel(top));
    const continuation = solution === null ? top : separatorOf(draft, task) + solution;
    const rungAt = async (k: number): Promise<Rung> => {
      const text = textAt(k);
      if (words) {
        const reference = referenceOf(comparisons[comparison], task, { shots: k });
        return { k, scores: await model.score(text, words, { reference, signal }) };
      }
      const first = await firstAt(k);
      // The text may end here: that is no word to be scored.
      if (continuation === '') return { k, first, p: null };
      const logprob = await continuationLogprob(model, text, continuation, signal);
      return { k, first, p: logprob === null ? null : Math.exp(logprob) };
    };
    const found = (k: number) =>
      rungAt(k).catch((error) => {
        ofOnePrompt(error);
        const problem = problemOf(error);
        return problem && { k, problem };
      });
    // What is known of another answer says nothing about the probability of this one.
    const rungs: Rung[] = before?.answer === answer ? [...known] : [];
    yield { key, labels, answer, rungs: [...rungs] };
    const missing = ladderShots(task.demonstrations.length).slice(rungs.length);
    try {
      for await (const rung of answersOf(model, missing, found)) {
        if (rung) rungs.push(rung);
        yield { key, labels, answer, rungs: [...rungs] };
      }
    } finally {
      left.abort();
    }
  };
}

/**
 * What belongs between the prompt and an answer. A trap as it ships may have another separator in its demonstrations, and
 * is asked for the same answer as the task without the flaw.
 */
function separatorOf(draft: Draft, asked: Task): string {
  const mended = draft.chat ? undefined : presetOf(draft)?.mended;
  return (mended?.task ?? asked).template.outputSeparator;
}

/** That the answer follows as a whole word; without a vocabulary, which tells where words end, that it follows at all. */
async function continuationLogprob(
  model: LabModel,
  prompt: string,
  continuation: string,
  signal: AbortSignal,
): Promise<number | null> {
  if (lackOf(model, 'words') === null) return wordLogprob(model, prompt, continuation, { signal });
  const [score] = await model.score(prompt, [continuation], { signal });
  return score?.logprob ?? null;
}

/** The most probable next word, with the white space before it; without a vocabulary the one that the model writes. */
async function firstWord(model: LabModel, prompt: string, signal: AbortSignal): Promise<string> {
  if (lackOf(model, 'words') !== null) return writtenWord(model, prompt, signal);
  const options = { words: 1, maxPredictions: mostPredictions, signal };
  let first = '';
  for await (const { result } of continuations(model, prompt, options)) {
    first = result.words[0]?.text ?? '';
  }
  return first;
}

/** The beginning of the greedy text, up to where its first word ends. */
async function writtenWord(model: LabModel, prompt: string, signal: AbortSignal): Promise<string> {
  let text = '';
  for await (const { textDelta } of model.generate(prompt, { maxTokens: mostWritten, signal })) {
    text += textDelta;
  }
  let word = '';
  for (const character of text) {
    if (word !== '' && !wordGoesOn(word, character)) break;
    word += character;
  }
  return word;
}
