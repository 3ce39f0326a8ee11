/** All that one element was told, and the scene that comes of it: read and made once for each change. */

import type { Task } from '../../prompt/task.js';
import { addresses } from '../../records/addresses.js';
import { languageOf, type Strings, stringsFor } from '../strings/index.js';
import { type Declared, readAttributes } from './attributes.js';
import { Edits } from './edits.js';
import { PageContent } from './page-content.js';
import { type Scene, sceneOf } from './scene.js';
import { SnapshotSlot } from './snapshot-slot.js';

/** What the element is told. */
export interface SceneHooks {
  /** What is shown may be another scene now. */
  changed(): void;
  /** A snapshot could not be had. */
  failed(message: string): void;
}

/** The attributes as they were read, and the scene of them. */
interface Revision {
  strings: Strings;
  declared: Declared;
  /** Null until it is asked for. */
  scene: Scene | null;
}

export class SceneState {
  readonly edits = new Edits();
  readonly page = new PageContent();
  /** What the author has recorded. */
  readonly snapshot = this.#newSlot();
  /** What the package has of the preset: its task, and what is recorded of it. */
  readonly preset = this.#newSlot();
  /** What was set as the property `task`, where that was an object. */
  given: { task: Task | null } | null = null;
  readonly #element: HTMLElement;
  readonly #hooks: SceneHooks;
  #revision: Revision | null = null;

  constructor(element: HTMLElement, hooks: SceneHooks) {
    this.#element = element;
    this.#hooks = hooks;
  }

  get strings(): Strings {
    return stringsFor(languageOf(this.#element));
  }

  get declared(): Declared {
    return this.#current().declared;
  }

  get scene(): Scene {
    const revision = this.#current();
    revision.scene ??= this.#newScene(revision);
    return revision.scene;
  }

  /** Something that the scene is made from has changed. */
  revise(): void {
    this.#revision = null;
    this.#hooks.changed();
  }

  /** The element has gone. */
  stop(): void {
    this.snapshot.stop();
    this.preset.stop();
  }

  /** The language is a matter of the page, which tells of no change. */
  #current(): Revision {
    const { strings } = this;
    if (this.#revision?.strings !== strings) {
      const declared = readAttributes(this.#element, this.#element.ownerDocument.baseURI, strings);
      this.#revision = { strings, declared, scene: null };
    }
    return this.#revision;
  }

  #newScene({ declared, strings }: Revision): Scene {
    const { edits, given, page, preset, snapshot } = this;
    preset.at(declared.preset && addresses[declared.preset].href);
    snapshot.at(declared.snapshot);
    const isBadTask = given?.task === null;
    const taskProblem = isBadTask ? strings.unknownValue('task', '…', strings.taskForm) : null;
    const sources = {
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
        taskProblem,
      ].filter((sentence) => sentence !== null),
    };
    return sceneOf(sources, strings);
  }

  #newSlot(): SnapshotSlot {
    return new SnapshotSlot(
      () => this.revise(),
      (problem) => this.#hooks.failed(problem(this.strings)),
    );
  }
}
