import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import type { SurprisalEntry, Token } from 'shotglass';
import type { JobState } from '../app/job.ts';
import type { LabModelInfo } from '../app/lab-model.ts';
import { Pace } from '../app/pace.ts';
import type { LabPrompt } from '../app/prompt.ts';
import type { Settings } from '../app/settings.ts';
import type { Draft } from '../app/state.ts';
import { drawn, LabElement } from '../elements/lab-element.ts';
import type { LabStrip, StripItem } from '../elements/lab-strip.ts';
import { cellsFromText } from '../elements/strip.ts';
import { language, strings } from '../strings/index.ts';
import { formatBits, formatChoices, formatEstimate } from '../ui/numbers.ts';
import { share } from '../ui/share.ts';
import { pieces } from '../ui/visible.ts';
import type { LabAlternatives } from './lab-alternatives.ts';
import type { Effects, LabFinding } from './lint.ts';
import { type Expected, knownOf, steps, type Totals, totalsOf } from './surprisal.ts';
import { type RecordedToken, recordedItems, tokenItems } from './token-items.ts';
import './lab-alternatives.ts';
import './lab-lint.ts';
import './lab-raw.ts';
import '../elements/lab-strip.ts';
import '../elements/lab-term.ts';

const views = ['roles', 'surprisal'] as const;

/** The exact text that the model is given, as the tokens it reads; and how surprised it is at each of them. */
@customElement('lab-exact')
export class LabExact extends LabElement {
  @property({ attribute: false }) prompt!: LabPrompt;
  @property({ attribute: false }) draft!: Draft;
  /** The tokens of `prompt`, or null while they are not known. */
  @property({ attribute: false }) tokens: readonly Token[] | null = null;
  /** The tokens that are recorded of `prompt`; null where none are, or a model is loaded. */
  @property({ attribute: false }) recorded: readonly RecordedToken[] | null = null;
  /** What is loaded; null where nothing is. */
  @property({ attribute: false }) info: Readonly<LabModelInfo> | null = null;
  /** Why the model does not tell surprisals; null if it does. */
  @property({ attribute: false }) lack: string | null = null;
  /** How fast the model runs here. */
  @property({ attribute: false }) pace = new Pace();
  @property({ attribute: false }) view: Settings['strip'] = 'roles';
  @property({ attribute: false }) surprisal!: JobState<readonly SurprisalEntry[]>;
  @property({ attribute: false }) expected!: JobState<Expected>;
  @property({ attribute: false }) findings: readonly LabFinding[] = [];
  @property({ attribute: false }) effects!: JobState<Effects>;
  /** What the buttons say that ask for what is told of the prompt, and for the effects of fixes. */
  @property({ attribute: false }) exactWait: string | null = null;
  @property({ attribute: false }) fixesWait: string | null = null;
  /** What the model itself would write next; empty where that is not known. */
  @property({ attribute: false }) ghost = '';
  /** Whether all of the prompt is shown, and not only as much as fits. */
  @state() private unfolded = false;
  @state() private copied = false;
  /** Whether the prompt is edited as text. */
  @state() private raw = false;
  @query('lab-strip') private strip!: LabStrip | null;
  @query('lab-alternatives') private alternatives!: LabAlternatives | null;
  private known: readonly SurprisalEntry[] = [];
  private items: readonly StripItem[] = [];
  /** What `items` were made from. */
  private made: readonly unknown[] = [];

  protected override willUpdate(): void {
    this.draw();
  }

  /** Makes the cells anew where anything that they show has changed; progress alone changes nothing. */
  private draw(): void {
    const { tokens, prompt, view } = this;
    const { result } = this.surprisal;
    const { recorded } = this;
    const made = [tokens, prompt, view, result, language, recorded];
    if (made.every((part, at) => part === this.made[at])) return;
    const spoken = this.made[4] === language;
    this.made = made;
    this.known = tokens ? knownOf(result ?? [], tokens) : [];
    const told = view === 'surprisal' ? this.known : [];
    this.items = tokens
      ? tokenItems(tokens, prompt, told, spoken ? this.items : [])
      : recorded
        ? recordedItems(recorded, prompt, view === 'surprisal')
        : textItems(prompt);
  }

