/** A model on a server, with the methods of a loaded one. */
import type { AnyPrompt, PredictOptions, RemoteModel } from 'shotglass';
import { serverWords } from '../../strings/server-words.ts';
import type { LabModel, LabModelInfo, LabPrediction, Need } from '../lab-model.ts';
import { LabError } from '../problem.ts';
import { identityOf } from './address.ts';

export class ServerModel implements LabModel {
  readonly info: Readonly<LabModelInfo>;
  readonly capabilities: RemoteModel['capabilities'];
  readonly concurrency: number;
  /** Each experiment takes requests, which may cost money or hold up others: the reader asks for it, or allows it. */
  runsByItself = false;
  readonly #remote: RemoteModel;

  constructor(remote: RemoteModel) {
    const { name, server, vocabularySize, contextLength } = remote.info;
    this.#remote = remote;
    this.capabilities = remote.capabilities;
    this.concurrency = remote.concurrency;
    this.info = Object.freeze({
      name,
      server,
      sha256: identityOf(server, name),
      ...{ vocabularySize, contextLength },
      // A server tells neither how its file is made nor how it rounds.
      ...{
        parameters: null,
        bytes: null,
        quantization: '',
        activationBits: 0,
        endTokens: [],
        chatTemplate: null,
      },
    });
  }

  /** One sentence: what this server does not give, and what gives it. */
  lacks(need: Need): string | null {
    const { distribution, promptLogprobs, namedTokens, tokenize } = this.capabilities;
    const gives: Record<Need, boolean> = {
      scores: tokenize && (promptLogprobs || namedTokens),
      surprisal: tokenize && (promptLogprobs || namedTokens),
      full: distribution === 'full',
      words: false,
      inside: false,
      training: false,
    };
    return gives[need] ? null : serverWords().lacks[need];
  }

  /** A call is one request only where the server tells the probabilities of a whole prompt at once. */
  waits(calls: number | null): string | null {
    if (this.runsByItself) return null;
    return serverWords().ask(this.capabilities.promptLogprobs ? calls : null);
  }

  /** Without what the server cannot tell: the tokens of the prompt, and what sampling would draw. */
  async predict(
    prompt: AnyPrompt,
    options: PredictOptions & { logprobs: true },
  ): Promise<LabPrediction & { logprobs: Float32Array }>;
  async predict(prompt: AnyPrompt, options?: PredictOptions): Promise<LabPrediction>;
  async predict(prompt: AnyPrompt, options: PredictOptions = {}): Promise<LabPrediction> {
    if (options.logprobs) this.#need('full');
    const promptTokens = options.promptTokens && this.capabilities.tokenize;
    return this.#remote.predict(prompt, { ...options, promptTokens, sampling: undefined });
  }

  score: LabModel['score'] = async (...asked) => {
    this.#need('scores');
    return this.#remote.score(...asked);
  };

  surprisal: LabModel['surprisal'] = async (...asked) => {
    this.#need('surprisal');
    return this.#remote.surprisal(...asked);
  };

  logprobs: LabModel['logprobs'] = async (...asked) => {
    this.#need('full');
    return this.#remote.logprobs(...asked);
  };

  generate: LabModel['generate'] = (...asked) => this.#remote.generate(...asked);

  tokenize: LabModel['tokenize'] = (...asked) => this.#remote.tokenize(...asked);

  vocabulary = async (): Promise<never> => this.#refuse('words');
  attention = async (): Promise<never> => this.#refuse('inside');
  lens = async (): Promise<never> => this.#refuse('inside');
  states = async (): Promise<never> => this.#refuse('inside');
  embed = async (): Promise<never> => this.#refuse('inside');

  close(): void {
    this.#remote.close();
  }

  #need(need: Need): void {
    if (this.lacks(need) !== null) this.#refuse(need);
  }

  #refuse(need: Need): never {
    throw new LabError(() => serverWords().lacks[need], 'unsupported-by-server');
  }
}
