/** The present prompt beside one with other outputs: which states carry the difference. */
import { type Label, type Prompt, renderPrompt, type Task } from 'shotglass';
import { type PatchedModel, type PatchResult, patch, planLabels } from 'shotglass/experiments';
import { LabError } from '../../app/problem.ts';
import { insideWords } from '../../strings/inside-words.ts';
import type { Settled } from '../figure.ts';
import { freeVariants } from '../variants/variants.ts';
import type { PatchFigure, PatchRow } from './patch-figure.ts';

export async function* readPatches(model: PatchedModel, question: Settled) {
  const { task, query, isFree, signal } = question;
  const from = renderPrompt(task, { query });
  const into = question.into ?? otherPrompt(question);
  if (!into) throw new LabError(() => insideWords().patch.needsOther);
  const { name: about, words } = await lookedAt(model, from, question);
  const steps = patch(model, from, into, { answer: words[0] ?? '', signal });
  for await (const { done, total, result } of steps) {
    yield {
      done,
      total,
      result: figureOf(result, { about, isFree, isPinned: question.into !== null }),
    };
  }
}

/** The label that is looked at; where none is named, the most probable one. */
async function lookedAt(
  model: PatchedModel,
  prompt: Prompt,
  { labels, answer, signal }: Settled,
): Promise<Label> {
  const named = labels.find(({ name }) => name === answer);
  if (named) return named;
  const words = labels.map((label) => label.words[0] as string);
  const scores = (await model.score(prompt, words, { signal })).map(({ logprob }) => logprob);
  return labels[scores.indexOf(Math.max(...scores))] as Label;
}

/** The same prompt with each label replaced by another one, or with the outputs of free text shifted by one. */
export function otherPrompt({
  task,
  query,
  labels,
  isFree,
}: Pick<Settled, 'task' | 'query' | 'labels' | 'isFree'>): Prompt | null {
  const found = isFree
    ? freeVariants(task, query, labels).find(({ variant }) => variant === 'flipped')
    : planLabels(task, { query, labels, variants: ['flipped'] })[0];
  return found && hasOther(task) ? found.prompt : null;
}

/** Without a demonstration there is no output to change. */
const hasOther = ({ demonstrations }: Task) => demonstrations.length > 0;

function figureOf(
  { from, into, plan, cells }: PatchResult,
  about: Pick<PatchFigure, 'about' | 'isFree' | 'isPinned'>,
): PatchFigure {
  const { layers, columns, offset } = plan;
  const rows = columns.map(({ position, width }): PatchRow => {
    const found = layers.map((layer) => {
      const over = cells.filter((cell) => {
        const isOver = cell.position <= position && position + width <= cell.position + cell.width;
        return cell.layer === layer && isOver;
      });
      return over.find((cell) => cell.width === width) ?? over[0];
    });
    const positions = Array.from({ length: width }, (_, i) => position + i);
    return {
      tokens: positions.map((at) => into.tokens[at]?.bytes ?? new Uint8Array()),
      differs: positions.some((at) => from.tokens[at + offset]?.id !== into.tokens[at]?.id),
      shares: found.map((cell) => cell?.share ?? null),
      isWide: found.map((cell) => cell !== undefined && cell.width > width),
    };
  });
  return {
    experiment: 'patch',
    ...about,
    from: Math.exp(from.logprob),
    into: Math.exp(into.logprob),
    tokens: { from: from.tokens.length, into: into.tokens.length },
    layers,
    rows,
  };
}