  protected override render(): TemplateResult {
    return html`
      <div class="field-head">
        <h2 id="exact-heading" class="minor">${strings.exact}</h2>
        <button
          type="button"
          class="link"
          id="unfold"
          aria-expanded=${this.unfolded ? 'true' : 'false'}
          ?hidden=${this.raw}
          @click=${() => {
            this.unfolded = !this.unfolded;
          }}
        >${this.unfolded ? strings.foldExact : strings.unfoldExact}</button>
        <button type="button" class="link" id="edit-text" @click=${() => this.setRaw(!this.raw)}>
          ${this.raw ? strings.raw.done : strings.raw.edit}
        </button>
        <button type="button" class="link" @click=${this.copy}>
          ${this.copied ? strings.copied : strings.copy}
        </button>
      </div>
      ${this.length()}
      ${this.raw ? this.text() : this.tokenStrip()}
      ${this.draft.appended.length > 0 ? this.takeBack() : nothing}
      <lab-lint
        .findings=${this.findings}
        .effects=${this.effects}
        .text=${this.prompt.text}
        .ready=${this.info !== null}
        .wait=${this.fixesWait}
      ></lab-lint>
    `;
  }

  /** How long the prompt is, against what the model can read at once. */
  private length(): TemplateResult {
    const { tokens, info, prompt } = this;
    if (!tokens || !info) {
      return html`<div class="length">
        <span class="length-line" aria-hidden="true"></span>
        <span class="token-count">${strings.characterCount([...prompt.text].length)}</span>
        ${this.switch()}
      </div>`;
    }
    const most = info.contextLength;
    const over = most !== null && tokens.length > most;
    const count = strings.tokenCount(tokens.length, most);
    const durationMs = this.pace.durationMs(tokens.length);
    return html`<div class="length ${over ? 'over' : ''}">
      ${
        most === null
          ? html`<span class="length-line" aria-hidden="true"></span>`
          : html`<span
              class="length-line"
              role="meter"
              aria-label=${strings.contextUsed}
              aria-valuemin="0"
              aria-valuemax=${most}
              aria-valuenow=${Math.min(tokens.length, most)}
              aria-valuetext=${count}
              ><span ${share(Math.min(1, tokens.length / most))}></span
            ></span>`
      }
      <span class="length-text"
        ><span class="token-count">${count}</span>
        ${durationMs === null ? nothing : html`<span class="pace" title=${strings.paceTitle}>${strings.pace(formatEstimate(durationMs))}</span>`}</span
      >
      ${this.switch()}
    </div>`;
  }

  private switch(): TemplateResult | typeof nothing {
    if (this.raw) return nothing;
    return html`<fieldset class="view-switch">
      <legend class="visually-hidden">${strings.surprise.switch}</legend>
      ${views.map(
        (view) => html`<label
          ><input
            type="radio"
            name="strip-view"
            value=${view}
            .checked=${view === this.view}
            @change=${() => this.send('lab-set', { strip: view })}
          /><span>${strings.surprise.views[view]}</span></label
        >`,
      )}
    </fieldset>`;
  }

  private tokenStrip(): TemplateResult {
    const { tokens, prompt, view } = this;
    return html`
      <lab-strip
        ?data-unfolded=${this.unfolded}
        .ghost=${this.ghost}
        .tail=${prompt.text}
        .tint=${view}
        .items=${this.items}
        .label=${strings.stripLabel}
        .hint=${tokens ? strings.stripHint : strings.stripPlain}
        .choose=${tokens ? this.openAlternatives : null}
      ></lab-strip>
      ${view === 'surprisal' ? this.scale() : [this.legend(), this.askButton('exact', this.exactWait)]}
      <lab-alternatives
        .tokens=${tokens}
        .known=${this.known}
        .jobState=${this.surprisal}
        .expected=${this.expected}
        .text=${prompt.text}
        .vocabularySize=${this.info?.vocabularySize ?? null}
        .cellAt=${this.cellAt}
        .goTo=${this.goTo}
      ></lab-alternatives>
    `;
  }

