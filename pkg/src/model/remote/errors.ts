/** What goes wrong with a server, in sentences. */
import { ShotglassError } from '../../errors.js';

/** The server was not reached, refused, or its answer cannot be right. */
export function failed(sentence: string, options?: ErrorOptions): ShotglassError {
  return new ShotglassError('request-failed', sentence, options);
}

/** An answer that is not JSON, as web pages are. */
export class NotJson extends ShotglassError {
  constructor(sentence: string) {
    super('request-failed', sentence);
  }
}

/** The answer of a server that contradicts itself or the request. */
export function nonsense(what: string): ShotglassError {
  return failed(
    `The server's answer cannot be used: ${what}. It may not be an OpenAI-compatible server, or its version may differ.`,
  );
}

/** What a server may lack, as a sentence, and which servers have it. */
const lacking = {
  full: [
    'does not tell the probability of every token',
    'vLLM with --max-logprobs -1, llama-server and `npx shotglass serve` do',
  ],
  top: ['tells no log-probabilities', 'vLLM, SGLang, llama-server and `npx shotglass serve` do'],
  namedTokens: [
    'tells the probability of neither the tokens of a given text nor tokens that it does not list',
    'vLLM, SGLang, llama-server and `npx shotglass serve` do',
  ],
  tokenize: [
    'does not split texts into tokens (by /tokenize, or by echo with logprobs)',
    'vLLM, SGLang, llama-server and `npx shotglass serve` do',
  ],
  ids: [
    'names tokens by their texts only',
    'vLLM, llama-server and `npx shotglass serve` name them by ids',
  ],
  chat: ['has no /v1/chat/completions', 'vLLM, SGLang, llama-server and `npx shotglass serve` do'],
  detokenize: [
    'does not tell the text of tokens (/detokenize)',
    'vLLM, llama-server and `npx shotglass serve` do',
  ],
} as const;

/** An error for something that this server does not have. `capability` is its key, `what` the call. */
export function unsupported(capability: keyof typeof lacking, what: string): ShotglassError {
  const [lack, others] = lacking[capability];
  return new ShotglassError(
    'unsupported-by-server',
    `${what} needs more than this server gives: it ${lack}; ${others}.`,
  );
}

/** An error for what no server has. */
export function onlyHere(what: string): ShotglassError {
  return new ShotglassError(
    'unsupported-by-server',
    `${what} needs the inside of the model, which no server gives. Load the model with Model.load.`,
  );
}

/** A text of a server, safe to show: one line, not long, without the secrets. */
export function shown(text: string, secrets: readonly string[] = []): string {
  const open = secrets
    .filter((secret) => secret !== '')
    .reduce((rest, secret) => rest.replaceAll(secret, '…'), text);
  // Control characters, and those that turn the direction of text.
  const line = open.replace(/[\p{Cc}\p{Cf}\s]+/gu, ' ').trim();
  return line.length > 300 ? `${line.slice(0, 300)}…` : line;
}
