import { readFile } from 'node:fs/promises';

/** The rows of a task that are in this folder, beside those of its preset. */
export async function ownRows(name) {
  const lines = await readFile(new URL(`${name}.jsonl`, import.meta.url), 'utf8');
  return lines
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
}
