/** The way to the list of models, which is fetched when it is first asked for. */
import { type CachedModel, listCached, removeCached } from 'shotglass';
import type { KeptFiles, KeptRow, ModelsView, ModelsWish } from '../app/model-rows.ts';
import type { OpenModel } from '../app/models.ts';
import { type Problem, problemOf } from '../app/problem.ts';
import { chunk } from '../util/chunk.ts';
import { formatBytes } from '../util/numerals.ts';
import type { Lab } from './lab.ts';
import { prospect } from './prospect.ts';
import type { UsedServers } from './used-servers.ts';

const parts = chunk(() =>
  Promise.all([
    import('../app/model-rows.ts'),
    import('../strings/model-words.ts'),
    import('./used-servers.ts'),
    import('../models/lab-models.ts'),
  ]),
);

type Parts = Awaited<ReturnType<typeof parts>>;

export class ModelList {
  /** Why the list is not there. */
  problem: Problem | null = null;
  #isOpen = false;
  #parts: Parts | null = null;
  #cached: readonly CachedModel[] = [];
  #kept: KeptFiles = new Map();
  #notice: (() => string) | null = null;
  #offered: ModelsView['offered'] = null;
  #wasLoading = false;
  #servers: UsedServers | null = null;
  #active: OpenModel | null = null;

  constructor(
    private readonly lab: Lab,
    private readonly told: () => void,
  ) {}

  /** Null while the list is closed. */
  get view(): ModelsView | null {
    if (!this.#isOpen || !this.#parts) return null;
    const [rows] = this.#parts;
    const { models, first } = this.lab;
    const { budgetBytes, loading, problem, closed } = models;
    const rate = first.probe?.rate ?? null;
    const known = { models, kept: this.#kept, measured: this.#measured, rate };
    return {
      open: rows.openRows(models, this.#cached),
      connections: rows.connectionRows(models),
      servers: this.#servers?.list ?? [],
      kept: rows.keptRows(models, this.#cached, this.#kept),
      catalogue: rows.catalogueRows(known),
      budgetBytes,
      isReported: 'deviceMemory' in navigator,
      loading,
      problem,
      closed,
      obstacle: first.probe?.obstacle ?? null,
      ofServer: models.isOfServer,
      offered: this.#offered,
      notice: this.#notice,
    };
  }

  wish(wish: ModelsWish): void {
    this.#notice = null;
    const { models } = this.lab;
    switch (wish.do) {
      case 'open':
        this.#offered = wish.server ?? null;
        void this.#open();
        break;
      case 'connect':
        void models.load({ kind: 'server', address: wish.address });
        break;
      case 'allow':
        wish.model.model.runsByItself = wish.runsByItself;
        this.lab.ask();
        break;
      case 'forget':
        this.#servers?.forget(wish.server.id);
        break;
      case 'close':
        this.#isOpen = false;
        break;
      case 'load':
        void models.load({ kind: 'catalogue', id: wish.id });
        break;
      case 'use':
        models.activate(wish.model);
        break;
      case 'end':
        models.close(wish.model);
        break;
      case 'remove':
        void this.#remove(wish.row);
        break;
    }
    this.told();
  }

  /** Tokens per second of the models that were asked, that of the active one at the end. */
  get #measured(): ReadonlyMap<string, number> {
    const { lab } = this;
    const { open, active } = lab.models;
    const measured = new Map<string, number>();
    for (const one of [...open.filter((other) => other !== active), active]) {
      const pace = one && lab.paceOf(one.model).tokensPerSecond;
      if (one?.id && pace) measured.set(one.id, pace);
    }
    return measured;
  }

  /**
   * To be called after whatever has changed in the lab: a load that has ended has left something on the device, and a
   * server that answers is one that is used.
   */
  changed(): void {
    const { active, loading } = this.lab.models;
    const isLoading = loading !== null;
    if (active && active !== this.#active) this.#servers?.remember(active);
    this.#active = active;
    if (this.#wasLoading && !isLoading) void this.#look();
    this.#wasLoading = isLoading;
  }

  async #open(): Promise<void> {
    this.problem = null;
    try {
      this.#parts = await parts();
      const [, , { UsedServers }] = this.#parts;
      this.#servers ??= new UsedServers(this.told);
      this.#isOpen = true;
      await this.#look();
    } catch (error) {
      this.problem = problemOf(error);
    }
    this.told();
  }

  async #remove({ file, name, open }: KeptRow): Promise<void> {
    const { url, sha256 } = file;
    const which = sha256 === null ? { url } : { url, sha256 };
    const [, { modelWords }] = await parts();
    const removed = await removeCached(which).catch(() => []);
    const bytes = formatBytes(removed.reduce((sum, one) => sum + one.bytes, 0));
    const isOpen = open !== null;
    this.#notice = () =>
      removed.length === 0
        ? modelWords().notRemoved(name)
        : modelWords().removed(name, bytes, isOpen);
    await this.#look();
  }

  /** Looks at what is on the device. The offer to load the default model depends on it, too. */
  async #look(): Promise<void> {
    const { first } = this.lab;
    ({ keeping: first.keeping, bytesLeft: first.bytesLeft } = await prospect());
    if (this.#parts) {
      this.#cached = await listCached().catch(() => []);
      this.#kept = await this.#parts[0].keptFiles(this.#cached);
    }
    this.told();
  }
}
