/** All that one element was told, and the scene that comes of it: read and made once for each change. */

import type { Task } from '../../prompt/task.js';
import { addresses } from '../../records/addresses.js';
import { languageOf, type Strings, stringsFor } from '../strings/index.js';
import { type Declared, readAttributes } from './attributes.js';
import { Edits } from './edits.js';
import { PageContent } from './page-content.js';
import { type Scene, sceneOf } from './scene.js';
import { SnapshotSlot } from './snapshot-slot.js';

/** The attributes as they were read, and the scene of them. */
interface Revision {
  declared: Declared;
  scene: Scene;
}

export class SceneState {
  readonly edits = new Edits();
  readonly page = new PageContent();
  /** What the author has recorded. */
  readonly snapshot: SnapshotSlot;
  /** What the package has of the preset: its task, and what is recorded of it. */
  readonly preset: SnapshotSlot;
  /** What was set as the property `task`, where that was an object. */
  given: { task: Task | null } | null = null;
  readonly #element: HTMLElement;
  readonly #changed: () => void;
  #revision: Revision | null = null;

  /** Tells of every change, and in a sentence why a snapshot could not be had. */
  constructor(element: HTMLElement, changed: () => void, failed: (message: string) => void) {
    const newSlot = () =>
      new SnapshotSlot(
        () => this.revise(),
        (problem) => failed(problem(this.strings)),
      );
    this.#element = element;
    this.#changed = changed;
    this.snapshot = newSlot();
    this.preset = newSlot();
  }

  get strings(): Strings {
    return stringsFor(languageOf(this.#element));
  }

  /** As of the last change; also the language may have, of which the page tells nobody. */
  get current(): Revision {
    const { strings } = this;
    if (this.#revision?.scene.strings !== strings) this.#revision = this.#newRevision(strings);
    return this.#revision;
  }

  /** Something that the scene is made from has changed. */
  revise(): void {
    this.#revision = null;
    this.#changed();
  }

  /** Fetches once more what could not be had. */
  fetchAgain(): void {
    this.snapshot.again();
    this.preset.again();
    this.revise();
  }

  /** The element has gone. */
  stop(): void {
    this.snapshot.stop();
    this.preset.stop();
  }

  #newRevision(strings: Strings): Revision {
    const { edits, given, page, preset, snapshot } = this;
    const declared = readAttributes(this.#element, this.#element.ownerDocument.baseURI, strings);
    preset.at(declared.preset && addresses[declared.preset].href);
    snapshot.at(declared.snapshot);
    const scene = sceneOf(
      {
        declared,
        light: page.read(this.#element),
        given: given?.task ?? null,
        edited: edits.task,
        preset: preset.snapshot,
        isPresetPending: preset.isPending,
        snapshot: snapshot.snapshot,
        isSnapshotPending: snapshot.isPending,
        problems: [
          preset.problem(strings),
          preset.hasFailed ? strings.noPresets : null,
          snapshot.problem(strings),
          given?.task === null ? strings.unknownValue('task', '…', strings.taskForm) : null,
        ].filter((sentence) => sentence !== null),
      },
      strings,
    );
    return { declared, scene };
  }
}
