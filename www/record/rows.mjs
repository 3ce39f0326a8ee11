// How often the model is right on a preset's rows. All rows are asked behind the first demonstrations, in their order.
import {
  classify,
  contentFreePrompts,
  readLabels,
  renderPrompt,
  taskLabels,
  wordLogprob,
} from 'shotglass';
import * as digits from './digits.mjs';
import { continuationOf, greedy } from './ladder.mjs';

const ladder = [0, 1, 2, 4, 8];

/** Everything of `Measured` but the content. */
export async function measure(model, preset, progress) {
  const { task, shots, rows, mended } = preset;
  if (rows.length === 0) return { metric: null, points: [], mended: null, leaveOneOut: null };
  return {
    metric: task.labels ? 'label' : 'exact',
    points: await points(model, preset, task, shots, progress),
    mended: mended && (await points(model, preset, mended.task, mended.shots, progress)),
    leaveOneOut: task.labels ? await leaveOneOut(model, preset) : null,
  };
}

async function points(model, preset, task, opensWith, progress) {
  const all = [...new Set([...ladder, opensWith])].sort((a, b) => a - b);
  const found = [];
  for (const shots of all.filter((k) => k <= task.demonstrations.length)) {
    progress(`${preset.rows.length} rows, ${shots} shots`);
    found.push(await (task.labels ? labelPoint : textPoint)(model, preset, task, shots));
  }
  return found;
}

async function labelPoint(model, { rows, answer }, task, shots) {
  const labels = taskLabels(task);
  const goldOf = (output) => labels.findIndex(({ name }) => name === output);
  const reference = contentFreePrompts(task, { shots });
  const read = async (query, options) =>
    classify(model, renderPrompt(task, { shots, query }), labels, options);

  // What the labels get without an input is the same for all rows.
  const calibrated = await read(task.query, { reference });
  const references = calibrated.labels.flatMap(({ scores }) => scores);
  const predicted = labels.map(() => 0);
  let correct = 0;
  let correctCalibrated = 0;
  let mass = 0;
  for (const { input, output } of rows) {
    const plain = await read(input, {});
    const scores = plain.labels.flatMap((label) => label.scores);
    const compared = scores.map((score, i) => ({ ...score, reference: references[i].reference }));
    predicted[plain.predicted] += 1;
    mass += plain.mass / rows.length;
    if (plain.predicted === goldOf(output)) correct += 1;
    if (readLabels(labels, compared, 'sum').predicted === goldOf(output)) correctCalibrated += 1;
  }
  const { p } = (await read(task.query, {})).labels[goldOf(answer)];
  return {
    shots,
    n: rows.length,
    correct,
    p: digits.probability(p),
    text: null,
    labels: { predicted, calibrated: correctCalibrated, mass: digits.probability(mass) },
  };
}

async function textPoint(model, preset, task, shots) {
  const { rows } = preset;
  const right = [];
  const wrong = [];
  let firstToken = 0;
  for (const { input, output } of rows) {
    const prompt = renderPrompt(task, { shots, query: input });
    const { text, tokens } = await greedy(model, prompt);
    const gold = continuationOf(preset, output);
    const p = Math.exp(tokens.reduce((sum, token) => sum + token.logprob, 0));
    (text.trim() === output ? right : wrong).push(p);
    if (await beginsLike(model, prompt, tokens, gold)) firstToken += 1;
  }
  const { text: prompt } = renderPrompt(task, { shots });
  const logprob = await wordLogprob(model, prompt, continuationOf(preset, preset.answer));
  return {
    shots,
    n: rows.length,
    correct: right.length,
    p: digits.probability(Math.exp(logprob)),
    text: { firstToken, sureRight: mean(right), sureWrong: mean(wrong) },
    labels: null,
  };
}

/** Whether the tokens are those of the right answer, up to the first that is more than a space. */
async function beginsLike(model, prompt, tokens, gold) {
  const [score] = await model.score(prompt, [gold]);
  const end = score.tokens.findIndex(({ text }) => text.trim() !== '') + 1;
  return score.tokens.slice(0, end).every(({ id }, i) => id === tokens[i]?.id);
}

/** The posterior of the right label to the default query without each of the shots. */
async function leaveOneOut(model, { task, shots, answer }) {
  const found = [];
  const labels = taskLabels(task);
  const shown = task.demonstrations.slice(0, shots);
  for (const one of shown) {
    const demonstrations = shown.filter((other) => other !== one);
    const { labels: readings } = await classify(
      model,
      renderPrompt({ ...task, demonstrations }),
      labels,
    );
    found.push(digits.probability(readings.find(({ label }) => label === answer).p));
  }
  return found;
}

function mean(values) {
  if (values.length === 0) return null;
  return digits.probability(values.reduce((sum, value) => sum + value, 0) / values.length);
}
