/** What ties the lab to the address, to the browser's storage, and to receipts. */
import { defaultModel, type ModelInfo } from 'shotglass';
import { version } from 'shotglass/package.json';
import { Job, type Work } from '../app/job.ts';
import { askedOf } from '../app/prompt.ts';
import { defaultSettings, type Settings } from '../app/settings.ts';
import { type Draft, draftOf, type LabState, openPreset, reduce } from '../app/state.ts';
import { presets } from '../presets/index.ts';
import { decodeLink, encodeLink, isLink } from '../share/link.ts';
import type { Made, ReadingProblem } from '../share/made.ts';
import { sha256Of } from '../share/packed/fingerprint.ts';
import { Unreadable } from '../share/packed/unreadable.ts';
import {
  labelsOf,
  type Receipt,
  type RecordedModel,
  receiptOf,
  recordedTokens,
} from '../share/receipt.ts';
import { verify } from '../share/receipt-check.ts';
import { type Opened, readReceiptFile, receiptFile, type Shared } from '../share/shared.ts';
import type { Shown } from '../share/shown.ts';
import { browserShelves, forget, readKept, writeKept } from '../share/store.ts';
import type { Lab } from './lab.ts';
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
  /** What the reader shares; null while they do not. */
  #sharing: { withResult: boolean } | null = null;
  #seen: { draft: Draft; settings: Settings };
  /** The draft that the receipt is about. */
  #recorded: Draft | null = null;
  #busy = false;
  /** The latest link or file wins, however long the one before it takes to be read. */
  #reading = 0;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #edited = false;
  #toldNotKept = false;

  constructor(
    private readonly lab: Lab,
    private readonly told: () => void,
  ) {
    this.tasks = new Tasks(lab, this.#shelves.site, told);
    const kept = readKept(this.#shelves);
    if (kept) this.#restore(kept.state, kept.settings);
    this.#seen = { draft: lab.state.draft, settings: lab.settings };
    this.#openPresetOf(new URLSearchParams(location.search).get('preset'), kept !== null);
    this.opened = this.#openAddress(kept !== null);
  }

  listen(): () => void {
    const opened = () => void this.#openAddress(true);
    const left = () => this.#save();
    window.addEventListener('hashchange', opened);
    window.addEventListener('pagehide', left);
    document.addEventListener('visibilitychange', left);
    return () => {
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
    if (draft !== this.#seen.draft || settings !== this.#seen.settings) {
      // Another task opens: the last one is written as it was left.
      if (draft.id !== this.#seen.draft.id && this.#timer !== null)
        this.tasks.keep(this.#seen.draft);
      this.#seen = { draft, settings };
      this.#edited = true;
      this.#keepSoon();
      this.#leaveAddress();
    }
    this.#make(false);
    this.#check();
  }

  shown(): Shown {
    const { lab } = this;
    const { text } = lab.prompt;
    const { model } = lab.slot;
    const { result } = lab.answer.jobState;
    const labels = lab.classification.jobState;
    return {
      draft: lab.state.draft,
      settings: lab.settings,
      prompt: text,
      model: model && recordedModel(model.info, lab.slot.file),
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
    const { draft } = this.lab.state;
    const { settings } = this.lab;
    const model = this.lab.slot.model?.info.sha256 ?? '';
    const key = JSON.stringify([withResult, model, draft, settings]);
    const shared: Shared = { draft, settings, receipt: null };
    const making = this.#making(shared, withResult);
    void (asked ? this.made.request(key, key, making) : this.made.follow(key, key, making));
  }

  #making(shared: Shared, withResult: boolean): Work<Made> {
    const { lab } = this;
    return async function* ({ signal }) {
      const link = await encodeLink(shared);
      yield { link, receipt: null };
      const { model } = lab.slot;
      if (!withResult || !model) return;
      const { text } = lab.prompt;
      const { rule, comparison, sampling } = shared.settings;
      const asked = askedOf(shared.draft, lab.chat);
      const prediction = await model.predict(text, { topK: recordedTokens, signal });
      const of = await labelsOf(model, text, asked, { rule, comparison }, signal);
      const facts = {
        shotglass: version,
        model: recordedModel(model.info, lab.slot.file),
        promptSha256: await sha256Of(text),
        sampling,
      };
      const receipt = receiptOf(facts, prediction, of && { of, rule, comparison });
      const whole = { ...shared, receipt };
      yield { link, receipt: { link: await encodeLink(whole), file: receiptFile(whole) } };
    };
  }

  /** Puts a link of the state as it stands into the address. */
  address(link: string): void {
    history.replaceState(history.state, '', `#${link}`);
  }

  async openFile(file: File): Promise<void> {
    await this.#read('file', true, async () => {
      if (file.size > longestFile) throw new Unreadable('long');
      return readReceiptFile(await file.text());
    });
  }

  /** Forgets everything, and opens the page as on the first day. */
  startOver(): void {
    this.#stopSaving();
    this.#reading += 1;
    forget(this.#shelves);
    this.putAway();
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

  async #openAddress(over: boolean): Promise<void> {
    const { hash } = location;
    if (isLink(hash)) await this.#read('link', over, () => decodeLink(hash));
  }

  async #read(
    from: ReadingProblem['from'],
    over: boolean,
    read: () => Promise<Opened>,
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
  #open({ draft, settings, receipt, drifted }: Opened, over: boolean): void {
    const { lab } = this;
    this.problem = null;
    this.drifted = drifted;
    if (this.receipt) this.putAway();
    this.receipt = receipt;
    // After a reload the work that was kept is what the link says.
    const there = JSON.stringify(lab.state.draft) === JSON.stringify(draft);
    const state: LabState = over
      ? reduce(lab.state, { type: 'open', draft: there ? lab.state.draft : draft })
      : { past: [], draft, future: [], typing: null };
    this.#recorded = receipt && state.draft;
    this.#restore(state, settings);
    this.#keepSoon();
    this.#check();
  }

  #openPresetOf(id: string | null, over: boolean): void {
    const preset = presets.find((one) => one.id === id);
    const { state, settings } = this.lab;
    // Work on that preset goes on.
    if (!preset || (over && state.draft.preset === id)) return;
    this.#restore(
      over ? reduce(state, { type: 'open', draft: draftOf(preset) }) : openPreset(preset),
      settings,
    );
    this.#keepSoon();
  }

  #failed(from: ReadingProblem['from'], error: unknown): void {
    this.problem = { from, error: error instanceof Unreadable ? error : new Unreadable('damaged') };
  }

  /** An address says what the page shows, or nothing. */
  #leaveAddress(): void {
    const url = new URL(location.href);
    if (isLink(url.hash)) url.hash = '';
    url.searchParams.delete('preset');
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
    const { state, settings } = this.lab;
    if (edited) this.tasks.keep(state.draft);
    if (writeKept(this.#shelves, { state, settings }, edited) || this.#toldNotKept) return;
    this.#toldNotKept = true;
    this.notKept = true;
    this.told();
  }

  // The receipt

  /** Asks the model what the receipt says that it said, once the answer is there. */
  #check(): void {
    const { lab, receipt } = this;
    const { model } = lab.slot;
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

/** The name inside the default file is that of a training run. */
function recordedModel(info: ModelInfo, file: string | null): RecordedModel {
  const { sha256, activationBits } = info;
  const name = sha256 === defaultModel.sha256 ? defaultModel.name : info.name;
  return { name, file, sha256, activationBits };
}
