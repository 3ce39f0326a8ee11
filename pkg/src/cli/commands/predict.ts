/** `shotglass predict`: the most probable next tokens. */
import {
  formatChoices,
  formatCount,
  formatEntropy,
  formatLogprob,
  formatProbability,
} from '../../format/numbers.js';
import { hexOfBytes, tokenLabel } from '../../format/visible.js';
import type { RemotePrediction } from '../../model/remote/types.js';
import { renderPrompt } from '../../prompt/render.js';
import { adapterOption } from '../adapter.js';
import {
  type Command,
  type Invocation,
  integerOption,
  isGiven,
  jsonOption,
  modelOptions,
  queryOption,
  shotsOption,
  taskOptions,
  UsageError,
} from '../command.js';
import { counted } from '../counted.js';
import { oneTaskInput, standardInput } from '../input.js';
import { serverOptions } from '../server-option.js';
import { aboutModel, withAnyModel } from '../with-model.js';

const name = 'predict';

export const predictCommand: Command = {
  name,
  about: 'Lists the most probable next tokens after a prompt, and the total of all others.',
  usage: ['PROMPT', '-', '--preset ID | --task FILE [--shots K] [--query TEXT]'],
  options: [
    ...taskOptions,
    shotsOption,
    queryOption,
    { name: 'top-k', value: 'N', about: 'Number of tokens to list. Default 10.' },
    jsonOption,
    ...modelOptions,
    adapterOption,
    ...serverOptions,
  ],
  notes: [
    'Pass - to read the prompt from standard input; one trailing line break is removed.',
    'Probabilities are the softmax over the full vocabulary at temperature 1; logprobs are in nats.',
  ],
  run,
};

async function run(invocation: Invocation): Promise<number> {
  const { terminal, signal } = invocation;
  const topK = integerOption(invocation, name, 'top-k', 0) ?? 10;
  const prompt = await promptOf(invocation);
  return withAnyModel(invocation, name, async (model) => {
    const onProgress = ({ tokensDone, tokensTotal }: { tokensDone: number; tokensTotal: number }) =>
      terminal.progress('Running the prompt', tokensDone / tokensTotal);
    const hooks = tokensAreMany(prompt) ? { signal, onProgress } : { signal };
    const prediction = await model.predict(prompt, { topK, ...hooks });
    if (isGiven(invocation, 'json')) {
      const answer = { model: aboutModel(model), prompt, ...plain(prediction) };
      terminal.print(JSON.stringify(answer, null, 2));
    } else {
      show(invocation, prediction);
    }
    return 0;
  });
}

async function promptOf(invocation: Invocation): Promise<string> {
  const asked = await oneTaskInput(invocation, name, 'a prompt');
  if (asked !== null) return renderPrompt(asked.task, { shots: asked.shots }).text;
  const { positionals, signal } = invocation;
  const [text] = positionals;
  if (text === undefined)
    throw new UsageError('No prompt was given. Pass one, or a task with --preset or --task.', name);
  if (positionals.length > 1) {
    throw new UsageError(
      'More than one prompt was given. Put a prompt with spaces in quotes.',
      name,
    );
  }
  return text === '-' ? standardInput(signal) : text;
}

/** A short prompt is run before anyone could read how far it is. */
function tokensAreMany(prompt: string): boolean {
  return prompt.length > 4000;
}

/** With bytes in hexadecimal, which JSON has no other form for. */
function plain({ candidates, rest, entropy, tokens, durationMs }: RemotePrediction) {
  return {
    tokens,
    candidates: candidates.map(({ rank, id, text, bytes, p, logprob }) => ({
      rank,
      id,
      text,
      bytes: hexOfBytes(bytes),
      p,
      logprob,
    })),
    rest,
    entropy,
    durationMs,
  };
}

function show(
  { terminal }: Invocation,
  { candidates, rest, entropy, tokens }: RemotePrediction,
): void {
  terminal.table(
    ['token', 'p', 'logprob', 'rank'],
    [
      ...candidates.map(({ bytes, p, logprob, rank }) => [
        tokenLabel(bytes),
        formatProbability(p),
        formatLogprob(logprob),
        String(rank),
      ]),
      [
        rest.count === null ? 'all other tokens' : `${formatCount(rest.count)} other tokens`,
        formatProbability(rest.p),
      ],
    ],
  );
  const like = (entropy: number) =>
    `; entropy ${formatEntropy(entropy)} nats, like ${formatChoices(entropy)} equally likely tokens`;
  terminal.print(
    `\n${tokens === null ? 'tokens not known' : `after ${counted(tokens, 'token')}`}${entropy === null ? '' : like(entropy)}`,
  );
}
