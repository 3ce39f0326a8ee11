import { html, nothing, type PropertyValues, svg, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Attention, Token } from 'shotglass';
import type { JobState } from '../app/job.ts';
import type { LabPrompt } from '../app/prompt.ts';
import { drawn, LabElement } from '../elements/lab-element.ts';
import { type Cell, cellsFromTokens } from '../elements/strip.ts';
import { strings } from '../strings/index.ts';
import { probability } from '../ui/bars.ts';
import { cite } from '../ui/cite.ts';
import { formatProbability } from '../ui/numbers.ts';
import { indexIn, reached } from '../ui/roving.ts';
import { share } from '../ui/share.ts';
import { spokenToken } from '../ui/visible.ts';
import { mostAttended, scaleOf, sharesOf } from './attention.ts';

/** How many tokens are listed beside the first one and the token itself. */
const listed = 4;

/** What each token may attend to, and what the one that is chosen does attend to. */
@customElement('lab-attention')
export class LabAttention extends LabElement {
  @property({ attribute: false }) prompt!: LabPrompt;
  @property({ attribute: false }) tokens: readonly Token[] | null = null;
  @property({ attribute: false }) jobState!: JobState<Attention>;
  @state() private layer: number | null = null;
  /** Null for all heads of the layer. */
  @state() private head: number | null = null;
  /** Null for the last. */
  @state() private chosen: number | null = null;
  private cells: Cell[] = [];
  /** What the cells are made of. */
  private seen: { prompt: LabPrompt | null; tokens: readonly Token[] | null } = {
    prompt: null,
    tokens: null,
  };
  private watcher: IntersectionObserver | null = null;
  private inView = false;

  /** Nobody need pay for attention that is not in view. */
  override connectedCallback(): void {
    super.connectedCallback();
    this.watcher = new IntersectionObserver(
      (entries) => {
        this.inView = entries.at(-1)?.isIntersecting ?? false;
        this.take();
        this.look();
        this.requestUpdate();
      },
      // A little early, so that it has its height before it is seen.
      { rootMargin: '30% 0px' },
    );
    this.watcher.observe(this);
    document.addEventListener('lab-attend', this.attend);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.watcher?.disconnect();
    document.removeEventListener('lab-attend', this.attend);
  }

  private look(): void {
    this.send('lab-look', this.inView ? (this.chosen ?? 'last') : null);
  }

  /** A long prompt has thousands of cells: while nobody sees them, typing need not wait for them. */
  protected override shouldUpdate(changed: PropertyValues<this>): boolean {
    const follows = ['prompt', 'tokens', 'jobState'];
    const only =
      changed.size > 0 && [...changed.keys()].every((key) => follows.includes(String(key)));
    return this.inView || !this.hasUpdated || !only;
  }

  protected override willUpdate(): void {
    this.take();
  }

  /** Shows a head that was chosen elsewhere on the page. */
  private attend = async (event: Event): Promise<void> => {
    ({ layer: this.layer, head: this.head } = (event as HTMLElementEventMap['lab-attend']).detail);
    this.scrollIntoView({ block: 'center' });
    await this.updateComplete;
    this.querySelector<HTMLElement>('.attention-strip [tabindex="0"]')?.focus({
      preventScroll: true,
    });
  };

  /** Makes the cells of the prompt as it stands. Another prompt is read from its end again. */
  private take(): void {
    const { prompt, tokens, seen } = this;
    if (seen.prompt?.text !== prompt.text) this.chosen = null;
    if (tokens && tokens !== seen.tokens) this.cells = cellsFromTokens(tokens, prompt);
    this.seen = { prompt, tokens };
  }

  /** The attention of the prompt as it stands, of whichever token was asked about last. */
  private get attention(): Attention | null {
    const { result, of } = this.jobState;
    return this.tokens && of === this.prompt.text ? result : null;
  }

