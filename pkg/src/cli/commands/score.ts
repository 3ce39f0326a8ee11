/** `shotglass score`: how probable given continuations are, under every rule of the field. */

import { formatLogprob, formatProbability } from '../../format/numbers.js';
import { hexOfBytes, pieces } from '../../format/visible.js';
import type { Model } from '../../model/model.js';
import type { RemoteModel } from '../../model/remote/remote-model.js';
import { renderPrompt } from '../../prompt/render.js';
import {
  type Classification,
  classify,
  normalizations,
  readLabels,
  taskLabels,
} from '../../scoring/classify.js';
import type { Forms, Score } from '../../types.js';
import { adapterOption } from '../adapter.js';
import {
  type Command,
  type Invocation,
  isGiven,
  jsonOption,
  modelOptions,
  queryOption,
  shotsOption,
  taskOptions,
  textOption,
  UsageError,
} from '../command.js';
import { counted } from '../counted.js';
import { oneTaskInput, standardInput, type TaskInput } from '../input.js';
import { serverOptions } from '../server-option.js';
import { aboutModel, withAnyModel } from '../with-model.js';

const name = 'score';

type AnyModel = Model | RemoteModel;

export const scoreCommand: Command = {
  name,
  about: 'Scores continuations of a context, or the labels of a task.',
  usage: [
    'CONTEXT CONTINUATION... [--reference TEXT]',
    '--preset ID | --task FILE [--shots K] [--query TEXT] [--reference TEXT]',
  ],
  options: [
    ...taskOptions,
    shotsOption,
    queryOption,
    {
      name: 'reference',
      value: 'TEXT',
      about: "A context to compare with: '' for PMI, 'Answer: ' for GPT-3's normalization.",
    },
    jsonOption,
    ...modelOptions,
    adapterOption,
    ...serverOptions,
  ],
  notes: [
    "The space between context and continuation belongs to the continuation: 'Q: cat\\nA:' ' cats'.",
    'Pass - to read the context from standard input. Logprobs are in nats. * marks the highest.',
  ],
  run,
};

async function run(invocation: Invocation): Promise<number> {
  const asked = await oneTaskInput(invocation, name, 'a context');
  if (asked !== null) {
    return withAnyModel(invocation, name, (model) => scoreLabels(invocation, model, asked));
  }
  const [given, ...continuations] = invocation.positionals;
  if (given === undefined || continuations.length === 0 || continuations.includes('')) {
    throw new UsageError(
      'Give a context and at least one continuation, or a task with --preset or --task.',
      name,
    );
  }
  const context = given === '-' ? await standardInput(invocation.signal) : given;
  return withAnyModel(invocation, name, (model) =>
    scoreTexts(invocation, model, context, continuations),
  );
}

async function scoreTexts(
  invocation: Invocation,
  model: AnyModel,
  context: string,
  continuations: readonly string[],
): Promise<number> {
  const { terminal, signal } = invocation;
  const reference = textOption(invocation, 'reference');
  const scores = await model.score(context, [...continuations], { reference, signal });
  if (isGiven(invocation, 'json')) {
    const answer = { context, reference: reference ?? null, scores: scores.map(plain) };
    terminal.print(JSON.stringify({ model: aboutModel(model), ...answer }, null, 2));
    return 0;
  }
  const forms = scores.map((score) => score.adjusted ?? score);
  terminal.table(
    ['continuation', 'tokens', 'p', 'sum', 'per token', 'per character', 'per byte'],
    scores.map((score, i) => [
      visible(score.continuation),
      String(score.tokens.length),
      formatProbability(Math.exp(score.logprob)),
      ...columns.map((form) => marked(forms, i, form)),
    ]),
  );
  if (reference !== undefined) terminal.print(`\nminus the logprob after ‘${visible(reference)}’`);
  return 0;
}

const columns: readonly (keyof Forms)[] = ['logprob', 'perToken', 'perCharacter', 'perByte'];

function marked(forms: readonly Forms[], at: number, form: keyof Forms): string {
  const value = forms[at]?.[form] ?? Number.NaN;
  const isBest = forms.length > 1 && forms.every((other) => other[form] <= value);
  return `${formatLogprob(value)}${isBest ? '*' : ' '}`;
}

async function scoreLabels(
  invocation: Invocation,
  model: AnyModel,
  { task, shots }: TaskInput,
): Promise<number> {
  const { terminal, signal } = invocation;
  const reference = textOption(invocation, 'reference');
  const prompt = renderPrompt(task, { shots });
  const labels = taskLabels(task);
  const { labels: readings } = await classify(model, prompt, labels, { reference, signal });
  const scores = readings.flatMap((reading) => reading.scores);
  const byRule = normalizations.map((rule) => ({ rule, ...readLabels(labels, scores, rule) }));
  if (isGiven(invocation, 'json')) {
    const answer = {
      prompt: prompt.text,
      reference: reference ?? null,
      scores: scores.map(plain),
      rules: byRule.map(plainRule),
    };
    terminal.print(JSON.stringify({ model: aboutModel(model), ...answer }, null, 2));
    return 0;
  }
  terminal.table(
    ['label', 'logprob', 'p, sum', 'per token', 'per character', 'per byte'],
    labels.map((label, i) => [
      label.name,
      formatLogprob(readings[i]?.logprob ?? Number.NaN),
      ...byRule.map(({ labels, predicted }) => {
        return `${formatProbability(labels[i]?.p ?? 0)}${predicted === i ? '*' : ' '}`;
      }),
    ]),
  );
  const mass = byRule[0]?.mass ?? 0;
  terminal.print(`\nlabel-space mass ${formatProbability(mass)}, after ${counted(shots, 'shot')}`);
  return 0;
}

function plainRule({ rule, labels, predicted, mass }: Classification & { rule: string }) {
  return {
    rule,
    labels: labels.map(({ label, logprob, score, p }) => ({ label, logprob, score, p })),
    predicted: labels[predicted]?.label ?? null,
    mass,
  };
}

/** With bytes in hexadecimal, which JSON has no other form for. */
function plain(score: Score) {
  return {
    ...score,
    tokens: score.tokens.map((token) => ({ ...token, bytes: hexOfBytes(token.bytes) })),
  };
}

function visible(text: string): string {
  return pieces(text)
    .map((piece) => piece.text)
    .join('');
}
