import type { RemoteModel } from 'shotglass';

/** A model on a server, and what was found of it when it was used last. */
export interface KeptServer {
  /** That of its address and name. */
  id: string;
  url: string;
  model: string;
  /** In milliseconds since 1970. */
  used: number;
  /** Whether it was given a key. */
  hasKey: boolean;
  vocabularySize: number | null;
  capabilities: RemoteModel['capabilities'];
}
