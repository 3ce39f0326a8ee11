import { renderPrompt } from 'shotglass';
import {
  attribution,
  type InfluenceResult,
  influence,
  type LimeResult,
  lime,
} from 'shotglass/experiments';
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
    const options = { ...optionsOf(question), ...aboutOf(question) };
    const figure = ({ label, all, none, influences }: LimeResult | InfluenceResult) => ({
      experiment: 'influence' as const,
      about: label,
      isFree,
      method,
      all: Math.exp(all.logprob),
      none: none && Math.exp(none.logprob),
      effects: influences.map(({ demonstration, leaveOneOut, shapley, ...one }): PartEffect => {
        const { input = '', output = '' } = task.demonstrations[demonstration] ?? {};
        const nats = (isShapley ? shapley : leaveOneOut)?.nats ?? null;
        const known = 'coefficient' in one ? { lime: nats === null ? null : one.coefficient } : {};
        return { role: 'demonstration', demonstration, text: input, output, nats, ...known };
      }),
    });
    // The same prompts give both.
    return isShapley
      ? drawn(lime(model, task, options), figure)
      : drawn(influence(model, task, { ...options, method }), figure);
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
