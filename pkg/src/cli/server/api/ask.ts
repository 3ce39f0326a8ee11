/** A request whose sender may ask, on its way to its answer. */
import type { ServerResponse } from 'node:http';
import type { Model } from '../../../model/model.js';
import type { RunProgress } from '../../../types.js';
import type { Body } from './fields.js';

export interface Ask {
  model: Model;
  /** The name of the model. */
  id: string;
  body: Body;
  /** Aborted when the client is gone. */
  signal: AbortSignal;
  usage: Usage;
  response: ServerResponse;
}

/** Answers a request with JSON, or with undefined if it has sent the answer itself. */
export type Endpoint = (ask: Ask) => Promise<unknown>;

/** The time as OpenAI writes it, in seconds. */
export function now(): number {
  return Math.floor(Date.now() / 1000);
}

/** What an answer has cost. */
export class Usage {
  promptTokens = 0;
  completionTokens = 0;
  /** Tokens of prompts that earlier requests had run. */
  cachedTokens = 0;

  /** A listener for a call that runs one prompt; only what it hears first counts. */
  ofPrompt(): (progress: RunProgress) => void {
    let isNew = true;
    return ({ tokensTotal, cachedTokens }) => {
      if (!isNew) return;
      isNew = false;
      this.promptTokens += tokensTotal;
      this.cachedTokens += cachedTokens;
    };
  }

  get body() {
    return {
      prompt_tokens: this.promptTokens,
      completion_tokens: this.completionTokens,
      total_tokens: this.promptTokens + this.completionTokens,
      prompt_tokens_details: { cached_tokens: this.cachedTokens },
    };
  }
}
