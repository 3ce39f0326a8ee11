/**
 * Which scripts a worker may be started from.
 *
 * Trusted Types: a page that requires them (CSP `require-trusted-types-for 'script'`) starts a worker only
 * from an address that came through a policy which it allows by name. Ours is called `shotglass`.
 */
interface Policy {
  createScriptURL(address: string): string;
}

interface PolicyFactory {
  createPolicy(name: string, rules: Policy): Policy;
  isScriptURL(value: unknown): boolean;
}

const { trustedTypes } = globalThis as { trustedTypes?: PolicyFactory };

/** Undefined until it is first needed; null where there is none. A name can be taken only once. */
let policy: Policy | null | undefined;

function ownPolicy(): Policy | null {
  if (policy === undefined) {
    try {
      policy = trustedTypes?.createPolicy('shotglass', { createScriptURL: sameOrigin }) ?? null;
    } catch {
      // The page does not allow the name. It may require nothing, or have a policy named `default`.
      policy = null;
    }
  }
  return policy;
}

/** Addresses of the scripts that were written here, by {@link foreignScript}. */
const written = new Set<string>();

/** What the policy lets through: this script itself, and what the page's own origin serves. */
function sameOrigin(address: string): string {
  const { origin, protocol } = new URL(address);
  const isServed = origin === globalThis.origin && protocol !== 'blob:' && protocol !== 'data:';
  if (isServed || address === globalThis.location.href || written.has(address)) return address;
  throw new TypeError(`${address} is not served by the page's own origin.`);
}

/**
 * The address of a script that does nothing but run the one at `address`, where that is of another
 * origin: a browser starts a worker from the page's own alone, but lets it import from anywhere. Null
 * where it is not needed. The policy lets it through where it runs the package's own script (`isOwn`).
 */
export function foreignScript(
  address: string | URL,
  { type }: WorkerOptions,
  isOwn: boolean,
): string | null {
  const { href, origin, protocol } = new URL(address, globalThis.location?.href);
  if (!protocol.startsWith('http') || origin === (globalThis.origin ?? origin)) return null;
  const script = JSON.stringify(href);
  const code = type === 'module' ? `import ${script};` : `importScripts(${script});`;
  const blob = URL.createObjectURL(new Blob([code], { type: 'text/javascript' }));
  if (isOwn) written.add(blob);
  return blob;
}

/** No worker will be started from it any more. */
export function forgetScript(blob: string): void {
  URL.revokeObjectURL(blob);
  written.delete(blob);
}

/** The address as a page that requires Trusted Types wants it; unchanged where our policy is not for it. */
export function trusted(address: string | URL): string | URL {
  const ours = ownPolicy();
  if (ours === null || trustedTypes?.isScriptURL(address)) return address;
  try {
    return ours.createScriptURL(String(address));
  } catch {
    // Whether it may start is then for the browser to say.
    return address;
  }
}

/**
 * Runs `start`, which makes a worker, while the name `Worker` stands for `make`.
 *
 * A bundler recognises `new Worker(new URL('…', import.meta.url))` only where `Worker` is the global and
 * nothing stands around the URL, so it is the global that has to change, for this one call.
 */
export function withWorker(
  make: (address: string | URL, options?: WorkerOptions) => Worker,
  start: () => Worker,
): Worker {
  const Native = globalThis.Worker;
  // An arrow cannot be called with `new`.
  const making = function making(address: string | URL, options?: WorkerOptions): Worker {
    return make(address, options);
  };
  // Where the global is frozen, it starts as it would without us.
  if (!Reflect.set(globalThis, 'Worker', making)) return start();
  try {
    return start();
  } finally {
    globalThis.Worker = Native;
  }
}
