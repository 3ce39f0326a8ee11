/**
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

/** What the policy lets through: this script itself, and what the page's own origin serves. */
function sameOrigin(address: string): string {
  const { origin, protocol } = new URL(address);
  const isServed = origin === globalThis.origin && protocol !== 'blob:' && protocol !== 'data:';
  if (isServed || address === globalThis.location.href) return address;
  throw new TypeError(`${address} is not served by the page's own origin.`);
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
 * Runs `start`, which makes a worker, while the name `Worker` stands for one that passes its address
 * through the policy.
 *
 * A bundler recognises `new Worker(new URL('…', import.meta.url))` only where `Worker` is the global and
 * nothing stands around the URL, so it is the global that has to change, for this one call.
 */
export function withTrustedWorker(start: () => Worker): Worker {
  const Native = globalThis.Worker;
  const trusting = function trusting(address: string | URL, options?: WorkerOptions): Worker {
    return new Native(trusted(address), options);
  };
  // Where nothing can be done, or the global is frozen, it starts as it would without us.
  if (ownPolicy() === null || !Reflect.set(globalThis, 'Worker', trusting)) return start();
  try {
    return start();
  } finally {
    globalThis.Worker = Native;
  }
}
