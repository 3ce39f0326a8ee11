// Every figure of the lab once, with made-up numbers and with names that a test chooses.

import { labModule } from '../module.mjs';

const answer = await labModule('answer/charts.ts');
const { chartOf } = await labModule('why/card.ts');
const { methodsOf } = await labModule('why/methods.ts');
const { experimentIds } = await labModule('why/experiment.ts');
const { experimentOf } = await labModule('why/experiments.ts');
const { confusionChart, reliabilityChart } = await labModule('why/evaluate/chart.ts');
const { draftOf } = await labModule('app/state.ts');
const { presetById } = await labModule('presets/index.ts');
const { defaultSettings } = await labModule('app/settings.ts');

export const info = {
  name: 'a model',
  sha256: 'ab12cd34'.repeat(8),
  activationBits: 16,
};

const cards = {};
for (const id of experimentIds) cards[id] = await experimentOf(id).fetchCard();

/** A third, a seventh and so on have digits without end. */
export const ps = [1 / 3, 1 / 7, 1 / 700_000, 0.5, 2 / 3];

/** The figures by their ids; `name` is put wherever a name comes from a reader, a file or a model. */
export function chartsNamed(name) {
  const draft = { ...draftOf(presetById('sentiment')), query: name };
  const settingOf = (ofLabels) =>
    answer.settingOf(
      { draft, chat: null, settings: defaultSettings, model: { ...info, name } },
      ofLabels,
    );
  const bytes = new TextEncoder().encode(name);
  const prediction = {
    candidates: ps.map((p, i) => ({
      id: i,
      text: name,
      bytes,
      p,
      logprob: Math.log(p),
      rank: i + 1,
    })),
    rest: { count: 49_147, p: 1 / 900 },
    entropy: 1.25,
  };
  const words = ps.map((p, i) => ({
    text: ` ${name}${i}`,
    p,
    atMost: Math.min(1, p * 1.5),
    complete: false,
    spellings: [],
  }));
  const branches = new Map([['', { words, rest: 1 / 11, open: 0, predictions: 3, done: true }]]);
  const columns = ps.map((p, k) => ({
    ...{ k, p: k === 2 ? null : p, posterior: p, mass: 0.9, name, isFirst: false },
  }));
  const labels = [name, 'Positive'];
  const classification = {
    labels: labels.map((label, i) => ({
      label,
      p: ps[i],
      logprob: Math.log(ps[i]),
      score: -i - 1 / 3,
    })),
    mass: 0.9,
    predicted: 0,
  };
  const { task } = draft;
  const question = {
    ...{ task: { ...task, demonstrations: task.demonstrations.slice(0, 4) }, query: name },
    ...{ pool: task.demonstrations, isFree: false, answer: null, rule: 'sum', comparison: null },
    calibration: 'contentFree',
    labels: labels.map((label) => ({ name: label, words: [` ${label}`] })),
    rows: [{ input: 'a row', output: 'Positive' }],
    ...{ shots: [0, 1, 2], draws: { seeds: 2, orders: 1 }, train: task.demonstrations },
    pinned: {
      ...{ name, task, against: name, train: [], shots: [0, 1, 2] },
      rows: [{ input: 'a row', output: 'Positive' }],
    },
  };
  const setting = (id) => ({
    methods: methodsOf(id, { question, model: { ...info, name } }),
    stem: 'shotglass',
  });
  const reading = (i) => ({
    answers: labels.map((label, at) => ({ name: label, p: ps[(i + at) % ps.length] })),
    predicted: i % 2,
    mass: ps[i],
  });
  const figures = [
    {
      ...{ experiment: 'influence', method: 'shapley', all: 0.7, none: 0.1 },
      effects: ps.map((p, demonstration) => ({
        ...{ role: 'demonstration', demonstration, text: name, output: name },
        nats: demonstration === 1 ? -p : demonstration === 2 ? null : p,
      })),
    },
    {
      ...{ experiment: 'order', lasts: labels },
      orders: ps.map((p, i) => ({
        ...{ order: [i, 0], p, predicted: labels[i % 2], last: labels[i % 2] },
      })),
    },
    {
      experiment: 'labels',
      variants: ['gold', 'random', 'flipped', 'abstract', 'none'].map((variant, i) => ({
        variant,
        reading: i === 3 ? null : reading(i),
      })),
    },
    {
      ...{ experiment: 'calibrate', inputs: [], channel: null },
      answers: labels.map((label, i) => ({
        ...{ name: label, asked: ps[i], empty: ps[i + 1], calibrated: ps[i + 2] },
      })),
    },
    {
      experiment: 'format',
      formats: [null, name, 'b', 'c'].map((format, i) => ({
        name: format,
        reading: i === 2 ? null : i === 3 ? undefined : reading(i),
      })),
    },
    ...insideOf(name, bytes),
    probeOf(),
    {
      ...{ experiment: 'vector', shots: 4, best: 1, last: 4, steered: [] },
      ...{ zeroShot: reading(0), fewShot: reading(1) },
      layers: ps.map((_, layer) => ({ layer, reading: reading(layer) })),
    },
    ...choicesOf(name, reading),
    { experiment: 'evaluate', ...evaluationOf(labels) },
    pairOf(labels),
    modelsOf(name, labels),
  ];
  const { evaluation } = figures.at(-3);
  const cell = { cell: evaluation.cells[1], name: '1 example', labels };
  return [
    answer.tokensChart(prediction, settingOf(false)),
    answer.wordsChart({ prompt: name, branches }, settingOf(false)),
    answer.labelsChart(classification, settingOf(true)),
    answer.ladderChart({ columns, current: 1, answer: name, ofLabels: true }, settingOf(true)),
    ...figures.map((figure) =>
      chartOf(
        cards[figure.experiment],
        { about: name, isFree: false, ...figure },
        setting(figure.experiment),
      ),
    ),
    confusionChart(cell, setting('evaluate')),
    reliabilityChart(cell, setting('evaluate')),
  ];
}

