// A server whose model is a formula: each byte is a token, and the next one depends on the last alone. It answers in the
// shapes of vLLM, and tests make it lie, wait or break.
import { createServer } from 'node:http';

/** The bytes, then the begin token. */
export const size = 257;
export const bos = 256;

/** The answers of a function of one id, kept. */
function kept(work) {
  const known = new Map();
  return (id) => {
    if (!known.has(id)) known.set(id, work(id));
    return known.get(id);
  };
}

/** ln p(next | last), by id. */
export const logprobsAfter = kept((last) => {
  const logits = Array.from({ length: size }, (_, id) => ((id * 7 + last * 13) % 31) / 4);
  const sum = logits.reduce((sum, x) => sum + Math.exp(x), 0);
  return logits.map((x) => x - Math.log(sum));
});

/** Ids with their logprobs, best first. */
export const bestAfter = kept((last) =>
  logprobsAfter(last)
    .map((logprob, id) => ({ id, logprob }))
    .sort((a, b) => b.logprob - a.logprob || a.id - b.id),
);

export const idsOf = (text) => [...Buffer.from(text)];

/** GPT-2's characters for bytes, as Hugging Face's tokenizers name tokens. */
const isShown = (byte) => (byte > 0x20 && byte < 0x7f) || (byte > 0xa0 && byte !== 0xad);
const hidden = Array.from({ length: 256 }, (_, byte) => byte).filter((byte) => !isShown(byte));
const byteLevel = (id) =>
  id === bos ? '<s>' : String.fromCodePoint(isShown(id) ? id : 0x100 + hidden.indexOf(id));
const decoded = (ids) => Buffer.from(ids.filter((id) => id !== bos)).toString();

const defaults = {
  /** What `--max-logprobs` says; -1 for all. */
  most: -1,
  /** How log-probabilities of prompts are told: 'ids', 'echo' or null. */
  prompts: 'ids',
  names: true,
  addsBos: false,
  /** Whether there are /tokenize and /detokenize. */
  tokenizer: true,
  /** Whether /tokenize tells the names of tokens. */
  strings: true,
  /** Whether tokens are named by their texts, as hosts and SGLang do. */
  asText: false,
  /** The least `max_tokens` that is taken. */
  least: 0,
  /** Whether there are log-probabilities. */
  logprobs: true,
  /** Whether pages of other origins may ask. */
  cors: false,
  /** Changes an answer: gets the path, the answer and the request, and answers what is sent. */
  tamper: (_path, answer) => answer,
  /** Handles a request instead, if it answers true. */
  instead: () => false,
};

/** Starts one for a test; `requests` has what it was asked. */
export async function startByteServer(t, options = {}) {
  const settings = { ...defaults, ...options };
  const requests = [];
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const { url: path, headers, method } = request;
    const body = chunks.length > 0 ? JSON.parse(Buffer.concat(chunks)) : null;
    if (settings.cors) {
      response.setHeader('access-control-allow-origin', '*');
      response.setHeader('access-control-allow-headers', 'authorization, content-type');
      if (method === 'OPTIONS') return response.writeHead(204).end();
    }
    requests.push({ path, body, headers, method });
    if (await settings.instead({ path, body, headers, requests }, response)) return;
    const [status, answer] = answerTo(path, body, settings);
    if (status === 200 && body?.stream) {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      for (const event of answer)
        response.write(`data: ${JSON.stringify(settings.tamper(path, event, body))}\n\n`);
      response.end('data: [DONE]\n\n');
      return;
    }
    const sent = status === 200 ? settings.tamper(path, answer, body) : answer;
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(sent));
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { origin: `http://127.0.0.1:${server.address().port}`, requests };
}

function answerTo(path, body, settings) {
  if (!settings.tokenizer && path.endsWith('tokenize')) return [404, { detail: 'Not Found' }];
  switch (path) {
    case '/v1/models':
      return [200, { data: [{ id: 'bytes', object: 'model', max_model_len: 4096 }] }];
    case '/tokenize': {
      const bare = idsOf(body.prompt);
      const ids = body.add_special_tokens && settings.addsBos ? [bos, ...bare] : bare;
      return [
        200,
        {
          count: ids.length,
          max_model_len: 4096,
          tokens: ids,
          token_strs: settings.strings ? ids.map(byteLevel) : null,
        },
      ];
    }
    case '/detokenize':
      return [200, { prompt: decoded(body.tokens) }];
    case '/v1/completions':
      return completions(body, settings);
    default:
      return [404, { detail: 'Not Found' }];
  }
}

