/** The model behind the API, loaded by the first request that needs it, and again if its engine stopped. */
import { codeOf } from '../../../errors.js';
import type { Model } from '../../../model/model.js';
import { ApiError, apiError } from './errors.js';

export class ServedModel {
  /** The name under which clients ask for it. */
  readonly id: string;
  readonly #load: () => Promise<Model>;
  #model: Promise<Model> | null = null;

  constructor(id: string, load: () => Promise<Model>) {
    this.id = id;
    this.#load = load;
  }

  /** The loaded model. `asked` is the one that a request names. */
  async get(asked: unknown): Promise<Model> {
    // Not every client sends a name.
    if (asked !== undefined && asked !== null && asked !== this.id) {
      throw new ApiError(
        404,
        `This server has no model ${JSON.stringify(asked)}, only ${this.id}.`,
        {
          param: 'model',
          code: 'model_not_found',
        },
      );
    }
    this.#model ??= this.#load();
    try {
      return await this.#model;
    } catch (error) {
      this.#model = null;
      throw new ApiError(503, apiError(error).message, { code: 'model_not_loaded' });
    }
  }

  /** Loads the model anew for the next request if this error says that its engine has stopped. */
  heard(error: unknown): void {
    if (codeOf(error) === 'crashed') this.#model = null;
  }

  async close(): Promise<void> {
    const model = await this.#model?.catch(() => null);
    model?.close();
  }
}