  private legend(): TemplateResult {
    const isAdded = this.items.some(({ tone }) => tone === 'added');
    const spans = this.prompt.spans.map((span) => span.role);
    const roles = new Set([...(isAdded ? (['added'] as const) : []), ...spans]);
    return html`<ul class="legend" aria-label=${strings.legend}>
      ${[...roles].map((role) => html`<li data-tone=${role}>${strings.roles[role]}</li>`)}
    </ul>`;
  }

  /** What the tint means, and what the surprisals come to. */
  private scale(): TemplateResult {
    const { surprise } = strings;
    return html`
      <div class="scale">
        <span class="scale-name">${surprise.bits}<lab-term .name=${surprise.views.surprisal} .about=${surprise.about}></lab-term></span>
        <ol class="scale-steps" aria-label=${surprise.scale}>
          ${steps.map((from, step) => html`<li><span class="scale-step" data-step=${step}></span>${surprise.from(from, step === steps.length - 1)}</li>`)}
        </ol>
      </div>
      <p class="totals">${this.totals()} ${this.askButton('exact', this.exactWait)}</p>
    `;
  }

  private totals(): TemplateResult | string {
    const { surprise } = strings;
    const { tokens, surprisal } = this;
    if (!this.info) {
      const recorded = this.recorded?.map(({ bytes, logprob }) => ({ logprob, token: { bytes } }));
      const totals = recorded ? totalsOf(recorded) : null;
      return totals ? this.written(totals) : surprise.needsModel;
    }
    if (this.lack !== null) return this.lack;
    const all = tokens !== null && tokens.length > 0 && this.known.length === tokens.length;
    if (all && tokens.length === 1) return surprise.onlyOne;
    const totals = all ? totalsOf(this.known) : null;
    if (totals) return this.written(totals);
    if (surprisal.problem) return surprisal.problem.sentence;
    const { progress } = surprisal;
    if (progress) return strings.runningTokens(progress.done, progress.total);
    return this.exactWait === null ? surprise.waiting : '';
  }

  private written({ bits, nats, bitsPerByte }: Totals): TemplateResult {
    const { sum, per } = strings.surprise;
    return html`<data value=${bits}>${sum(formatBits(bits))}</data
      >${per(formatChoices(nats), formatBits(bitsPerByte))}`;
  }

  private text(): TemplateResult {
    return html`<lab-raw
      .text=${this.prompt.text}
      .free=${this.draft.text !== null}
      @raw-done=${() => this.setRaw(false)}
    ></lab-raw>`;
  }

  private takeBack(): TemplateResult {
    return html`
      <p class="appended">
        <span
          >${strings.appendedLabel}:
          <span class="appended-text">${drawn(pieces(this.draft.appended.join('')))}</span></span
        >
        <button type="button" class="link" @click=${() => this.edit({ type: 'unappend' })}>
          ${strings.unappend}
        </button>
        <button type="button" class="link" @click=${() => this.edit({ type: 'clear-appended' })}>
          ${strings.clearAppended}
        </button>
      </p>
    `;
  }

  private async setRaw(raw: boolean): Promise<void> {
    this.raw = raw;
    // What was typed is one step of undo; what comes next is another.
    this.edit({ type: 'pause' });
    await this.updateComplete;
    const next = raw ? this.querySelector<HTMLElement>('lab-raw textarea') : null;
    (next ?? this.querySelector<HTMLElement>('#edit-text'))?.focus();
  }

  private readonly openAlternatives = (index: number): void => {
    this.send('lab-surprise', index);
    void this.alternatives?.open(index);
  };

  private readonly cellAt = (index: number) => this.strip?.cellAt(index) ?? null;

  private readonly goTo = (index: number) => this.strip?.focusOn(index) ?? Promise.resolve();

  private async copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(this.prompt.text);
    } catch {
      // The browser may forbid it; then the button does not claim that it was done.
      return;
    }
    this.copied = true;
    setTimeout(() => {
      this.copied = false;
    }, 1500);
  }
}

function textItems(prompt: LabPrompt): StripItem[] {
  return cellsFromText(prompt).map(({ pieces, role, breaks }) => ({
    pieces,
    breaks,
    tone: role,
    name: null,
    detail: null,
  }));
}