function probeOf() {
  const accuracy = (p) => ({ accuracy: p, n: 3, correct: 1, interval: { low: p / 2, high: 1 } });
  const own = (p) => ({ accuracy: accuracy(p), validation: accuracy(p), predicted: [] });
  return {
    ...{ experiment: 'probe', train: 10, rows: 3, best: { regression: 1, prototypes: 2 } },
    layers: ps.map((p, layer) => ({ layer, regression: own(p), prototypes: own(p / 3) })),
    prompts: [0, 4].map((shots) => ({ shots, accuracy: accuracy(ps[shots]) })),
    leftOut: { seen: [], unknown: [], surplus: 0 },
  };
}

/** What was chosen for the query, after ever more demonstrations, and pairs of sentences. */
function choicesOf(name, reading) {
  const row = { input: name, output: name };
  const accuracy = { n: 3, correct: 1, accuracy: 1 / 3, interval: { low: 1 / 7, high: 2 / 3 } };
  const methods = ['similar', 'oneShot', 'bm25', 'random', 'worst'];
  const parts = ps.map((nats, i) => ({
    ...{ first: name, second: i === 1 ? '' : name, differs: i === 1, nats: i === 2 ? -nats : nats },
  }));
  const pair = { paradigm: name, good: name, bad: `${name}!`, difference: 1 / 3, correct: true };
  const sentences = {
    ...{ experiment: 'sentences', pairs: [{ ...pair, parts, decisive: 1 }], accuracy, notRun: 0 },
    paradigms: [{ paradigm: name, accuracy }],
  };
  return [
    {
      ...{ experiment: 'choose', pool: [row, row], candidates: 2, shots: 1, leftOut: 0, rows: 3 },
      judgedBy: 'answer',
      choices: methods.map((method, i) => ({
        ...{ method, shown: [i % 2], reading: i === 3 ? null : reading(i) },
      })),
      bars: methods.map((method, i) => ({
        ...{ method, accuracy: i === 2 ? null : accuracy, isTooLong: i === 2 },
      })),
    },
    {
      ...{ experiment: 'manyShots', pool: 4, rows: 3, ended: 8 },
      points: ps.slice(0, 3).map((p, i) => ({ k: 2 ** i, p, accuracy: i === 2 ? null : accuracy })),
    },
    { ...sentences, isOwn: false },
    { ...sentences, isOwn: true },
  ];
}

