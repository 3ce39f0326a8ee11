/** The part of the package that caches models in Node. */
import { isNode } from '../util/node.js';
import type { ModelStorage } from './storage/index.js';

/** What that part offers. Its own types are of Node, and no file that runs in pages may see those. */
export interface NodeSide {
  /** The folder, made if one `mustWrite`; null where it cannot be. */
  folderStorage(options: { mustWrite: boolean }): Promise<ModelStorage | null>;
  /** Where the environment says that the default model is fetched from; null where it does not. */
  namedUrl(): string | null;
  /** Gives back what a thread of this process had locked when it was ended. */
  unlockAll(thread: number): Promise<void>;
}

const path = './storage/node.js';

/**
 * Our own module for Node alone, which no page is to carry. Null in a page, and where a bundler has left
 * it behind: then nothing is cached.
 */
export async function nodeSide(): Promise<NodeSide | null> {
  if (!isNode) return null;
  const module: Promise<{ nodeSide: NodeSide }> = import(
    /* @vite-ignore */ /* webpackIgnore: true */ path
  );
  return module.then(({ nodeSide }) => nodeSide).catch(() => null);
}
