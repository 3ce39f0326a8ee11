/** Whether what a file recorded is what the model says. */
import { dirname, join } from 'node:path';
import { ShotglassError } from '../errors.js';
import type { Model } from '../model.js';
import type { Snapshot } from '../snapshot.js';
import { compareSnapshots } from '../snapshot-compare.js';
import { parseSnapshot } from '../snapshot-parse.js';
import { takeSnapshot } from '../snapshot-take.js';
import { parseJson, readText } from './asked.js';
import { checkElement } from './check-element.js';
import { elementsOf, type FoundElement } from './find-elements.js';

/** A figure that does not hold. */
export interface FileDifference {
  /** The file, and in a page the line. */
  where: string;
  message: string;
}

/** What came of one file. */
export interface FileCheck {
  file: string;
  /** How many numbers and texts were compared. */
  figures: number;
  differences: FileDifference[];
}

export interface CheckOptions {
  /** A model that rounds activations to so many bits. */
  model(bits: number): Promise<Model>;
  tolerance: number;
  signal: AbortSignal;
}

/** Checks a snapshot, or every element of a page. */
export async function checkFile(file: string, options: CheckOptions): Promise<FileCheck> {
  const text = await readText(file);
  return /\.json$/i.test(file)
    ? checkSnapshot(file, file, parseSnapshot(parseJson(text, file)), options)
    : checkPage(file, text, options);
}

async function checkSnapshot(
  file: string,
  where: string,
  recorded: Snapshot,
  { model, tolerance, signal }: CheckOptions,
): Promise<FileCheck> {
  const { results, task } = recorded;
  const fresh = await takeSnapshot(await model(recorded.model.activationBits), task, {
    shots: results.map(({ shots }) => shots),
    topK: Math.max(...results.map(({ candidates }) => candidates.length)),
    signal,
  });
  const differences = compareSnapshots(recorded, fresh, { tolerance });
  return {
    file,
    figures: results.reduce((sum, result) => sum + figuresOf(result), 0),
    differences: differences.map(({ message }) => ({ where, message })),
  };
}

/** Tokens, rest, entropy and text; labels and their mass. */
function figuresOf({ candidates, classification }: Snapshot['results'][number]): number {
  return candidates.length + 3 + (classification ? classification.labels.length + 1 : 0);
}

async function checkPage(file: string, text: string, options: CheckOptions): Promise<FileCheck> {
  const all: FileCheck = { file, figures: 0, differences: [] };
  for (const element of elementsOf(text, /\.(md|mdx|markdown)$/i.test(file))) {
    const where = `${file}:${element.line}`;
    try {
      await checkFound(element, where, all, options);
    } catch (error) {
      if (!(error instanceof ShotglassError) || error.code === 'aborted') throw error;
      throw new ShotglassError(error.code, `${where}: ${error.message}`, { cause: error });
    }
  }
  return all;
}

/** Adds what came of one element: of its table, and of the snapshot beside the page. */
async function checkFound(
  element: FoundElement,
  where: string,
  all: FileCheck,
  options: CheckOptions,
): Promise<void> {
  if (element.table) {
    const { figures, messages } = await checkElement(await options.model(16), element, options);
    all.figures += figures;
    all.differences.push(...messages.map((message) => ({ where, message })));
  }
  const url = element.attributes.get('snapshot');
  // A snapshot of another site is for that site to check.
  if (url === undefined || /^([a-z]+:|\/)/i.test(url)) return;
  const path = join(dirname(all.file), decodeURI(url));
  const snapshot = parseSnapshot(parseJson(await readText(path), path));
  const beside = await checkSnapshot(all.file, `${where} (${url})`, snapshot, options);
  all.figures += beside.figures;
  all.differences.push(...beside.differences);
}
