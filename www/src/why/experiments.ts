import type { Classification } from 'shotglass';
import {
  classify,
  classifyByChannel,
  contentFree,
  contentFreePrompts,
  renderPrompt,
} from 'shotglass';
import {
  attribution,
  format,
  influence,
  labels,
  type Outcome,
  order,
  type Step,
} from 'shotglass/experiments';
import { evaluateExperiment, pairExperiment } from './evaluate/running.ts';
import {
  type CalibrationFigure,
  type Experiment,
  type ExperimentId,
  experimentIds,
  type Figure,
  type LabelsFigure,
  type PartEffect,
  predictedOf,
  type Reading,
  readingOf,
  type Settled,
  shareOf,
} from './figure.ts';
import { asAsked, templatesFor } from './formats.ts';
import { modelsExperiment } from './models/running.ts';
import type { AskedModel } from './tape.ts';
import { freeVariants } from './variants/variants.ts';

/** Up to so many demonstrations all their subsets are asked. */
const mostPlayers = 5;

/** What every experiment of the package is told. */
const optionsOf = ({ query, labels, rule, comparison, signal }: Settled) => ({
  query,
  labels,
  rule,
  comparison,
  signal,
});

/** With the answer that is looked at. */
const aboutOf = ({ answer }: Settled) => (answer === null ? {} : { gold: answer });

/** The answer that is looked at, once it is known what is predicted. */
const aboutIn = ({ answer }: Settled, { labels, predicted }: Classification): string =>
  answer ?? labels[predicted]?.label ?? '';

/** The steps of an experiment of the package, each drawn. */
async function* draw<Result, Drawn extends Figure>(
  steps: AsyncGenerator<Step<Result>, void, undefined>,
  figure: (result: Result, total: number) => Drawn,
): AsyncGenerator<Step<Drawn>, void, undefined> {
  for await (const { done, total, result } of steps) {
    yield { done, total, result: figure(result, total) };
  }
}

const outcomeReading = (outcome: Outcome, isFree: boolean): Reading | null =>
  'error' in outcome ? null : readingOf(outcome.classification, isFree);

/** Of several prompts' readings, the first decides which answer is looked at where none is named. */
const aboutOfAll = (
  { answer }: Settled,
  readings: readonly (Reading | null | undefined)[],
): string => {
  const first = readings.find((reading) => reading);
  return answer ?? (first ? predictedOf(first) : '');
};

