/** What ties the lab to the address, to the browser's storage, and to receipts. */
import { Job } from '../app/job.ts';
import { askedOf } from '../app/prompt.ts';
import { defaultSettings, type Settings } from '../app/settings.ts';
import { version } from '../app/source.ts';
import { type Draft, draftOf, type LabState, openPreset, reduce } from '../app/state.ts';
import { presets } from '../presets/index.ts';
import { browserRuns } from '../share/kept-runs.ts';
import { decodeLink, isLink, type OpenedLink } from '../share/link.ts';
import type { Made, ReadingProblem } from '../share/made.ts';
import { Unreadable } from '../share/packed/unreadable.ts';
import { presetParameters, readPresetLink } from '../share/preset-link.ts';
import type { Receipt } from '../share/receipt.ts';
import { verify } from '../share/receipt-check.ts';
import { readReceiptFile } from '../share/shared.ts';
import type { Shown } from '../share/shown.ts';
import { browserShelves, forget, type Kept, readKept, writeKept } from '../share/store.ts';
import { bring } from './bringing.ts';
import type { Lab } from './lab.ts';
import { making, recordedModel } from './making.ts';
import { Places } from './places.ts';
import { pinnedSentOf, sentOf } from './sending.ts';
import { Tasks } from './tasks.ts';

/** Typing on is one write. */
const saveMs = 400;
const longestFile = 4_000_000;

export class Keeping {
  problem: ReadingProblem | null = null;
  /** The link that was opened builds on a preset that has changed since. */
  drifted = false;
  /** The storage refused; told once. */
  notKept = false;
  receipt: Receipt | null = null;
  readonly made = new Job<Made>(() => this.told());
  /** Settled once the address has been read: what is drawn before that would jump. */
  readonly opened: Promise<void>;

  readonly tasks: Tasks;
  readonly #shelves = browserShelves();
  readonly #places = new Places<OpenedLink>();
  /** What the reader shares; null while they do not. */
  #sharing: { withResult: boolean } | null = null;
  #seen: { draft: Draft; settings: Settings };
  #heldSeen: Draft | null = null;
  /** The draft that the receipt is about. */
  #recorded: Draft | null = null;
  #busy = false;
  /** The latest link or file wins, however long the one before it takes to be read. */
  #reading = 0;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #edited = false;
  #toldNotKept = false;
  /** The reader's own work while the page shows something else; null while it shows that work. */
  #aside: Kept | null = null;

