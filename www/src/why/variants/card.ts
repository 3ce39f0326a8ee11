import { classify } from 'shotglass';
import { format, labels, type Step } from 'shotglass/experiments';
import type { Card } from '../card.ts';
import { type FormatFigure, type LabelsFigure, readingOf, type Settled } from '../figure.ts';
import { aboutOfAll, drawn, optionsOf, outcomeReading } from '../running.ts';
import type { AskedModel } from '../tape.ts';
import { formatChart, labelsChart } from './chart.ts';
import { asAsked, templatesFor } from './formats.ts';
import { freeVariants } from './variants.ts';
import { drawFormat, drawLabels, formatFinding, labelsFinding } from './why-variants.ts';

export const labelsCard: Card<LabelsFigure> = {
  draw: drawLabels,
  finding: labelsFinding,
  chart: labelsChart,
  run: (model, question) =>
    question.isFree
      ? freeLabels(model, question)
      : drawn(labels(model, question.task, optionsOf(question)), ({ readings }) => {
          const variants = readings.map((reading) => ({
            variant: reading.variant,
            reading: outcomeReading(reading, false),
          }));
          const about = aboutOfAll(
            question,
            variants.map(({ reading }) => reading),
          );
          return { experiment: 'labels' as const, about, isFree: false, variants };
        }),
};

/** The same switch where the outputs are no labels. */
async function* freeLabels(
  model: AskedModel,
  { task, query, labels, answer, signal }: Settled,
): AsyncGenerator<Step<LabelsFigure>, void, undefined> {
  const planned = freeVariants(task, query, labels);
  const variants: LabelsFigure['variants'][number][] = [];
  for (const { variant, prompt } of planned) {
    const classification = await classify(model, prompt, labels, { signal });
    variants.push({ variant, reading: readingOf(classification, true) });
    const result = {
      experiment: 'labels' as const,
      about: answer ?? '',
      isFree: true,
      variants: [...variants],
    };
    yield { done: variants.length, total: planned.length, result };
  }
}

export const formatCard: Card<FormatFigure> = {
  draw: drawFormat,
  finding: formatFinding,
  chart: formatChart,
  run: (model, question) => {
    const { task, isFree } = question;
    const templates = templatesFor(task.template);
    return drawn(format(model, task, { ...optionsOf(question), templates }), ({ readings }) => {
      const formats = templates.map(({ name }, i) => {
        const reading = readings[i];
        return {
          name: name === asAsked ? null : name,
          reading: reading && outcomeReading(reading, isFree),
        };
      });
      const about = aboutOfAll(
        question,
        formats.map(({ reading }) => reading),
      );
      return { experiment: 'format' as const, about, isFree, formats };
    });
  },
};
