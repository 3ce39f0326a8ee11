/** What the heads of a model attend to in the present prompt. */
import { type Model, renderPrompt } from 'shotglass';
import { type HeadPattern, headPatterns, heads } from 'shotglass/experiments';
import type { Settled } from '../figure.ts';
import type { HeadsFigure, PatternScores } from './heads-figure.ts';

export async function* readHeads(
  model: Pick<Model, 'attention'>,
  { task, query, isFree, signal }: Settled,
) {
  const prompt = renderPrompt(task, { query });
  for await (const { done, total, result } of heads(model, prompt, { signal })) {
    const of = (pattern: HeadPattern): PatternScores => {
      const { count, scores, chance } = result[pattern];
      return { count, chance, scores: scores && Array.from(scores) };
    };
    const [previous, same, induction] = headPatterns.map(of) as [
      PatternScores,
      PatternScores,
      PatternScores,
    ];
    const figure: HeadsFigure = {
      experiment: 'heads',
      about: '',
      isFree,
      layers: result.layers,
      heads: result.heads,
      patterns: { previous, same, induction },
    };
    yield { done, total, result: figure };
  }
}