  constructor(
    private readonly lab: Lab,
    private readonly told: () => void,
  ) {
    this.tasks = new Tasks(lab, this.#shelves.site, told);
    const kept = readKept(this.#shelves);
    if (kept) {
      this.#restore(kept.state, kept.settings);
      if (kept.held) lab.hold(kept.held);
      this.#heldSeen = kept.held;
    }
    this.#seen = { draft: lab.state.draft, settings: lab.settings };
    this.#openPreset(readPresetLink(location.search), kept !== null);
    this.opened = this.#openAddress(kept !== null);
    lab.experiments.keepIn(browserRuns(version));
  }

  listen(): () => void {
    const opened = () => void this.#arrive();
    const left = () => this.#save();
    window.addEventListener('popstate', opened);
    window.addEventListener('hashchange', opened);
    window.addEventListener('pagehide', left);
    document.addEventListener('visibilitychange', left);
    return () => {
      window.removeEventListener('popstate', opened);
      window.removeEventListener('hashchange', opened);
      window.removeEventListener('pagehide', left);
      document.removeEventListener('visibilitychange', left);
    };
  }

  /** Whether the prompt is the one that the receipt is about. */
  get asRecorded(): boolean {
    return this.#recorded === this.lab.state.draft;
  }

  /** To be called after whatever has changed in the lab. */
  changed(): void {
    if (this.#busy) return;
    const { draft } = this.lab.state;
    const { settings } = this.lab;
    if (this.#aside) this.#seen = { draft, settings };
    else if (draft !== this.#seen.draft || settings !== this.#seen.settings) {
      // Another task opens: the last one is written as it was left.
      if (draft.id !== this.#seen.draft.id && this.#timer !== null)
        this.tasks.keep(this.#seen.draft);
      this.#seen = { draft, settings };
      this.#edited = true;
      this.#keepSoon();
      this.#leaveAddress();
    }
    const { held } = this.#work;
    if (held !== this.#heldSeen && !this.#aside) this.#keepSoon();
    this.#heldSeen = held;
    this.#make(false);
    this.#check();
    this.lab.experiments.recall();
  }

  /** What is kept of what the page shows. */
  get #work(): Kept {
    const { state, settings, pinned } = this.lab;
    return { state, settings, held: pinned.held?.draft ?? null };
  }

  /** Whether the page shows something else than the reader's work. */
  get isAside(): boolean {
    return this.#aside !== null;
  }

  /** Shows something else than the reader's work, which is put aside. Nothing of what is shown is kept. */
  show(draft: Draft, settings: Settings): void {
    if (!this.#aside) {
      this.#save();
      this.#aside = this.#work;
      this.lab.release();
    }
    this.#restore({ past: [], draft, future: [], typing: null }, settings);
  }

  /** Shows the reader's own work again, as it was when it was put aside. */
  bringBack(): void {
    const own = this.#aside;
    if (!own) return;
    this.#aside = null;
    this.#restore(own.state, own.settings);
    if (own.held) this.lab.hold(own.held);
  }

  shown(): Shown {
    const { lab } = this;
    const { text } = lab.prompt;
    const { model } = lab.models;
    const { result } = lab.answer.jobState;
    const labels = lab.classification.jobState;
    return {
      draft: lab.state.draft,
      settings: lab.settings,
      prompt: text,
      model: model && recordedModel(model.info, lab.models.file),
      prediction: model && result?.predictionOf === text ? result.prediction : null,
      classification: labels.of === text && !labels.running ? labels.result : null,
      version,
    };
  }

  /** The reader asks for the link and maybe the receipt of what is shown, until they ask for nothing any more. */
  make(what: { withResult: boolean } | null): void {
    this.#sharing = what;
    this.#make(true);
  }

  /** Makes what is shared: as the page changes, or because the reader asks, which tries again what has failed. */
  #make(asked: boolean): void {
    if (!this.#sharing) return;
    const { withResult } = this.#sharing;
    const { state, settings, held: pinned } = this.#work;
    const model = this.lab.models.model?.info.sha256 ?? '';
    const sent = { result: sentOf(this.lab), pinned: pinnedSentOf(this.lab) };
    const shared = { draft: state.draft, settings, receipt: null, pinned };
    const key = JSON.stringify([withResult, model, shared, sent]);
    const work = making(this.lab, shared, sent, withResult);
    void (asked ? this.made.request(key, key, work) : this.made.follow(key, key, work));
  }

  /** Puts a link of the state as it stands into the address. */
  address(link: string): void {
    // A reload would open the link as the reader's own work.
    if (this.#aside) return;
    history.replaceState(history.state, '', `#${link}`);
  }

  async openFile(file: File): Promise<void> {
    await this.#read('file', true, async () => {
      if (file.size > longestFile) throw new Unreadable('long');
      const opened = readReceiptFile(await file.text());
      return { ...opened, result: null, pinnedResult: null, unreadable: null };
    });
  }

  /** Forgets everything, and opens the page as on the first day. */
  startOver(): void {
    this.#stopSaving();
    this.#reading += 1;
    this.#aside = null;
    forget(this.#shelves);
    this.lab.experiments.forget();
    this.lab.release();
    this.putAway();
    this.lab.first.sender.putAway();
    this.#leaveAddress();
    this.#restore(openPreset(presets[0]), defaultSettings);
    this.told();
  }

  putAway(): void {
    this.receipt = null;
    this.#recorded = null;
    this.lab.receipt.reset();
    this.told();
  }

  dismiss(): void {
    this.problem = null;
    this.drifted = false;
    this.notKept = false;
    this.told();
  }

  // The address

  /** The address may be another: by a link that was put there, or by Back and Forward, which open what was left. */
  async #arrive(): Promise<void> {
    const { hash } = location;
    const left = this.#places.arrive(this.#shown(), isLink(hash));
    if (left === 'new') await this.#openAddress(true);
    else if (left !== 'same') await this.#read('link', true, () => Promise.resolve(left));
  }

  /** The page as a link to open it again. */
  #shown(): OpenedLink {
    const { state, settings, held: pinned } = this.#work;
    return {
      ...{ draft: state.draft, settings, pinned },
      receipt: this.asRecorded ? this.receipt : null,
      result: this.lab.first.sentOf,
      pinnedResult: this.lab.pinned.sent,
      unreadable: null,
      drifted: this.drifted,
    };
  }

  async #openAddress(over: boolean): Promise<void> {
    const { hash } = location;
    if (isLink(hash)) await this.#read('link', over, () => decodeLink(hash));
  }

  async #read(
    from: ReadingProblem['from'],
    over: boolean,
    read: () => Promise<OpenedLink>,
  ): Promise<void> {
    this.#reading += 1;
    const reading = this.#reading;
    try {
      const opened = await read();
      if (reading === this.#reading) this.#open(opened, over);
    } catch (error) {
      if (reading === this.#reading) this.#failed(from, error);
    }
    this.told();
  }

  /** Over work that is there, it is a step that undo takes back. */
  #open(opened: OpenedLink, over: boolean): void {
    const { lab } = this;
    const { draft, settings, receipt, drifted } = opened;
    this.bringBack();
    this.problem = null;
    this.drifted = drifted;
    if (this.receipt) this.putAway();
    this.receipt = receipt;
    const error = bring(lab, opened);
    if (error) this.problem = { from: 'result', error };
    // After a reload the work that was kept is what the link says.
    const there = JSON.stringify(lab.state.draft) === JSON.stringify(draft);
    const state: LabState = over
      ? reduce(lab.state, { type: 'open', draft: there ? lab.state.draft : draft })
      : { past: [], draft, future: [], typing: null };
    this.#recorded = receipt && state.draft;
    this.#restore(state, settings);
    if (opened.pinned) lab.hold(opened.pinned);
    this.#keepSoon();
    this.#check();
  }

  #openPreset(asked: ReturnType<typeof readPresetLink>, over: boolean): void {
    if (!asked) return;
    const { preset, shots } = asked;
    const draft = { ...draftOf(preset), shots: shots ?? preset.shots };
    const before = this.lab.state;
    let state: LabState = { past: [], draft, future: [], typing: null };
    if (over && before.draft.preset !== preset.id) {
      state = reduce(before, { type: 'open', draft });
    } else if (over) {
      // Work on that preset goes on.
      state = shots === null ? before : reduce(before, { type: 'shots', shots });
    }
    if (state === before) return;
    this.#restore(state, this.lab.settings);
    this.#keepSoon();
  }

  #failed(from: ReadingProblem['from'], error: unknown): void {
    this.problem = { from, error: error instanceof Unreadable ? error : new Unreadable('damaged') };
  }

  /** An address says what the page shows, or nothing. */
  #leaveAddress(): void {
    const url = new URL(location.href);
    if (isLink(url.hash)) url.hash = '';
    for (const name of presetParameters) url.searchParams.delete(name);
    if (url.href !== location.href) history.replaceState(history.state, '', url);
  }

