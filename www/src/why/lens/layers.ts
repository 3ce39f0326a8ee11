/** The prediction after each layer, for some numbers of demonstrations: what is run, and what it comes to. */
import { type Label, type Model, type Prompt, renderPrompt, type Token } from 'shotglass';
import { type FollowedAnswer, type LensReading, lens } from 'shotglass/experiments';
import type { Settled } from '../figure.ts';
import type { LensAnswer, LensFigure, LensGrid, LensPanel } from './lens-figure.ts';

/** So many of the last tokens stand in the grid, and every second layer, so that it takes about a second. */
const gridTokens = 12;
const gridStride = 2;

/** Numbers of demonstrations beside that of the prompt. */
const offered = [0, 1, 2, 4, 8, 16, 32];

type LensModel = Pick<Model, 'score' | 'lens' | 'states' | 'tokenize'>;

export async function* readLayers(model: LensModel, question: Settled) {
  const { task, query, signal, isFree } = question;
  const most = task.demonstrations.length;
  const shots = [...offered.filter((k) => k < most), most];
  const prompt = renderPrompt(task, { query });
  const followed = await distinct(model, prompt, question);
  const answers = followed.map(({ words }) => words[0] as string);
  const names = followed.map(({ name }) => name);
  const total = shots.length + 1;
  // What the reader has just asked for comes first, and stays while the rest is read again.
  const grid = question.lookAt === null ? null : await readGrid(model, prompt, question);
  let figure: LensFigure | undefined;
  for await (const { done, result } of lens(model, task, { query, answers, shots, signal })) {
    const panels = result.readings.map((reading) => panelOf(reading, names));
    const about = question.answer ?? leading(panels.at(-1)) ?? '';
    figure = { experiment: 'lens', about, isFree, panels, grid };
    yield { done, total, result: figure };
  }
  if (!figure) return;
  const found = grid ?? (await readGrid(model, prompt, question));
  yield { done: total, total, result: { ...figure, grid: found } };
}

/** Answers that begin with different tokens: of two that begin alike the lens cannot tell. The one that is looked at stays. */
async function distinct(
  model: LensModel,
  prompt: Prompt,
  { labels, answer, signal }: Settled,
): Promise<Label[]> {
  const looked = labels.filter(({ name }) => name === answer);
  const all = [...looked, ...labels.filter(({ name }) => name !== answer)];
  const words = all.map((label) => label.words[0] as string);
  const scores = await model.score(prompt, words, { signal });
  const firsts = scores.map(({ tokens }) => tokens[0]?.id);
  return all.filter((_, i) => firsts.indexOf(firsts[i]) === i);
}

function panelOf(reading: LensReading, names: readonly string[]): LensPanel {
  const { k } = reading;
  if ('error' in reading) return { k, layers: [], answers: [] };
  return {
    k,
    layers: reading.entries.map(({ candidates: [top] }) => ({
      top: top?.bytes ?? new Uint8Array(),
      p: top?.p ?? 0,
    })),
    answers: reading.answers.map((followed, i) => answerOf(followed, names[i] ?? '')),
  };
}

function answerOf({ layers, aheadFrom, topFrom }: FollowedAnswer, name: string): LensAnswer {
  const [ps, ranks] = [layers.map(({ p }) => p), layers.map(({ rank }) => rank)];
  return { name, ps, ranks, aheadFrom, topFrom };
}

/** The most probable answer in the end. */
function leading(panel: LensPanel | undefined): string | null {
  const last = ({ ps }: LensAnswer) => ps.at(-1) ?? 0;
  const [best] = [...(panel?.answers ?? [])].sort((a, b) => last(b) - last(a));
  return best?.name ?? null;
}

async function readGrid(
  model: LensModel,
  prompt: Prompt,
  { lookAt, signal }: Settled,
): Promise<LensGrid> {
  const text = prompt.text.replace(/ +$/, '');
  const strip = await model.tokenize(text, { signal });
  const end = Math.min(lookAt ?? Number.POSITIVE_INFINITY, strip.length - 1);
  const first = Math.max(0, end + 1 - gridTokens);
  const positions = Array.from({ length: end + 1 - first }, (_, i) => first + i);
  // States say which layers there are, and take no output layer.
  const all = (await model.states(text, { signal })).layers;
  const last = all.at(-1) ?? 0;
  const layers = all.filter((layer) => (last - layer) % gridStride === 0);
  const { entries } = await model.lens(text, { positions, layers, signal });
  const columns = positions.map((position, at) => {
    const tops = entries.map((row) => {
      const top = row[at]?.candidates[0];
      return { bytes: top?.bytes ?? new Uint8Array(), p: top?.p ?? 0, id: top?.id };
    });
    const changed = tops.findLastIndex(({ id }) => id !== tops.at(-1)?.id);
    return {
      token: (strip[position] as Token).bytes,
      tops: tops.map(({ bytes, p }) => ({ bytes, p })),
      stableFrom: changed + 1,
    };
  });
  return { strip: strip.map(({ bytes }) => bytes), end, layers, columns };
}
