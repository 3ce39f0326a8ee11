/** The part of the package that caches models in Node. */
import { isNode } from '../util/node.js';

const side = './storage/node.js';

/**
 * Our own module for Node alone, which no page is to carry. Null in a page, and where a bundler has left
 * it behind: then nothing is cached.
 */
export async function nodeSide(): Promise<typeof import('./storage/node.js') | null> {
  return isNode
    ? import(/* @vite-ignore */ /* webpackIgnore: true */ side).catch(() => null)
    : null;
}
