/**
 * Keeps the built page, whole or not at all, and answers from what is kept. Names of files hold their hashes, so a kept
 * file is never out of date; a new version is kept beside the old one and takes over when no page uses that any more, or
 * when the reader asks for it. Answers are kept with their headers: the page stays cross-origin isolated.
 *
 * `vite/offline.ts` puts the list of files in the place of `kept`.
 */

/** Of the types that TypeScript has apart from those of a page, the little that is used here. */
interface Extendable extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface Fetching extends Extendable {
  readonly request: Request;
  respondWith(answer: Promise<Response>): void;
}
interface Scope {
  readonly registration: ServiceWorkerRegistration;
  readonly clients: { claim(): Promise<void> };
  skipWaiting(): Promise<void>;
  addEventListener(type: 'install' | 'activate', listener: (event: Extendable) => void): void;
  addEventListener(type: 'fetch', listener: (event: Fetching) => void): void;
  addEventListener(type: 'message', listener: (event: MessageEvent) => void): void;
}

export interface Kept {
  version: string;
  files: readonly string[];
  /** The engine's files by build, of which one runs here. */
  builds: Readonly<Record<string, readonly string[]>>;
}

declare const kept: Kept;

const worker = globalThis as unknown as Scope;
const { scope } = worker.registration;
const prefix = `shotglass page ${scope} `;
const name = prefix + kept.version;
const build = new URL(location.href).searchParams.get('build') ?? '';
const addresses = [...kept.files, ...(kept.builds[build] ?? [])].map(
  (file) => new URL(file, scope).href,
);

worker.addEventListener('install', (event) => event.waitUntil(keep()));

worker.addEventListener('activate', (event) => event.waitUntil(takeOver()));

worker.addEventListener('message', ({ data }) => {
  if (data === 'take over') void worker.skipWaiting();
});

worker.addEventListener('fetch', (event) => {
  const { request } = event;
  const address = request.mode === 'navigate' ? pageOf(request.url) : request.url;
  // The model, files of others, and whatever else is not ours to answer goes to the network.
  if (request.method !== 'GET' || !addresses.includes(address)) return;
  event.respondWith(answer(address, request));
});

async function keep(): Promise<void> {
  const cache = await caches.open(name);
  try {
    // The page itself may lie in the browser's cache in an older version, whose files may be gone.
    await cache.addAll(addresses.map((address) => new Request(address, { cache: 'no-cache' })));
  } catch (error) {
    await caches.delete(name);
    throw error;
  }
}

async function takeOver(): Promise<void> {
  const names = await caches.keys();
  const old = names.filter((each) => each.startsWith(prefix) && each !== name);
  await Promise.all(old.map((each) => caches.delete(each)));
  // Not waited for: Firefox asks each worker of the page, and a thread of the engine never hears it. Every visit to come
  // would wait for this one to be taken over.
  void worker.clients.claim();
}

async function answer(address: string, request: Request): Promise<Response> {
  const cache = await caches.open(name);
  return (await cache.match(address, { ignoreVary: true })) ?? fetch(request);
}

/** The page is one, whatever stands behind its `?`. */
function pageOf(url: string): string {
  const { origin, pathname } = new URL(url);
  return `${origin}${pathname.replace(/index\.html$/, '')}`;
}
