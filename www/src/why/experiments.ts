import type { Classification, Label, Template } from 'shotglass';
import {
  classify,
  classifyByChannel,
  contentFreePrompts,
  renderPrompt,
  ShotglassError,
  taskLabels,
} from 'shotglass';
import {
  attribution,
  evaluate,
  format,
  influence,
  labels,
  type Outcome,
  order,
  type Step,
  shots,
  toCsv,
  toJsonl,
} from 'shotglass/experiments';
import { formatProbability } from '../format.ts';
import { strings } from '../strings/index.ts';
import { draw, type Experiment, type Figure, type FigureRow, type Question } from './figure.ts';

/** The labels that a question names, as words of its template. */
const labelsOf = ({ task, labels }: Question): Label[] =>
  taskLabels({ ...task, labels: [...labels] });

/** What every experiment of the package is told. */
const optionsOf = (question: Question) => {
  const { query, rule, comparison, signal } = question;
  return { query, labels: labelsOf(question), rule, comparison, signal };
};

const posterior = ({ labels }: Classification): number[] => labels.map(({ p }) => p);
const legend = ({ labels }: Classification): string[] => labels.map(({ label }) => label);

const winner = ({ labels, predicted }: Classification): string => {
  const best = labels[predicted];
  return best ? `${best.label} ${formatProbability(best.p)}` : '';
};

/** A row of label shares, or why there is none. */
const outcomeRow = (name: string, outcome: Outcome): FigureRow =>
  'error' in outcome
    ? { name, text: strings.why.notRun }
    : {
        name,
        parts: posterior(outcome.classification),
        text: strings.why.answer(
          winner(outcome.classification),
          formatProbability(outcome.classification.mass),
        ),
      };

const legendOf = (outcomes: readonly Outcome[]): string[] => {
  const first = outcomes.find((outcome) => 'classification' in outcome);
  return first && 'classification' in first ? legend(first.classification) : [];
};

const predictions = (outcomes: readonly Outcome[]): number =>
  new Set(
    outcomes.flatMap((outcome) =>
      'classification' in outcome ? outcome.classification.predicted : [],
    ),
  ).size;

const calibrate: Experiment = {
  id: 'calibrate',
  comparesItself: true,
  source: {
    text: 'Zhao et al. 2021, Calibrate Before Use',
    url: 'https://arxiv.org/abs/2102.09690',
  },
  async *run(model, question) {
    const { task, query, rule, signal } = question;
    const words = labelsOf(question);
    const prompt = renderPrompt(task, { query });
    const references = contentFreePrompts(task);
    const options = { rule, signal };
    const plain = await classify(model, prompt, words, options);
    const rows = [outcomeRow(strings.why.asAsked, { classification: plain })];
    const step = (): Step<Figure> => ({
      done: rows.length,
      total: references.length + 3,
      result: {
        legend: legend(plain),
        rows: [...rows],
        finding: strings.why.experiments.calibrate.finding,
      },
    });
    yield step();
    for (const [i, reference] of references.entries()) {
      const classification = await classify(model, reference, words, options);
      rows.push(outcomeRow(strings.why.contentFree[i] ?? '', { classification }));
      yield step();
    }
    const calibrated = await classify(model, prompt, words, { ...options, reference: references });
    rows.push(outcomeRow(strings.why.calibrated, { classification: calibrated }));
    yield step();
    const channel = await classifyByChannel(model, task, words, { query, ...options });
    // Without the mass: what the labels own is not what the channel scores.
    rows.push({ name: strings.why.channel, parts: posterior(channel), text: winner(channel) });
    yield step();
  },
};

const shotsExperiment: Experiment = {
  id: 'shots',
  source: {
    text: 'Brown et al. 2020, Figure 1.2',
    url: 'https://arxiv.org/abs/2005.14165',
  },
  run: (model, question) => {
    const { task } = question;
    return draw(shots(model, task, optionsOf(question)), ({ readings }) => ({
      legend: legendOf(readings),
      rows: readings.map((reading) => outcomeRow(strings.why.shots(reading.k), reading)),
      finding: strings.why.experiments.shots.finding,
    }));
  },
};

const orderExperiment: Experiment = {
  id: 'order',
  needsDemonstrations: true,
  source: {
    text: 'Lu et al. 2022, Fantastically Ordered Prompts',
    url: 'https://arxiv.org/abs/2104.08786',
  },
  run: (model, question) => {
    const { task } = question;
    const steps = order(model, task, optionsOf(question));
    return draw(steps, ({ readings, flips }) => ({
      legend: legendOf(readings),
      rows: readings.map((reading) =>
        outcomeRow(reading.order.map((index) => index + 1).join(' '), reading),
      ),
      finding: strings.why.flips(flips, readings.length),
    }));
  },
};

const labelsExperiment: Experiment = {
  id: 'labels',
  needsDemonstrations: true,
  source: {
    text: 'Min et al. 2022, Rethinking the Role of Demonstrations',
    url: 'https://arxiv.org/abs/2202.12837',
  },
  run: (model, question) => {
    const { task } = question;
    const steps = labels(model, task, optionsOf(question));
    return draw(steps, ({ readings }) => ({
      legend: legendOf(readings),
      rows: readings.map((reading) => outcomeRow(strings.why.variants[reading.variant], reading)),
      finding: strings.why.experiments.labels.finding,
    }));
  },
};