  #restore(state: LabState, settings: Settings): void {
    this.#busy = true;
    this.lab.restore(state, settings);
    this.#busy = false;
    this.#seen = { draft: state.draft, settings };
    this.#make(false);
  }

  // The storage

  #keepSoon(): void {
    this.#timer ??= setTimeout(() => this.#save(), saveMs);
  }

  #stopSaving(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#edited = false;
  }

  #save(): void {
    if (this.#timer === null) return;
    const edited = this.#edited;
    this.#stopSaving();
    if (edited) this.tasks.keep(this.lab.state.draft);
    if (writeKept(this.#shelves, this.#work, edited) || this.#toldNotKept) return;
    this.#toldNotKept = true;
    this.notKept = true;
    this.told();
  }

  // The receipt

  /** Asks the model what the receipt says that it said, once the answer is there. */
  #check(): void {
    const { lab, receipt } = this;
    const { loaded: model } = lab.models;
    const { text } = lab.prompt;
    if (!receipt || !model || this.#busy) return;
    // What the check sets in motion calls back here.
    this.#busy = true;
    const { running, result } = lab.answer.jobState;
    if (!this.asRecorded) lab.receipt.stop();
    else if (!running && result?.predictionOf === text) {
      const { sha256, activationBits } = model.info;
      const key = JSON.stringify([text, sha256, activationBits, receipt]);
      void lab.receipt.follow(
        key,
        text,
        verify(model, text, askedOf(lab.state.draft, lab.chat), receipt),
      );
    }
    this.#busy = false;
  }
}
