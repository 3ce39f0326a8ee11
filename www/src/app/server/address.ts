/** Where a model on a server is, and what tells it from all others. */
import { fingerprint } from '../../util/fingerprint.ts';

/** What a reader enters to reach a model on a server. */
export interface ServerAddress {
  url: string;
  /** Empty for the first that the server lists. */
  model: string;
  /** Empty for none. It is in no other place than this and the connection. */
  apiKey: string;
}

/** In the place of the hash of a file, which no server tells: 64 hexadecimal digits of its address and the name there. */
export function identityOf(server: string, name: string): string {
  const parts = Array.from({ length: 8 }, (_, i) => fingerprint(JSON.stringify([i, server, name])));
  return parts.join('');
}