function refusal(message) {
  return [400, { error: { message, type: 'BadRequestError', param: null, code: 400 } }];
}

function completions(body, settings) {
  const { most, prompts, names, asText, least, logprobs } = settings;
  const isOne = typeof body.prompt === 'string' || typeof body.prompt[0] === 'number';
  const all = (isOne ? [body.prompt] : body.prompt).map((prompt) =>
    typeof prompt === 'string' ? [...(settings.addsBos ? [bos] : []), ...idsOf(prompt)] : prompt,
  );
  const nameOf = (id) => (!asText ? `token_id:${id}` : id === bos ? '<s>' : decoded([id]));
  if (body.max_tokens < least) return refusal('max_tokens must be positive');
  for (const asked of [body.logprobs, body.prompt_logprobs]) {
    if (most >= 0 && (asked === -1 || asked > most)) {
      return refusal(`Requested logprobs of ${asked}, which is greater than max allowed: ${most}`);
    }
  }
  if (prompts === null && body.echo) return refusal('echo is not supported');
  const count = body.logprobs === -1 ? size : body.logprobs;
  const top = (last, own) =>
    Object.fromEntries(
      [
        ...bestAfter(last).slice(0, count),
        ...(names ? (body.logprob_token_ids ?? []) : [])
          .concat(own)
          .map((id) => ({ id, logprob: logprobsAfter(last)[id] })),
      ].map(({ id, logprob }) => [nameOf(id), logprob]),
    );
  const entry = (last, id) => ({
    token: nameOf(id),
    logprob: last === undefined ? null : logprobsAfter(last)[id],
    top: last === undefined || body.logprobs == null ? null : top(last, id),
  });
  const field = (entries) =>
    body.logprobs == null || !logprobs
      ? null
      : {
          tokens: entries.map(({ token }) => token),
          token_logprobs: entries.map(({ logprob }) => logprob),
          top_logprobs: entries.map(({ top }) => top),
          text_offset: entries.map(() => 0),
        };
  const generated = (ids) => {
    const made = [];
    for (let i = 0; i < body.max_tokens; i++) {
      const last = [...ids, ...made].at(-1);
      made.push(bestAfter(last)[0].id);
    }
    return made;
  };
  if (body.stream) {
    const ids = all[0];
    const made = generated(ids);
    return [
      200,
      made.map((id, i) => ({
        choices: [
          {
            index: 0,
            text: decoded([id]),
            logprobs: field([entry([...ids, ...made.slice(0, i)].at(-1), id)]),
            finish_reason: i === made.length - 1 ? 'length' : null,
          },
        ],
      })),
    ];
  }
  const choices = all.map((ids, index) => {
    const made = generated(ids);
    const echoed = body.echo ? ids.map((id, i) => entry(i === 0 ? undefined : ids[i - 1], id)) : [];
    const own = made.map((id, i) => entry([...ids, ...made.slice(0, i)].at(-1), id));
    const asked = body.prompt_logprobs;
    return {
      index,
      text: decoded([...(body.echo ? ids : []), ...made]),
      logprobs: field([...echoed, ...own]),
      finish_reason: 'length',
      ...(asked != null &&
        prompts === 'ids' && {
          prompt_logprobs: ids.map((id, i) => {
            if (i === 0) return null;
            const best = bestAfter(ids[i - 1]);
            const listed = [
              ...best.slice(0, asked === -1 ? size : asked),
              best.find((one) => one.id === id),
            ];
            return Object.fromEntries(
              listed.map((one) => [
                one.id,
                {
                  logprob: one.logprob,
                  rank: best.findIndex(({ id }) => id === one.id) + 1,
                  decoded_token: decoded([one.id]),
                },
              ]),
            );
          }),
        }),
    };
  });
  return [
    200,
    {
      id: 'cmpl-1',
      object: 'text_completion',
      model: 'bytes',
      choices,
      usage: { prompt_tokens: 1 },
    },
  ];
}