  protected override render(): TemplateResult {
    const { causal } = strings.story;
    return html`<div class="attention">
      <figure class="triangle">
        ${trianglePicture()}
        <figcaption class="visually-hidden">${causal.triangle}</figcaption>
      </figure>
      <div class="attention-live">
        ${this.cells.length > 0 && this.tokens ? this.live() : html`<p class="hint">${causal.needsModel}</p>`}
      </div>
    </div>`;
  }

  private live(): TemplateResult {
    const { causal } = strings.story;
    const { attention } = this;
    const { problem } = this.jobState;
    return html`
      <div class="attention-head">
        <p class="hint">${causal.choose}</p>
        <label class="field inline">
          <span class="field-name">${causal.layer}</span>
          <select @change=${this.chooseLayer}>
            <option value="" ?selected=${this.layer === null}>${causal.allLayers}</option>
            ${Array.from(
              { length: attention?.layers ?? 0 },
              (_, layer) =>
                html`<option value=${layer} ?selected=${layer === this.layer}>${causal.oneLayer(layer + 1, attention?.layers ?? 0)}</option>`,
            )}
          </select>
        </label>
        ${this.layer === null || !attention ? nothing : this.headField(attention.heads)}
      </div>
      ${problem ? html`<p class="sentence" role="alert" data-code=${problem.code}>${problem.sentence}</p>` : nothing}
      ${this.strip(attention)} ${attention ? this.table(attention) : html`<div class="attention-room"></div>`}
      <p class="hint">
        ${causal.caveat} ${cite('notExplanation')}
      </p>
    `;
  }

  private strip(attention: Attention | null): TemplateResult {
    const { causal } = strings.story;
    const at = this.chosen ?? this.cells.length - 1;
    const shares = attention?.position === at ? sharesOf(attention, this.layer, this.head) : null;
    const scale = shares ? scaleOf(shares) : null;
    return html`<div
        class="strip attention-strip"
        dir="auto"
        role="listbox"
        aria-label=${causal.strip}
        aria-orientation="horizontal"
        @keydown=${this.walk}
        @click=${this.clicked}
      >
        ${this.cells.map((cell, index) => {
          const portion = index <= at ? shares?.[index] : undefined;
          const sink = index === 0 && scale?.sink;
          const about =
            index > at
              ? causal.ahead
              : portion === undefined
                ? ''
                : causal.share(formatProbability(portion));
          const name = causal.token(index, spokenToken(cell.token?.bytes ?? new Uint8Array()));
          const tint = portion === undefined || !scale || sink ? 0 : portion / (scale.top || 1);
          return html`<span
              class="cell ${index === at ? 'reader' : ''} ${index > at ? 'ahead' : ''} ${sink ? 'sink' : ''}"
              role="option"
              aria-selected=${index === at ? 'true' : 'false'}
              aria-label=${about ? `${name}${strings.words.comma}${about}` : name}
              title=${about || nothing}
              tabindex=${index === at ? 0 : -1}
              data-index=${index}
              ${share(tint)}
              >${drawn(cell.pieces)}</span
            ><wbr />${cell.breaks > 0 ? html`<br />` : nothing}`;
        })}
      </div>
      <p class="hint attention-scale">
        ${scale ? causal.scale(formatProbability(scale.top)) : nothing}
        ${scale?.sink ? html`${causal.sink} ${cite('sink')}` : nothing}
      </p>`;
  }