const formatExperiment: Experiment = {
  id: 'format',
  source: {
    text: 'Sclar et al. 2023, Quantifying Sensitivity to Prompt Formatting',
    url: 'https://arxiv.org/abs/2310.11324',
  },
  run: (model, question) => {
    const { task } = question;
    const with_ = (change: Partial<Template>): Template => ({ ...task.template, ...change });
    const templates = [
      { name: strings.why.asAsked, template: task.template },
      {
        name: 'Q: … A:',
        template: with_({ inputPrefix: 'Q: ', inputSuffix: '\n', outputPrefix: 'A:' }),
      },
      {
        name: 'Input: … Output:',
        template: with_({ inputPrefix: 'Input: ', inputSuffix: '\n', outputPrefix: 'Output:' }),
      },
      {
        name: '… =>',
        template: with_({
          inputPrefix: '',
          inputSuffix: ' ',
          outputPrefix: '=>',
          demonstrationSeparator: '\n',
        }),
      },
    ];
    const steps = format(model, task, { ...optionsOf(question), templates });
    return draw(steps, ({ readings }) => ({
      legend: legendOf(readings),
      rows: readings.map((reading) => outcomeRow(reading.name, reading)),
      finding: strings.why.agree(predictions(readings)),
    }));
  },
};

/** Effects in nats, each as a share of the largest. */
function effects(rows: readonly { name: string; nats: number | null }[]) {
  const largest = Math.max(...rows.map(({ nats }) => Math.abs(nats ?? 0)), 1e-9);
  return rows.map(({ name, nats }) =>
    nats === null
      ? { name, text: '…' }
      : { name, effect: nats / largest, text: strings.why.nats(nats) },
  );
}

const short = (whole: string) => (whole.length > 40 ? `${whole.slice(0, 39)}…` : whole);

const influenceExperiment: Experiment = {
  id: 'influence',
  needsDemonstrations: true,
  source: {
    text: 'Nguyen & Wong 2023, In-context Example Selection with Influences',
    url: 'https://arxiv.org/abs/2302.11042',
  },
  run: (model, question) => {
    const { task } = question;
    const isShapley = task.demonstrations.length <= 5;
    const method = isShapley ? ('shapley' as const) : ('leaveOneOut' as const);
    const steps = influence(model, task, { ...optionsOf(question), method });
    return draw(steps, ({ label, influences }) => ({
      legend: [],
      rows: effects(
        influences.map(({ demonstration, leaveOneOut, shapley }) => {
          const { input = '', output = '' } = task.demonstrations[demonstration] ?? {};
          const effect = isShapley ? shapley : leaveOneOut;
          return { name: `${short(input)} → ${output}`, nats: effect?.nats ?? null };
        }),
      ),
      finding: isShapley ? strings.why.shapley(label) : strings.why.leaveOneOut(label),
    }));
  },
};

const attributionExperiment: Experiment = {
  id: 'attribution',
  source: {
    text: 'Feature ablation, as in Captum (Miglani et al. 2023)',
    url: 'https://arxiv.org/abs/2312.05491',
  },
  run: (model, question) => {
    const { task, query } = question;
    const prompt = renderPrompt(task, { query }).text;
    const steps = attribution(model, task, optionsOf(question));
    return draw(steps, ({ label, parts }) => ({
      legend: [],
      rows: effects(
        parts
          .filter(({ role }) => role !== 'demonstration')
          .map(({ start, end, effect }) => ({
            name: short(prompt.slice(start, end).trim()),
            nats: effect?.nats ?? null,
          })),
      ),
      finding: strings.why.attribution(label),
    }));
  },
};

const evaluateExperiment: Experiment = {
  id: 'evaluate',
  needsRows: true,
  source: {
    text: 'Brown et al. 2020, §2.4; Wilson 1927 for the interval',
    url: 'https://arxiv.org/abs/2005.14165',
  },
  async *run(model, question) {
    const { task, rule, comparison, signal } = question;
    // It brings a parser that nothing else needs.
    const { mapColumns, parseRows } = await import('shotglass/data');
    const table = await parseRows(question.rows, { signal });
    const [input = '', output = ''] = table.columns;
    const { demonstrations: rows, problems } = mapColumns(table, { input, output });
    if (rows.length === 0) throw new ShotglassError('invalid-option', strings.why.noRows);
    const most = task.demonstrations.length;
    const ks = [0, 1, 2, 4, 8].filter((k) => k <= most);
    const steps = evaluate(model, task, rows, {
      shots: ks,
      labels: labelsOf(question),
      rule,
      comparison,
      signal,
    });
    yield* draw(steps, (evaluation) => ({
      legend: [],
      files: [
        { name: 'shotglass.jsonl', type: 'application/jsonl', text: () => toJsonl(evaluation) },
        { name: 'shotglass.csv', type: 'text/csv', text: () => toCsv(evaluation) },
      ],
      rows: [
        ...evaluation.cells.map(({ shots, accuracy }) => ({
          name: strings.why.shots(shots),
          parts: [accuracy.accuracy],
          interval: accuracy.interval,
          text: strings.why.accuracy(
            accuracy.correct,
            accuracy.n,
            formatProbability(accuracy.accuracy),
          ),
        })),
        ...evaluation.notRun.map(({ shots }) => ({
          name: strings.why.shots(shots),
          text: strings.why.notRun,
        })),
      ],
      finding: [
        ...problems.map(({ line, message }) => strings.why.problem(line, message)),
        ...evaluation.warnings,
      ].join(' '),
    }));
  },
};

/** In the order of the tabs. */
export const experiments: readonly [Experiment, ...Experiment[]] = [
  calibrate,
  shotsExperiment,
  orderExperiment,
  labelsExperiment,
  influenceExperiment,
  formatExperiment,
  attributionExperiment,
  evaluateExperiment,
];