const influenceExperiment: Experiment = {
  id: 'influence',
  demonstrations: 1,
  source: {
    text: 'Nguyen & Wong 2023, In-context Example Selection with Influences',
    url: 'https://arxiv.org/abs/2302.11042',
  },
  run: (model, question) => {
    const { task, isFree } = question;
    const isShapley = task.demonstrations.length <= mostPlayers;
    const method = isShapley ? ('shapley' as const) : ('leaveOneOut' as const);
    const steps = influence(model, task, { ...optionsOf(question), ...aboutOf(question), method });
    return draw(steps, ({ label, all, none, influences }) => ({
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

const attributionExperiment: Experiment = {
  id: 'attribution',
  source: {
    text: 'Miglani et al. 2023, Captum for generative language models',
    url: 'https://arxiv.org/abs/2312.05491',
  },
  run: (model, question) => {
    const { task, query, isFree } = question;
    const prompt = renderPrompt(task, { query }).text;
    const steps = attribution(model, task, { ...optionsOf(question), ...aboutOf(question) });
    return draw(steps, ({ label, answer, parts }) => ({
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

const orderExperiment: Experiment = {
  id: 'order',
  demonstrations: 2,
  source: {
    text: 'Lu et al. 2022, Fantastically Ordered Prompts',
    url: 'https://arxiv.org/abs/2104.08786',
  },
  run: (model, question) => {
    const { task, isFree } = question;
    return draw(order(model, task, optionsOf(question)), ({ readings }) => {
      const all = readings.map(({ classification }) => readingOf(classification, isFree));
      const about = aboutOfAll(question, all);
      return {
        experiment: 'order' as const,
        about,
        isFree,
        lasts: [...new Set(task.demonstrations.map(({ output }) => output))],
        orders: readings.map(({ order }, i) => {
          const reading = all[i] as Reading;
          const last = task.demonstrations[order.at(-1) ?? 0]?.output ?? '';
          return { order, p: shareOf(reading, about), predicted: predictedOf(reading), last };
        }),
      };
    });
  },
};

const labelsExperiment: Experiment = {
  id: 'labels',
  demonstrations: 1,
  source: {
    text: 'Min et al. 2022, Rethinking the Role of Demonstrations',
    url: 'https://arxiv.org/abs/2202.12837',
  },
  run: (model, question) =>
    question.isFree
      ? freeLabels(model, question)
      : draw(labels(model, question.task, optionsOf(question)), ({ readings }) => {
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

const calibrateExperiment: Experiment = {
  id: 'calibrate',
  needsTable: true,
  source: {
    text: 'Zhao et al. 2021, Calibrate Before Use',
    url: 'https://arxiv.org/abs/2102.09690',
  },
  async *run(model, question) {
    const { task, query, labels, rule, signal, isFree } = question;
    const prompt = renderPrompt(task, { query });
    const references = contentFreePrompts(task);
    const total = references.length + 3;
    const plain = await classify(model, prompt, labels, { rule, signal });
    const about = aboutIn(question, plain);
    const inputs: CalibrationFigure['inputs'][number][] = [];
    let done = 1;
    for (const [i, reference] of references.entries()) {
      const classification = await classify(model, reference, labels, { rule, signal });
      inputs.push({ input: contentFree[i] ?? '', reading: readingOf(classification, false) });
      done += 1;
    }
    const calibrated = await classify(model, prompt, labels, {
      rule,
      signal,
      reference: references,
    });
    done += 1;
    const figure: CalibrationFigure = {
      experiment: 'calibrate',
      about,
      isFree,
      answers: calibratedAnswers(plain, calibrated),
      inputs,
      channel: null,
    };
    yield { done, total, result: figure };
    const channel = await classifyByChannel(model, task, labels, { query, rule, signal });
    yield { done: total, total, result: { ...figure, channel: readingOf(channel, false) } };
  },
};

/** What nothing asked for says is what the calibration takes away: the score before, less the score after. */
export function calibratedAnswers(
  plain: Pick<Classification, 'labels'>,
  calibrated: Pick<Classification, 'labels'>,
): CalibrationFigure['answers'] {
  const empty = plain.labels.map(({ score }, i) => score - (calibrated.labels[i]?.score ?? 0));
  const most = Math.max(...empty);
  const sum = empty.reduce((total, score) => total + Math.exp(score - most), 0);
  return plain.labels.map(({ label, p }, i) => ({
    name: label,
    asked: p,
    empty: Math.exp((empty[i] ?? 0) - most) / sum,
    calibrated: calibrated.labels[i]?.p ?? 0,
  }));
}

const formatExperiment: Experiment = {
  id: 'format',
  needsTable: true,
  source: {
    text: 'Sclar et al. 2024, Quantifying Sensitivity to Prompt Formatting',
    url: 'https://arxiv.org/abs/2310.11324',
  },
  run: (model, question) => {
    const { task, isFree } = question;
    const templates = templatesFor(task.template);
    return draw(format(model, task, { ...optionsOf(question), templates }), ({ readings }) => {
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

const byId: Record<ExperimentId, Experiment> = {
  influence: influenceExperiment,
  order: orderExperiment,
  labels: labelsExperiment,
  calibrate: calibrateExperiment,
  format: formatExperiment,
  attribution: attributionExperiment,
  evaluate: evaluateExperiment,
  compare: pairExperiment,
  models: modelsExperiment,
};

/** In the order of the tabs. */
export const experiments: readonly Experiment[] = experimentIds.map((id) => byId[id]);

export function experimentOf(id: string): Experiment {
  return experiments.find((experiment) => experiment.id === id) ?? influenceExperiment;
}

/** The experiment that is shown: two prompts are compared only while one is pinned. */
export function shownExperiment(id: string, isPinned: boolean): Experiment {
  const experiment = experimentOf(id);
  return experiment.needsPinned && !isPinned ? evaluateExperiment : experiment;
}
