/** How many requests are answered or wait at once. The model itself answers one call after the other. */
import { ApiError } from './errors.js';

export class Queue {
  readonly #limit: number;
  #length = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Runs what answers a request, unless there are too many. */
  async run(answer: () => Promise<void>): Promise<void> {
    if (this.#length >= this.#limit) {
      throw new ApiError(
        429,
        `${this.#limit} requests are waiting already. Try again later, or start the server with a larger --queue.`,
        { code: 'queue_full' },
      );
    }
    this.#length += 1;
    try {
      await answer();
    } finally {
      this.#length -= 1;
    }
  }
}