  private table(attention: Attention): TemplateResult {
    const { causal } = strings.story;
    const { heads } = attention;
    const shares = sharesOf(attention, this.layer, this.head);
    const which = this.head === null ? causal.heads(heads) : causal.ofHead(this.head + 1, heads);
    const { listed: rows, rest } = mostAttended(shares, listed);
    const reader = attention.tokens[attention.position];
    const old = attention.position !== (this.chosen ?? this.cells.length - 1);
    const role = (index: number) =>
      index === attention.position ? causal.itself : index === 0 ? causal.first : null;
    return html`<table class="attended ${old ? 'old' : ''}" aria-busy=${old ? 'true' : 'false'}>
      <caption>${causal.table(reader ? spokenToken(reader.bytes) : '')}${strings.words.semicolon}${which}</caption>
      <thead>
        <tr>
          <th scope="col">${causal.attended}</th>
          <th scope="col" class="bar-cell"><span class="axis" aria-hidden="true"><i>0</i><i>50</i><i>100%</i></span><span class="visually-hidden">${strings.probability}</span></th>
          <th scope="col" class="numeral">${causal.shareHead}</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map(({ index, share: portion }) => {
          const cell = this.cells[index];
          return html`<tr>
            <th scope="row">
              <span class="token" dir="auto">${cell ? drawn(cell.pieces) : nothing}</span>
              <span class="aside">${role(index) ?? index + 1}</span>
            </th>
            <td class="bar-cell"><span class="bar" aria-hidden="true"><span ${share(portion)}></span></span></td>
            <td class="numeral">${probability(portion)}</td>
          </tr>`;
        })}
        ${
          rest.count > 0
            ? html`<tr class="rest">
                <th scope="row"><span class="aside">${causal.rest(rest.count)}</span></th>
                <td class="bar-cell"><span class="bar" aria-hidden="true"><span ${share(rest.share)}></span></span></td>
                <td class="numeral">${probability(rest.share)}</td>
              </tr>`
            : nothing
        }
      </tbody>
    </table>`;
  }

  private chooseLayer(event: Event): void {
    const { value } = event.target as HTMLSelectElement;
    this.layer = value === '' ? null : Number(value);
    if (this.layer === null) this.head = null;
  }

  private headField(heads: number): TemplateResult {
    const { causal } = strings.story;
    const choose = (event: Event) => {
      const { value } = event.target as HTMLSelectElement;
      this.head = value === '' ? null : Number(value);
    };
    return html`<label class="field inline">
      <span class="field-name">${causal.head}</span>
      <select @change=${choose}>
        <option value="" ?selected=${this.head === null}>${causal.allHeads}</option>
        ${Array.from(
          { length: heads },
          (_, head) =>
            html`<option value=${head} ?selected=${head === this.head}>${causal.oneHead(head + 1, heads)}</option>`,
        )}
      </select>
    </label>`;
  }

  private choose(index: number): void {
    this.chosen = index === this.cells.length - 1 ? null : index;
    this.look();
  }

  private clicked(event: Event): void {
    const index = indexIn(event);
    if (index !== null) this.choose(index);
  }

  private walk(event: KeyboardEvent): void {
    const last = this.cells.length - 1;
    const index = reached(event, { at: this.chosen ?? last, last, along: 'lines' });
    if (index === null) return;
    this.choose(index);
    this.querySelector<HTMLElement>(`.cell[data-index="${index}"]`)?.focus();
  }
}

const shown = ['Q:', 'walk', 'A:', 'walked', 'Q:', 'cook', 'A:'] as const;
const step = 20;

/** Which tokens a token may read: itself and those before it. */
function trianglePicture(): TemplateResult {
  const { reads, read } = strings.story.causal;
  const size = shown.length * step;
  const squares = shown.flatMap((_, row) =>
    shown.map((_, column) => {
      const may = column <= row;
      const last = row === shown.length - 1;
      return svg`<rect
        class=${may ? (last ? 'may last' : 'may') : 'may-not'}
        x=${column * step + 1} y=${row * step + 1} width=${step - 2} height=${step - 2} rx="2" />`;
    }),
  );
  return html`<svg viewBox="-56 -64 ${size + 60} ${size + 84}" aria-hidden="true" focusable="false">
    ${squares}
    ${shown.map((token, i) => svg`<text x="-6" y=${i * step + 14} text-anchor="end">${token}</text>`)}
    ${shown.map((token, i) => svg`<text transform="translate(${i * step + 14} -6) rotate(-55)">${token}</text>`)}
    <text class="axis-name" x="-56" y=${size + 15}>↑ ${reads}</text>
    <text class="axis-name" x=${size + 4} y=${-50} text-anchor="end">${read}</text>
  </svg>`;
}
