import { features } from 'shotglass';

/** How it stands with the copy of the page that opens without a network. */
export type Offline =
  | 'unknown'
  | 'ready'
  /** The browser has no space for it, or gives this page none. */
  | 'not kept'
  /** A newer page is kept, and waits until this one is closed or reloaded. */
  | 'new version';

/** Long enough after the page was drawn to be in nobody's way. */
const settledMs = 1500;

/** The service worker of the page, which keeps its files. It never reloads a page by itself. */
export class OfflineCopy {
  state: Offline = 'unknown';
  #waiting: ServiceWorker | null = null;

  constructor(private readonly changed: () => void) {}

  /** Keeps the page once it has settled. */
  async start(): Promise<void> {
    const container = navigator.serviceWorker as ServiceWorkerContainer | undefined;
    const { connection } = navigator as { connection?: { saveData?: boolean } };
    // Not there in private windows of some browsers, nor on a site without TLS.
    if (!import.meta.env.PROD || !container) return;
    // Whoever saves data has not asked for two megabytes more.
    if (connection?.saveData && !container.controller) return;
    await loaded();
    await new Promise((resolve) => setTimeout(resolve, settledMs));
    try {
      const registration = await container.register(scriptUrl());
      this.#watch(registration.installing);
      registration.addEventListener('updatefound', () => this.#watch(registration.installing));
      if (registration.waiting && container.controller) this.#wait(registration.waiting);
      else if (registration.active) this.#become('ready');
    } catch {
      this.#become('not kept');
    }
  }

  /** Takes the new version, because the reader said so. */
  reload(): void {
    navigator.serviceWorker.addEventListener('controllerchange', () => location.reload());
    this.#waiting?.postMessage('take over');
  }

  #watch(worker: ServiceWorker | null): void {
    worker?.addEventListener('statechange', () => {
      const { controller } = navigator.serviceWorker;
      if (worker.state === 'activated') this.#become('ready');
      if (worker.state === 'installed' && controller) this.#wait(worker);
      // What could not be kept whole is not kept at all; an older copy goes on.
      if (worker.state === 'redundant' && !controller) this.#become('not kept');
    });
  }

  #wait(worker: ServiceWorker): void {
    this.#waiting = worker;
    this.#become('new version');
  }

  #become(state: Offline): void {
    this.state = state;
    this.changed();
  }
}

function loaded(): Promise<void> {
  if (document.readyState === 'complete') return Promise.resolve();
  return new Promise((resolve) => {
    window.addEventListener('load', () => resolve(), { once: true });
  });
}

/** Of the engine's builds only the one that runs here is kept: the worker reads it from its own address. */
function scriptUrl(): URL {
  const several = (navigator.hardwareConcurrency ?? 1) > 1;
  const build = features().builds.find((each) => !each.endsWith('threads') || several) ?? 'none';
  return new URL(`service-worker.js?build=${build}`, document.baseURI);
}
