import { html, LitElement, nothing, type TemplateResult } from 'lit';
import type { Demonstration } from 'shotglass';
import type { TaskWish } from '../app/kept-tasks.ts';
import type { LessonWish } from '../app/lesson.ts';
import type { ModelsWish } from '../app/model-rows.ts';
import type { Settings } from '../app/settings.ts';
import type { Action } from '../app/state.ts';
import type { TransferWish } from '../app/transfer.ts';
import type { Place } from '../app/waits.ts';
import { onLanguage } from '../strings/index.ts';
import type { Piece } from '../ui/visible.ts';

/**
 * The lab's elements render into the page itself, not into shadow trees: they share one style sheet, and a label in
 * one can name a control in another.
 */
export class LabElement extends LitElement {
  #silence = (): void => {};

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#silence = onLanguage(() => this.requestUpdate());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#silence();
  }

  /** Asks the lab for a change of the draft. */
  protected edit(action: Action): void {
    this.send('lab-edit', action);
  }

  /** Opens the tab of an experiment of *Why*, and brings it into view. */
  protected async openExperiment(experiment: Settings['experiment']): Promise<void> {
    this.send('lab-set', { experiment });
    await this.updateComplete;
    const tab = document.getElementById(`why-tab-${experiment}`);
    tab?.focus({ preventScroll: true });
    tab?.closest('lab-why')?.scrollIntoView({ block: 'start' });
  }

  /** The button of a place where experiments wait; nothing where none do. */
  protected askButton(place: Place, wait: string | null): TemplateResult | typeof nothing {
    if (wait === null) return nothing;
    const ask = () => this.send('lab-run', place);
    return html`<button type="button" class="quiet ask-server" data-place=${place} @click=${ask}>${wait}</button>`;
  }

  protected send<Name extends keyof LabEvents>(name: Name, detail: LabEvents[Name]): void {
    this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true }));
  }
}

/** What an element may ask of the lab, and with what. A panel adds events of its own. */
export interface LabEvents {
  'lab-edit': Action;
  /** Heard by the table: demonstrations from elsewhere, in the place of its own or below them. */
  'lab-import': { demonstrations: readonly Demonstration[]; replace: boolean };
  'lab-load': null;
  'lab-choose': null;
  'lab-retry': null;
  'lab-cancel': null;
  'lab-dismiss': null;
  'lab-models': ModelsWish;
  'lab-set': Partial<Settings>;
  /** Asks the model again what was stopped. */
  'lab-answer': null;
  'lab-answer-stop': null;
  /** Runs what waits to be asked for, in one place of the page. */
  'lab-run': Place;
  'lab-generate': null;
  'lab-stop': null;
  'lab-write': string;
  'lab-surprise': number | null;
  /** The paths of the tree that are open. */
  'lab-grow': readonly string[];
  'lab-tree-stop': null;
  /** The token whose attention is in view. */
  'lab-look': number | 'last' | null;
  /** Heard by the attention, wherever it stands: the head that is to be seen; both numbers are from 0. */
  'lab-attend': { layer: number; head: number };
  'lab-hold': null;
  'lab-release': null;
  'lab-swap': null;
  /** What is to be made, and made again with every change; null: nothing any more. */
  'lab-make': { withResult: boolean } | null;
  'lab-address': string;
  'lab-open-receipt': File;
  'lab-put-away': 'receipt' | 'notices';
  'lab-start-over': null;
  'lab-task': TaskWish;
  'lab-lesson': LessonWish;
  /** The section *Transfer* comes into view. */
  'lab-transfer-open': null;
  'lab-transfer': TransferWish;
}

declare global {
  interface HTMLElementEventMap extends LabEventMap {}
}
type LabEventMap = { [Name in keyof LabEvents]: CustomEvent<LabEvents[Name]> };

/**
 * Visible text as a template. Model output passes through here as text, never as markup. A line may end after a space
 * that is drawn as it may after one that is not.
 */
export function drawn(pieces: readonly Piece[]): (string | TemplateResult)[] {
  return pieces.map((piece, index) => {
    if (piece.kind === 'text') return piece.text;
    const isBetweenWords = piece.text === '␣' && index > 0;
    return html`<span class=${piece.kind}>${piece.text}</span>${isBetweenWords ? html`<wbr />` : nothing}`;
  });
}
