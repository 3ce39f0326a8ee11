/** The query asked of the moment that is looked at, beside the model alone. */
import type { Adapter, Model } from 'shotglass';
import type { Job } from '../../app/job.ts';
import type { Asked, ThreeWays } from '../../app/transfer.ts';

type AskThreeWays = typeof import('../../transfer/three-ways.ts').askThreeWays;

/** What identifies an adapter, its file, and how strong it is to be. */
interface Tuned {
  key: string;
  file: Uint8Array<ArrayBuffer>;
  scale: number;
}

export class Asking {
  /** The adapter that was asked last, in the model. */
  #loaded: { key: string; adapter: Adapter } | null = null;
  /** What is known of the query without an adapter. */
  #plain: { key: string; said: Pick<ThreeWays, 'zeroShot' | 'fewShot'> } | null = null;

  constructor(
    readonly job: Job<ThreeWays>,
    private readonly model: Model,
    private readonly askThreeWays: AskThreeWays,
  ) {}

  /** Asks, unless that is what was asked last. */
  follow(asked: Asked, tuned: Tuned): void {
    const { task, query, shots, answer } = asked;
    const key = JSON.stringify([task, query, shots, answer]);
    void this.job.follow(`${key} ${tuned.key} ${tuned.scale}`, key, ({ signal }) =>
      this.#ask(key, asked, tuned, signal),
    );
  }

  async *#ask(key: string, asked: Asked, { key: of, file, scale }: Tuned, signal: AbortSignal) {
    const adapter = await this.#load(of, file, signal);
    const before = this.#plain?.key === key ? this.#plain.said : null;
    const tuned = { adapter, scale };
    const said = await this.askThreeWays(this.model, asked, tuned, { signal, before });
    this.#plain = { key, said };
    yield said;
  }

  async #load(key: string, file: Uint8Array<ArrayBuffer>, signal: AbortSignal): Promise<Adapter> {
    const before = this.#loaded;
    if (before?.key === key) return before.adapter;
    const adapter = await this.model.loadAdapter(file, { signal });
    this.#loaded = { key, adapter };
    await before?.adapter.close().catch(() => {});
    return adapter;
  }
}
