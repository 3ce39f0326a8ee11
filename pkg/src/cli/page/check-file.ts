/** Whether what a file recorded is what the model says. */
import { dirname, join } from 'node:path';
import { en } from '../../element/strings/en.js';
import { ShotglassError } from '../../errors.js';
import type { Model } from '../../model/model.js';
import { compareSnapshots } from '../../snapshot/compare.js';
import type { Snapshot } from '../../snapshot/index.js';
import { parseSnapshot } from '../../snapshot/parse.js';
import { takeSnapshot } from '../../snapshot/take.js';
import { parseJson, readText } from '../input.js';
import { checkElement, namedRecordOf, presetRecordOf, questionOf } from './check-element.js';
import type { FoundElement } from './find-elements.js';

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
  /** What could not be looked at, and why. */
  notChecked: FileDifference[];
}

export interface CheckOptions {
  /** A model that rounds activations to so many bits. */
  model(bits: number): Promise<Model>;
  tolerance: number;
  /** The folder that the site's root is served from. */
  root: string | undefined;
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
    answer: recorded.answer,
    signal,
  });
  const differences = compareSnapshots(recorded, fresh, { tolerance });
  return {
    file,
    figures: results.reduce((sum, result) => sum + figuresOf(result), 0),
    differences: differences.map(({ message }) => ({ where, message })),
    notChecked: [],
  };
}

/** Tokens, rest, entropy and text; labels and their mass; the right answer. */
function figuresOf({ candidates, classification, answer }: Snapshot['results'][number]): number {
  const labels = classification ? classification.labels.length + 1 : 0;
  return candidates.length + 3 + labels + (answer == null ? 0 : 1);
}

async function checkPage(file: string, text: string, options: CheckOptions): Promise<FileCheck> {
  const all: FileCheck = { file, figures: 0, differences: [], notChecked: [] };
  // The HTML parser takes 30 ms to load, which commands that read no page should not wait for.
  const { elementsOf } = await import('./find-elements.js');
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

/** Adds what came of one element: of its table and of the snapshot beside the page, or of what the package has. */
async function checkFound(
  element: FoundElement,
  where: string,
  all: FileCheck,
  options: CheckOptions,
): Promise<void> {
  const url = element.getAttribute('snapshot')?.trim() || null;
  if (element.table === null && url === null) {
    const record = await presetRecordOf(element);
    if (record) await checkBeside(`preset ${element.getAttribute('preset')}`, record);
    return;
  }
  const place = url === null ? null : placeOf(url, all.file, options.root);
  if (place !== null && 'reason' in place) all.notChecked.push({ where, message: place.reason });
  const path = place !== null && 'path' in place ? place.path : null;
  const snapshot = path === null ? null : parseSnapshot(parseJson(await readText(path), path));
  const message = 'Its task is defined only in its snapshot.';
  if (snapshot === null && url !== null && isAskedBySnapshot(element)) {
    if (element.table) all.notChecked.push({ where, message });
    return;
  }
  const question = questionOf(element, snapshot, await namedRecordOf(element));
  if (question.isOther) all.differences.push({ where, message: en.snapshotOther });
  if (element.table) {
    const model = await options.model(16);
    const { figures, messages } = await checkElement(model, element.table, question, options);
    all.figures += figures;
    all.differences.push(...messages.map((message) => ({ where, message })));
  }
  if (snapshot !== null) await checkBeside(String(url), snapshot);

  async function checkBeside(name: string, recorded: Snapshot): Promise<void> {
    const beside = await checkSnapshot(all.file, `${where} (${name})`, recorded, options);
    all.figures += beside.figures;
    all.differences.push(...beside.differences);
  }
}

/** Whether nothing but a snapshot tells the task, or its template. */
function isAskedBySnapshot(element: FoundElement): boolean {
  return ['task', 'preset', 'template'].every((name) => element.getAttribute(name) === null);
}

/** The file that an address in a page means, or why that is not known. */
function placeOf(
  url: string,
  file: string,
  root: string | undefined,
): { path: string } | { reason: string } {
  if (/^([a-z][a-z\d+.-]*:|\/\/)/i.test(url)) {
    return { reason: `The snapshot ${url} is on another site. Check it there.` };
  }
  const [address = ''] = url.split(/[?#]/, 1);
  const path = decoded(address);
  if (!path.startsWith('/')) return { path: join(dirname(file), path) };
  if (root !== undefined) return { path: join(root, path) };
  return {
    reason: `The address of the snapshot ${url} begins at the root of the site. Pass the folder of the site with --root.`,
  };
}

function decoded(address: string): string {
  try {
    return decodeURIComponent(address);
  } catch {
    throw new ShotglassError(
      'invalid-option',
      `snapshot="${address}" is not a valid address: a % in it does not begin the hex digits of a UTF-8 character. Write %25 for a %.`,
    );
  }
}
