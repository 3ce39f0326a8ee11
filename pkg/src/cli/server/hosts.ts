/** Under which names a server of this machine may be reached, and from where it can be. */
import { networkInterfaces } from 'node:os';

const loopback: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];

/** Hosts on which a server listens on every network that the machine is in. */
const wildcards: readonly string[] = ['0.0.0.0', '[::]'];

/**
 * Whether the Host of a request is a name of a server that listens on `host`. A page of any site can make its own
 * name point to this machine and then read what a server here answers (DNS rebinding): so only names count that
 * nobody else can give, and the one that was asked for.
 */
export function isOwnHost(header: string | undefined, host: string): boolean {
  const name = nameOf(header ?? '');
  if (name === null) return false;
  if (loopback.includes(name) || name === nameOf(inUrl(host))) return true;
  // An address is no name that could be made to point elsewhere.
  return isWildcard(host) && /^(\[.*\]|[\d.]+)$/.test(name);
}

/** Whether other machines can reach a server that listens on `host`. */
export function isReachable(host: string): boolean {
  return !loopback.includes(inUrl(host)) && !/^127\./.test(host);
}

/** The host of an address at which this machine reaches a server that listens on `host`. */
export function urlHost(host: string): string {
  // A page is isolated, and has threads, on `localhost` or over https.
  return isWildcard(host) || host === '127.0.0.1' ? 'localhost' : inUrl(host);
}

/** The hosts of addresses at which other machines reach it. */
export function networkHosts(host: string): string[] {
  if (!isWildcard(host)) return [inUrl(host)];
  return Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ internal, family }) => !internal && family === 'IPv4')
    .map(({ address }) => address);
}

function isWildcard(host: string): boolean {
  return wildcards.includes(inUrl(host));
}

/** As it stands in an address. */
function inUrl(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

/** The name in a Host header, without the port and in its one spelling; null where there is none. */
function nameOf(header: string): string | null {
  try {
    return /[/?#@\\]/.test(header) ? null : new URL(`http://${header}`).hostname;
  } catch {
    return null;
  }
}