/** What the layers, the patches and the heads come to. */
function insideOf(name, bytes) {
  const answers = [name, 'Positive'].map((answer, i) => ({
    ...{ name: answer, ps: [ps[2], ps[i]], ranks: [900, i + 1] },
    ...{ aheadFrom: i === 0 ? 1 : null, topFrom: null },
  }));
  const layers = [0, 1].map(() => ({ top: bytes, p: 0.5 }));
  const pattern = { count: 3, chance: 0.1, scores: [...ps, 0.25] };
  return [
    {
      ...{ experiment: 'lens', grid: null },
      panels: [
        { k: 0, layers, answers },
        { k: 1, layers: [], answers: [] },
        { k: 2, layers, answers },
      ],
    },
    {
      ...{
        experiment: 'patch',
        from: 0.7,
        into: 0.1,
        tokens: { from: 3, into: 4 },
        layers: [0, 5],
      },
      rows: [
        { tokens: [bytes, bytes], differs: true, shares: [1.35, -0.2], isWide: [false, true] },
        { tokens: [bytes], differs: false, shares: [null, 1 / 3], isWide: [false, false] },
      ],
    },
    {
      ...{ experiment: 'heads', layers: 2, heads: 3 },
      patterns: {
        previous: pattern,
        same: { count: 0, chance: null, scores: null },
        induction: pattern,
      },
    },
  ];
}

function pairOf(labels) {
  const { evaluation: b, ...rest } = evaluationOf(labels);
  const points = b.curve.map(({ shots, mean, interval }) => ({
    ...{ shots, cells: 2, n: 3, difference: 1 / 3, p: 1 / 7000 },
    ...{ a: { mean: mean / 2, interval }, b: { mean, interval } },
    interval: { low: -1 / 3, high: 2 / 3 },
    counts: { both: 1, onlyA: 1 / 3, onlyB: 2 / 3, neither: 1 },
    better: { a: 1, b: 2 },
  }));
  return { ...rest, experiment: 'compare', a: { ...b, curve: b.curve.slice(0, 2) }, b, points };
}

/** Three models, one of which is recorded, and one of which has not come far. */
function modelsOf(name, labels) {
  const { evaluation, ...rest } = evaluationOf(labels);
  const { cells, curve } = evaluation;
  const models = ['recorded', 'live', 'live'].map((origin, i) => ({
    model: { ...info, name, parameters: 10 ** (7 + i), bytes: 10 ** 8, tokensTrained: null },
    ...{ origin, isEvaluated: i < 2, cells: [], curve: curve.slice(0, 3 - i) },
    query: curve.slice(0, 2).map(({ shots }) => ({ k: shots, p: ps[shots], predicted: name })),
    evaluation: i === 0 ? null : { ...evaluation, cells },
  }));
  return { ...rest, experiment: 'models', query: name, models };
}

function evaluationOf(labels) {
  const rows = labels.map((gold) => ({ gold }));
  const reliability = Array.from({ length: 10 }, (_, i) => ({
    ...{ from: i / 10, to: (i + 1) / 10, n: i > 7 ? 1 : 0 },
    confidence: i > 7 ? i / 10 + 1 / 30 : null,
    accuracy: i > 7 ? 1 / 3 : null,
  }));
  const cells = [0, 1, 1, 2, 2].map((shots, i) => ({
    ...{ shots, seed: i % 2, order: 0, isComplete: true, rows, text: null },
    accuracy: { accuracy: ps[i], correct: 1, n: 2, interval: { low: 0, high: 1 } },
    labels: {
      confusion: [
        [3, 0],
        [1, 2],
      ],
      ece: 0.1,
      reliability,
    },
  }));
  const curve = [0, 1, 2].map((shots) => ({
    ...{ shots, cells: 2, mean: ps[shots], min: 0, max: 1 },
    interval: { low: ps[shots] / 3, high: (1 + ps[shots]) / 2 },
  }));
  const evaluation = {
    ...{ cells, curve, notRun: [], warnings: [] },
    labels: labels.map((name) => ({ name, words: [` ${name}`] })),
  };
  return { evaluation, leftOut: { seen: [], unknown: [], surplus: 0 }, pool: 12 };
}
