/** The element itself: its attributes and properties, and the actions of a reader. */

import type { Task } from '../prompt/task.js';
import type { Snapshot } from '../snapshot/index.js';
import type { ElementEvents, ElementState } from './events.js';
import { findModel } from './live/find-model.js';
import { nextToAsk } from './live/ladder.js';
import { knownBytes } from './live/run-status.js';
import { LiveSession } from './live/session.js';
import type { ModelName } from './live/shared-model.js';
import {
  attributeNames,
  checkedTask,
  type Declared,
  isOn,
  shotsOf,
  textOf,
} from './state/attributes.js';
import type { Scene } from './state/scene.js';
import { SceneState } from './state/scene-state.js';
import { type View, viewNamed } from './state/view.js';
import { watch } from './state/watch.js';
import { styleSheet } from './styles.js';
import { Panel } from './views/panel.js';

/** On a server there are no elements: the class can be imported there, and no more. */
const Base: typeof HTMLElement =
  typeof HTMLElement === 'function' ? HTMLElement : (class {} as typeof HTMLElement);

/** What may have been set on an element before its class was there. */
const properties = [
  'view',
  'shots',
  'preset',
  'template',
  'labels',
  'answer',
  'model',
  'modelSha256',
  'editable',
  'autoload',
  'task',
  'snapshot',
  'state',
] as const;

/** A change of one of these is another task: what a reader edited of the one before is void. */
const taskAttributes: readonly string[] = ['preset', 'template', 'labels', 'task'];

/**
 * `<shot-glass>`: a few-shot prompt and the answer of a small GPT, in any page.
 *
 * The content of the tag is readable without a script: a `<dl>` of demonstrations, whose last `<dt>` is the query, and
 * a table of recorded probabilities (`shotglass snapshot --html` writes both). The element turns it into bars and a
 * slider. It fetches the snapshot shortly before it scrolls into view, and the model only when a reader asks for it or
 * edits the prompt. Elements with the same model share one.
 *
 * Properties with simple values are reflected as attributes. The element reports an invalid value and uses the default
 * instead. Events report only what happens inside; setting a property or an attribute fires none.
 */
export class ShotGlassElement extends Base {
  /** The attributes that the element reacts to. */
  static readonly observedAttributes: readonly string[] = attributeNames;

