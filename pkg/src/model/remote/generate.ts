/** A generation of a server, as steps. */
import type { Calls } from '../../protocol.js';
import type { Finish, GenerateStep } from '../../types.js';
import { TextStream } from '../../worker/text-stream.js';
import { bestFirst, rankIn, type Sent } from './completions.js';
import type { Connection } from './connection.js';
import { nonsense, unsupported } from './errors.js';
import * as json from './json.js';
import type { Listed } from './types.js';

type Ask = Omit<Calls['generate']['ask'], 'prompt' | 'edits'>;

const encoder = new TextEncoder();

/**
 * The steps of a generation. Stop strings are found here, and end the request: servers differ in what they say of the
 * tokens of a stop string.
 */
export async function* generate(
  { http, tokenizer, completions, capabilities, info }: Connection,
  prompt: Sent,
  ask: Ask,
  signal: AbortSignal | undefined,
): AsyncGenerator<GenerateStep, void, undefined> {
  const { candidates, ids, maxTokens, stop } = ask;
  if (capabilities.top === 0) throw unsupported('top', 'generate');
  if (ids.length > 0 && !capabilities.namedTokens) {
    throw unsupported('namedTokens', 'generate with ids');
  }
  const isAll = ids.length > 0 && !completions.dialect.namesIds;
  const most = Math.max(Math.min(candidates, capabilities.top), 1);
  const listed = isAll ? completions.dialect.all : most;
  const body = {
    model: info.name,
    prompt: completions.sent(prompt),
    stream: true,
    max_tokens: maxTokens,
    logprobs: listed,
    return_tokens_as_token_ids: true,
    ...(ids.length > 0 && !isAll ? { logprob_token_ids: ids } : {}),
    ...samplingFields(ask),
  };
  const stream = new TextStream(stop);
  let held: GenerateStep | null = null;
  for await (const event of http.events({ path: '/completions', isApi: true, body }, signal)) {
    const part = partOf(event);
    if (part === null) continue;
    const entries = completions.entriesOf(part.logprobs);
    const { delta, stopped } = stream.push(encoder.encode(part.text));
    const tokens = await tokenizer.tokensOf(
      entries.flatMap(({ id, listed }) => [
        id,
        ...bestFirst(listed)
          .slice(0, candidates)
          .map((one) => one.id),
        ...ids,
      ]),
      signal,
    );
    const byId = new Map(tokens.map((token) => [token.id, token]));
    const read = ({ id, logprob }: Listed) => {
      const token = byId.get(id);
      if (!token) throw nonsense('a token has no text');
      return { ...token, logprob, p: Math.exp(logprob) };
    };
    for (const [i, { id, logprob, listed }] of entries.entries()) {
      if (held) yield held;
      if (logprob === null) throw nonsense('a generated token has no log-probability');
      const best = bestFirst(listed);
      const top = isAll ? best : best.slice(0, most);
      const ranked = (token: Listed) => ({
        ...read(token),
        rank: rankIn(top, token.id, top.length),
      });
      held = {
        ...ranked({ id, logprob }),
        entropy: null,
        ...(candidates > 0 && {
          candidates: top.slice(0, candidates).map((one, i) => ({ ...read(one), rank: i + 1 })),
        }),
        ...(ids.length > 0 && {
          asked: ids.map((id) => {
            const found = best.find((one) => one.id === id);
            if (!found) throw nonsense('a token that was asked for is missing');
            return ranked(found);
          }),
        }),
        // The text of an answer's part stands at its last token.
        textDelta: i === entries.length - 1 ? delta : '',
        finish: null,
      };
    }
    if (entries.length === 0 && held) held.textDelta += delta;
    if (stopped || part.finish !== null) {
      if (!held) throw nonsense('it has no tokens');
      const finish = stopped ? 'stop' : part.finish;
      yield { ...held, textDelta: held.textDelta + stream.flush(), finish };
      return;
    }
  }
  throw nonsense('its stream ended without a reason');
}

/** All settings are sent, because servers have defaults of their own. */
export function samplingFields({ sampling }: Pick<Ask, 'sampling'>): object {
  const { temperature, topK, topP, minP, seed, bias } = sampling;
  const entries = bias ? Array.from(bias.ids, (id, i) => [id, bias.values[i]] as const) : [];
  return {
    temperature,
    seed,
    ...(temperature > 0 && { top_p: topP, top_k: topK === 0 ? -1 : topK, min_p: minP }),
    ...(entries.length > 0 && { logit_bias: Object.fromEntries(entries) }),
  };
}

/** The text, the log-probabilities and the end of an event; null for one that has none of them. */
function partOf(event: unknown): { text: string; logprobs: unknown; finish: Finish | null } | null {
  const { choices, error } = json.fields(event, 'an event of the stream');
  if (error !== undefined && error !== null) {
    throw nonsense(`the stream has an error: ${String(json.optional(error).message ?? error)}`);
  }
  const [choice] = Array.isArray(choices) ? choices : [];
  if (choice === undefined) return null;
  const { text, logprobs, finish_reason: reason } = json.fields(choice, 'a choice');
  const finish = reason === 'length' ? 'length' : typeof reason === 'string' ? 'end' : null;
  return { text: json.text(text ?? '', 'the text of a choice'), logprobs, finish };
}
