import type { Model } from '../../model/model.js';
import type { Edit } from '../../model/options.js';
import type { Prompt } from '../../prompt/task.js';
import type { States, Token } from '../../types.js';
import type { Step } from '../../util/step.js';
import { invalid, promptText } from '../../util/validate.js';
import { checkPatch, keyOf, planPatch } from './plan.js';
import type { PatchColumn, PatchedCell, PatchOptions, PatchPlace, PatchResult } from './types.js';

/** What {@link patch} calls of a model. */
export type PatchedModel = Pick<Model, 'score' | 'states' | 'logprobs'>;

/**
 * Where does a model carry the difference between two prompts? Activation patching (Meng et al. 2022; Zhang
 * & Nanda 2024): both prompts run; then `into` runs again and again, each time with the states of `from` at
 * one layer and one token, or a few neighboring ones, and the log-probability of the answer says how much
 * of the difference comes with them. There is one step for each patch.
 *
 * The prompts should differ only in what is asked about, such as the outputs of the demonstrations, and
 * have the same number of tokens. Otherwise their tokens are matched from the end, and those at the
 * beginning of `into` that have no counterpart are not patched. {@link planPatch} says which layers and
 * tokens are.
 *
 * The states of both prompts are held in memory: `layers · tokens · info.hiddenSize` numbers of 4 bytes.
 *
 * @throws {@link ShotglassError} from the loop: as {@link planPatch}, {@link Model.score}, {@link Model.states}
 * and {@link Model.logprobs}; `invalid-option` also if the answer begins with different tokens after the
 * two prompts. After `aborted`, the steps before it remain valid.
 */
export async function* patch(
  model: PatchedModel,
  from: string | Prompt,
  into: string | Prompt,
  options: PatchOptions,
): AsyncGenerator<Step<PatchResult>, void, undefined> {
  checkPatch(options);
  const { answer, signal } = options;
  const a = await begin(model, promptText(from, 'from'), answer, signal);
  const b = await begin(model, promptText(into, 'into'), answer, signal);
  if (a.token.id !== b.token.id) {
    throw invalid('answer', 'a text that begins with the same token after both prompts');
  }
  const size = { layers: b.layers, from: idsOf(a.tokens), into: idsOf(b.tokens) };
  const plan = planPatch(size, options);
  const { layers, columns, offset, places } = plan;
  const positions = columns.flatMap(positionsIn);
  const states = await model.states(a.text, {
    layers,
    positions: positions.map((position) => position + offset),
    signal,
  });
  // A patched run begins at its layer if the model has just recorded the states of the same prompt there.
  const above = b.tokens.map((_, index) => index).slice(positions[0]);
  await model.states(b.text, { layers, positions: above, signal });

  const known: PatchedCell[] = [];
  const difference = a.logprob - b.logprob;
  const runs = {
    from: { tokens: a.tokens, logprob: a.logprob },
    into: { tokens: b.tokens, logprob: b.logprob },
  };
  for (const place of places) {
    const edits = editsAt(place, offset, states);
    const logprobs = await model.logprobs(b.text, { edits, signal });
    const logprob = logprobs[b.token.id] as number;
    const share = difference === 0 ? null : (logprob - b.logprob) / difference;
    known.push({ ...place, logprob, share });
    const result = { token: b.token, ...runs, plan, cells: withoutCovered(known, columns) };
    yield { done: known.length, total: places.length, result };
  }
}

/** A prompt before it is patched, and the first token of the answer after it. */
async function begin(
  model: PatchedModel,
  prompt: string,
  answer: string,
  signal: AbortSignal | undefined,
): Promise<{ text: string; tokens: Token[]; layers: number; token: Token; logprob: number }> {
  // A space at the end of a prompt belongs to the answer, as in `score`.
  const text = prompt.replace(/ +$/, '');
  const [score] = await model.score(prompt, [answer], { signal });
  const { tokens, layers } = await model.states(text, { signal });
  const [first] = score?.tokens ?? [];
  if (!first) throw invalid('answer', 'a text that has a token');
  const { logprob, ...token } = first;
  return { text, tokens, layers: layers.at(-1) ?? 0, token, logprob };
}

function idsOf(tokens: readonly Token[]): number[] {
  return tokens.map(({ id }) => id);
}

function positionsIn({ position, width }: PatchColumn): number[] {
  return Array.from({ length: width }, (_, index) => position + index);
}

/** The states of the other run, put in the place of the own ones. */
function editsAt(place: PatchPlace, offset: number, states: States): Edit[] {
  const { layers, positions, size, rows } = states;
  const row = layers.indexOf(place.layer) * positions.length;
  return positionsIn(place).map((position) => {
    const start = (row + positions.indexOf(position + offset)) * size;
    return { layer: place.layer, position, replace: rows.subarray(start, start + size) };
  });
}

/** The cells, without those of the overview in whose place there are finer ones. */
function withoutCovered(
  cells: readonly PatchedCell[],
  columns: readonly PatchColumn[],
): PatchedCell[] {
  const known = new Set(cells.map(keyOf));
  return cells.filter(({ layer, position, width }) => {
    const parts = columns.filter(
      (column) => column.position >= position && column.position < position + width,
    );
    return parts.length === 1 || parts.some((column) => !known.has(keyOf({ layer, ...column })));
  });
}
