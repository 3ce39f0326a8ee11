import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Problem } from '../../app/problem.ts';
import { LabElement } from '../../elements/lab-element.ts';
import type { Chart } from '../../figure/chart.ts';
import { strings } from '../../strings/index.ts';
import { formatProbability } from '../../ui/numbers.ts';
import { reached } from '../../ui/roving.ts';
import { share } from '../../ui/share.ts';
import { fromField, spoken } from '../../ui/visible.ts';
import { type Column, factsOf, type Ladder } from './ladder.ts';
import '../../figure/lab-figure.ts';

/** The same query after 0, 1, 2, … demonstrations: a column each, from 0 to 100 %, which sets the shots. */
@customElement('lab-ladder')
export class LabLadder extends LabElement {
  /** That of the pinned prompt, which is drawn as a line; null where there is none. */
  @property({ attribute: false }) held: Ladder | null = null;
  @property({ attribute: false }) ladder!: Ladder;
  /** What the button says that asks for it; null where it need not be asked for. */
  @property({ attribute: false }) wait: string | null = null;
  /** Why it was not answered, though it was asked for. */
  @property({ attribute: false }) problem: Problem | null = null;
  /** Whether the answer may be the beginning of a longer word. */
  @property({ type: Boolean }) mayGoOn = false;
  /** Describes the ladder, to save it. */
  @property({ attribute: false }) make!: () => Promise<Chart>;
  /** The column that the tab key reaches; the present one until the arrows have gone elsewhere. */
  @state() private reached: number | null = null;