  readonly #root: ShadowRoot | null;
  readonly #panel = typeof document === 'object' ? new Panel(this.#actions()) : null;
  readonly #live = new LiveSession({
    changed: () => this.#update(),
    answered: (result) => this.#emit('shotglass-result', result),
    failed: (problem) => this.#emit('shotglass-error', problem),
  });
  readonly #sources = new SceneState(
    this,
    () => this.#queue(),
    (message) => this.#emit('shotglass-error', { code: 'read-failed', message }),
  );
  #watching: { disconnect(): void } | null = null;
  #isNear = false;
  #isTouched = false;
  #isQueued = false;
  #found: { name: string; isCached: boolean | null; bytes: number | null } = {
    name: '',
    isCached: null,
    bytes: null,
  };

  constructor() {
    super();
    this.#root =
      typeof this.attachShadow === 'function' ? this.attachShadow({ mode: 'open' }) : null;
    this.#root?.append(...(this.#panel?.nodes ?? []));
  }

  connectedCallback(): void {
    if (this.#root && this.#root.adoptedStyleSheets.length === 0) {
      this.#root.adoptedStyleSheets = [styleSheet(this.ownerDocument)];
    }
    this.#sources.page.fromInside(() => this.#upgrade());
    this.#pageChanged();
    this.#watching = watch(this, {
      changed: () => this.#pageChanged(),
      near: () => {
        this.#isNear = true;
        this.#queue();
      },
    });
    this.#live.enter();
  }

  disconnectedCallback(): void {
    this.#watching?.disconnect();
    this.#watching = null;
    this.#isNear = false;
    this.#sources.stop();
    this.#live.leave();
  }

  /** Sheets belong to one document. */
  adoptedCallback(): void {
    if (this.#root) this.#root.adoptedStyleSheets = [styleSheet(this.ownerDocument)];
  }

  attributeChangedCallback(name: string, before: string | null, after: string | null): void {
    if (before === after) return;
    this.#sources.page.attributeChanged(name, after);
    if (taskAttributes.includes(name)) this.#sources.edits.clear();
    this.#sources.revise();
  }

  /** `'labels'`, `'tokens'`, `'text'` or `'ladder'`. Null: labels if the task has labels, else tokens. */
  get view(): View | null {
    return viewNamed(textOf(this, 'view'));
  }
  set view(view: View | null) {
    this.#reflect('view', view);
  }

  /** Number of demonstrations in the prompt. Null: the number in the page, or that of the preset. */
  get shots(): number | null {
    return shotsOf(textOf(this, 'shots'));
  }
  set shots(shots: number | string | null) {
    this.#reflect('shots', shots);
  }

  /**
   * Id of a preset of `shotglass/presets`. It supplies the task and its recorded numbers, or the template and labels
   * for the demonstrations in the page.
   */
  get preset(): string | null {
    return this.getAttribute('preset');
  }
  set preset(id: string | null) {
    this.#reflect('preset', id);
  }

  /** Name of a template, `questionAnswer` (the default), `review` or `arrow`, or the JSON of a `Template`. */
  get template(): string | null {
    return this.getAttribute('template');
  }
  set template(template: string | null) {
    this.#reflect('template', template);
  }

  /** The labels, separated by commas or as a JSON array. */
  get labels(): string | null {
    return this.getAttribute('labels');
  }
  set labels(labels: string | readonly string[] | null) {
    this.#reflect('labels', typeof labels === 'object' && labels ? JSON.stringify(labels) : labels);
  }

  /** The right output for the query, which the view `'ladder'` follows. Null: that of the preset or the snapshot. */
  get answer(): string | null {
    return this.getAttribute('answer');
  }
  set answer(answer: string | null) {
    this.#reflect('answer', answer);
  }

  /** URL of the model file, or an id from `shotglass/models`. Null: the default model of the package. */
  get model(): string | null {
    return this.getAttribute('model');
  }
  set model(model: string | null) {
    this.#reflect('model', model);
  }

  /** SHA-256 that the model file must have, in hex. */
  get modelSha256(): string | null {
    return this.getAttribute('model-sha256');
  }
  set modelSha256(sha256: string | null) {
    this.#reflect('model-sha256', sha256);
  }

  /** Whether a reader can edit the task. */
  get editable(): boolean {
    return isOn(this, 'editable');
  }
  set editable(editable: boolean) {
    this.#reflect('editable', editable ? '' : null);
  }

  /** Whether to load the model without being asked, shortly before the element scrolls into view. */
  get autoload(): boolean {
    return isOn(this, 'autoload');
  }
  set autoload(autoload: boolean) {
    this.#reflect('autoload', autoload ? '' : null);
  }

  /** The current task, including the reader's edits; null until it is known. Setting a string sets the attribute. */
  get task(): Task | null {
    return this.state?.task ?? null;
  }
  set task(task: Task | string | null) {
    if (typeof task === 'string') {
      this.#sources.given = null;
      this.#reflect('task', task);
    } else
      this.#sources.given =
        task === null || task === undefined ? null : { task: checkedTask(task) };
    this.#sources.edits.clear();
    this.#sources.revise();
  }

  /** The recorded result; null if there is none. Setting a string sets the attribute, which is its URL. */
  get snapshot(): Snapshot | null {
    return this.#sources.snapshot.snapshot;
  }
  set snapshot(snapshot: Snapshot | string | null) {
    const isAddress = typeof snapshot === 'string';
    this.#sources.snapshot.give(isAddress ? null : (snapshot ?? null));
    if (isAddress) this.#reflect('snapshot', snapshot);
    this.#sources.revise();
  }

  /** What the element shows; null until it is known. Setting it sets the properties that it has. */
  get state(): ElementState | null {
    const { asked } = this.#sources.current.scene;
    return asked && { task: asked.task, shots: asked.shots, view: asked.view };
  }
  set state(state: Partial<ElementState> | null) {
    const { task, shots, view } = state ?? {};
    if (task !== undefined) this.task = task;
    if (shots !== undefined) this.shots = shots;
    if (view !== undefined) this.view = view;
  }

  /** What a reader does. */
  #actions() {
    return {
      setShots: (shots: number) => this.#change(() => this.#reflect('shots', shots)),
      edit: (task: Task, shots: number, field: string | null) => {
        const { state } = this;
        if (!state) return;
        this.#change(() => {
          this.#sources.edits.change(state, task, field);
          this.#sources.revise();
          if (shots !== state.shots) this.#reflect('shots', shots);
        });
        if (this.#live.canBegin) this.#live.start();
      },
      undo: () =>
        this.#change(() => {
          const before = this.#sources.edits.undo();
          this.#sources.revise();
          if (before && before.shots !== this.state?.shots) this.#reflect('shots', before.shots);
        }),
      start: () => this.#live.start(),
      cancel: () => this.#live.cancel(),
      again: () => this.#live.start(),
      fetchAgain: () => this.#sources.fetchAgain(),
    };
  }

  #change(change: () => void): void {
    this.#sources.page.fromInside(change);
    this.#isTouched = true;
    this.#update();
    const { state } = this;
    if (state) this.#emit('shotglass-state', state);
  }

  #emit<Name extends keyof ElementEvents>(name: Name, detail: ElementEvents[Name]['detail']): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true, composed: true }));
  }

  /** A property that was set before there was a setter hides it: it is set again. */
  #upgrade(): void {
    for (const name of properties) {
      if (!Object.hasOwn(this, name)) continue;
      const value = this[name];
      delete (this as Record<string, unknown>)[name];
      Object.assign(this, { [name]: value });
    }
  }

  /** What a reader edited is void where it was made from something else. */
  #pageChanged(): void {
    if (this.#sources.page.changed(this)) this.#sources.edits.clear();
    this.#sources.revise();
  }

  #reflect(name: string, value: string | number | null | undefined): void {
    if (value === null || value === undefined) this.removeAttribute(name);
    else this.setAttribute(name, String(value));
  }

  #queue(): void {
    if (this.#isQueued) return;
    this.#isQueued = true;
    queueMicrotask(() => {
      if (this.#isQueued) this.#update();
    });
  }

  #update(): void {
    this.#isQueued = false;
    if (!this.isConnected) return;
    try {
      const { current, edits, page, preset, snapshot } = this.#sources;
      const { declared, scene } = current;
      this.#getMore(declared, scene);
      if (scene.asked) {
        const live = this.#live.answerTo(scene.asked);
        this.#live.ask(nextToAsk(scene.asked, live, scene.recorded));
      }
      const light = page.read(this);
      this.#panel?.show({
        scene,
        live: this.#live,
        isEditable: this.editable,
        canUndo: edits.canUndo,
        isTouched: this.#isTouched || this.#live.isWanted,
        light,
        isCached: this.#found.isCached,
        isRecordLost: snapshot.hasFailed || preset.hasFailed,
        bytes: knownBytes(declared.model, snapshot.snapshot?.model ?? null) ?? this.#found.bytes,
      });
    } catch (error) {
      this.#panel?.fail(error, this.#sources.strings);
    }
  }

  /** Fetches what a reader need not ask for: the preset, the snapshot, and whether the model is cached. */
  #getMore(declared: Declared, scene: Scene): void {
    void this.#sources.preset.fetch();
    this.#live.use(declared.model);
    if (!this.#isNear) return;
    void this.#sources.snapshot.fetch();
    void this.#look(declared.model);
    // Without a prompt, the model would be for nothing.
    if (this.autoload && scene.asked && this.#live.canBegin) this.#live.start();
  }

  /** Checks once whether the model is cached, and how long it is. */
  async #look(model: ModelName): Promise<void> {
    const name = JSON.stringify(model);
    if (this.#found.name === name) return;
    this.#found = { name, isCached: null, bytes: null };
    const found = await findModel(model);
    if (this.#found.name !== name) return;
    this.#found = { name, ...found };
    this.#update();
  }
}
