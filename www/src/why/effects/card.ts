import { renderPrompt } from 'shotglass';
import { attribution, influence } from 'shotglass/experiments';
import type { Card } from '../card.ts';
import type { EffectsFigure, PartEffect } from '../figure.ts';
import { aboutOf, drawn, optionsOf } from '../running.ts';
import { effectsChart } from './chart.ts';
import { drawEffects, effectsFinding } from './why-effects.ts';

/** Up to so many demonstrations all their subsets are asked. */
const mostPlayers = 5;

const picture = { draw: drawEffects, finding: effectsFinding, chart: effectsChart };

export const influenceCard: Card<EffectsFigure> = {
  ...picture,
  run: (model, question) => {
    const { task, isFree } = question;
    const isShapley = task.demonstrations.length <= mostPlayers;
    const method = isShapley ? ('shapley' as const) : ('leaveOneOut' as const);
    const steps = influence(model, task, { ...optionsOf(question), ...aboutOf(question), method });
    return drawn(steps, ({ label, all, none, influences }) => ({
      experiment: 'influence' as const,
      about: label,
      isFree,
      method,
      all: Math.exp(all.logprob),
      none: none && Math.exp(none.logprob),
      effects: influences.map(({ demonstration, leaveOneOut, shapley }): PartEffect => {
        const { input = '', output = '' } = task.demonstrations[demonstration] ?? {};
        const nats = (isShapley ? shapley : leaveOneOut)?.nats ?? null;
        return { role: 'demonstration', demonstration, text: input, output, nats };
      }),
    }));
  },
};

export const attributionCard: Card<EffectsFigure> = {
  ...picture,
  run: (model, question) => {
    const { task, query, isFree } = question;
    const prompt = renderPrompt(task, { query }).text;
    const steps = attribution(model, task, { ...optionsOf(question), ...aboutOf(question) });
    return drawn(steps, ({ label, answer, parts }) => ({
      experiment: 'attribution' as const,
      about: label,
      isFree,
      method: 'parts' as const,
      all: Math.exp(answer.logprob),
      none: null,
      effects: parts
        .filter(({ role }) => role !== 'demonstration')
        .map(
          ({ role, demonstration, start, end, effect }): PartEffect => ({
            role,
            demonstration,
            text: prompt.slice(start, end).trim(),
            output: null,
            nats: effect?.nats ?? null,
          }),
        ),
    }));
  },
};