  protected override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.get('ladder');
    if (before && before.current !== this.ladder.current) this.reached = null;
  }

  protected override render(): TemplateResult {
    const { columns, answer, old } = this.ladder;
    if (columns.length < 2) {
      return html`<p class="ladder-none hint">${strings.ladder.none}</p>`;
    }
    const ofLabels = this.ofLabels();
    const most = columns.at(-1)?.k ?? 0;
    const name = named(answer ?? '…');
    const others = !old && columns.some(({ isFirst }) => isFirst === false);
    const title = strings.ladder.title(name, most);
    const finding = this.finding(ofLabels);
    return html`<figure class="ladder ${old ? 'old' : ''}" aria-label=${title}>
      <figcaption class="ladder-title" ?data-crowded=${ofLabels || Boolean(this.held?.answer)}>
        <span class="ladder-long">${title}</span>
        <span class="ladder-short" aria-hidden="true">${strings.ladder.shortTitle(name, most)}</span>
        ${ofLabels ? html`<span class="ladder-legend"><i class="ladder-line" aria-hidden="true"></i> ${strings.ladder.posterior}</span>` : nothing}
        ${this.held?.answer ? html`<span class="ladder-legend"><i class="ladder-line of-held" aria-hidden="true"></i> ${strings.compare.ladder(named(this.held.answer))}</span>` : nothing}
        ${others ? html`<span class="ladder-legend of-others"><i class="ladder-swatch" aria-hidden="true"></i> ${strings.ladder.hatched}</span>` : nothing}
        <lab-figure .name=${title} .make=${answer === null || old ? null : this.make}></lab-figure>
      </figcaption>
      <div class="ladder-frame">
        <div class="ladder-axis" aria-hidden="true">
          <span class="ladder-scale"><i>100%</i><i>50</i><i>0</i></span>
          <span class="rung-k">k</span>
        </div>
        <ol class="rungs" @keydown=${this.walk} @focusout=${this.left}>
          ${columns.map((column) => this.rung(column))}
        </ol>
      </div>
      ${this.wait !== null && finding === nothing ? nothing : html`<p class="ladder-finding" data-labels=${ofLabels ? 'true' : 'false'}>${finding}${this.mayGoOn && !ofLabels ? strings.ladder.betweenSentences + strings.ladder.mayGoOn : nothing}</p>`}
      ${this.wait === null ? nothing : this.asking(this.wait)}
    </figure>`;
  }

  /** What stands in the place of the finding until the reader asks for it. */
  private asking(wait: string): TemplateResult {
    const { problem } = this;
    return html`<div class="ladder-ask">
      ${problem ? html`<p class="sentence" role="alert" data-code=${problem.code}>${problem.sentence}</p>` : nothing}
      ${this.askButton('ladder', wait)}
    </div>`;
  }

  /** On a narrow screen the columns scroll: the present one is kept in view, and the page where it is. */
  protected override updated(changed: PropertyValues<this>): void {
    const before = changed.get('ladder');
    const { current: now, columns } = this.ladder;
    // To measure makes the browser lay out the page, so only where something can have moved.
    if (before?.current === now && before.columns.length === columns.length) return;
    const current = this.querySelector<HTMLElement>('[aria-current=true]');
    const list = current?.closest<HTMLElement>('.rungs');
    if (!current || !list || list.scrollWidth <= list.clientWidth) return;
    const [seen, place] = [list.getBoundingClientRect(), current.getBoundingClientRect()];
    if (place.left < seen.left) list.scrollLeft -= seen.left - place.left;
    if (place.right > seen.right) list.scrollLeft += place.right - seen.right;
  }

  private rung(column: Column): TemplateResult {
    const { k, p, posterior, name, isFirst, problem } = column;
    const { current } = this.ladder;
    const first = isFirst !== false;
    const held = this.heldAt(k);
    return html`<li>
      <button
        type="button"
        class="rung"
        data-k=${k}
        data-first=${first ? 'true' : 'false'}
        aria-current=${k === current ? 'true' : 'false'}
        aria-disabled=${problem === undefined ? 'false' : 'true'}
        aria-label=${this.detail(column, (name) => spoken(fromField(name)))}
        title=${this.detail(column, (name) => name)}
        tabindex=${k === (this.reached ?? current) ? 0 : -1}
        @click=${() => this.choose(column)}
      >
        <span class="rung-track" data-known=${p === null ? 'false' : 'true'} aria-hidden="true">
          ${problem !== undefined ? html`<i>×</i>` : p === null ? nothing : html`<span ${share(p)}></span>`}
          ${posterior === null ? nothing : html`<b class="rung-posterior" ${share(posterior)}></b>`}
          ${held === null ? nothing : html`<b class="rung-posterior of-held" ${share(held)}></b>`}
          ${isFirst === false && name !== null ? html`<em class="rung-first" dir="auto">${name}</em>` : nothing}
        </span>
        <span class="rung-k" aria-hidden="true">${k}</span>
      </button>
    </li>`;
  }

  /** The probability of the pinned prompt's answer after as many shots; null where that is not known. */
  private heldAt(k: number): number | null {
    return this.held?.columns.find((column) => column.k === k)?.p ?? null;
  }

  private ofLabels(): boolean {
    const { ofLabels, columns } = this.ladder;
    return ofLabels ?? columns.some(({ mass }) => mass !== null);
  }

  /** What a column says; `tell` writes the answers, for the eye or for the ear. */
  private detail({ k, p, mass, name, problem }: Column, tell: (name: string) => string): string {
    const { at, first, owned, unknown } = strings.ladder;
    const { answer } = this.ladder;
    const shots = strings.ladder.shots(k);
    const held = this.heldAt(k);
    if (problem !== undefined) return strings.ladder.gap(shots, problem);
    if (p === null || answer === null) return strings.ladder.gap(shots, unknown);
    return [
      at(shots, tell(answer), formatProbability(p)),
      name === null || name === answer ? null : first(tell(name)),
      mass === null ? null : owned(formatProbability(mass)),
      held === null ? null : `${strings.compare.a} ${formatProbability(held)}`,
    ]
      .filter((part) => part !== null)
      .join(strings.ladder.join);
  }

  private finding(ofLabels: boolean): string | typeof nothing {
    const facts = factsOf(this.ladder);
    if (!facts) return nothing;
    const { answer, none, here, best } = facts;
    const { finding, masses } = strings.ladder;
    const shown = formatProbability;
    const at = ({ k, p }: typeof here) => ({ k, p: shown(p) });
    return [
      finding(named(answer), shown(none.p), at(here), at(best)),
      ofLabels && none.mass !== null && here.mass !== null
        ? masses(shown(none.mass), here.k, shown(here.mass))
        : null,
    ]
      .filter((sentence) => sentence !== null)
      .join(strings.ladder.betweenSentences);
  }

  private choose({ k, problem }: Column): void {
    if (problem !== undefined) return;
    this.edit({ type: 'shots', shots: k });
    this.edit({ type: 'pause' });
  }

  /** One stop of the tab key; the arrows go from column to column. */
  private walk(event: KeyboardEvent): void {
    const { columns, current } = this.ladder;
    const at = columns.findIndex(({ k }) => k === (this.reached ?? current));
    const to = reached(event, { at, last: columns.length - 1, along: 'row' });
    const column = to === null ? undefined : columns[to];
    if (!column) return;
    this.reached = column.k;
    this.querySelector<HTMLElement>(`[data-k="${column.k}"]`)?.focus();
  }

  private left(event: FocusEvent): void {
    const list = event.currentTarget as HTMLElement;
    if (!list.contains(event.relatedTarget as Node | null)) this.reached = null;
  }
}

/** An answer in a sentence: a word, without the space that its token begins with. */
function named(answer: string): string {
  return fromField(answer).trim() || answer;
}
