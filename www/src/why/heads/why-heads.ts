import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { type HeadPattern, headPatterns } from 'shotglass/experiments';
import { LabElement } from '../../elements/lab-element.ts';
import { strings } from '../../strings/index.ts';
import { insideWords } from '../../strings/inside-words.ts';
import { formatProbability } from '../../ui/numbers.ts';
import { reached } from '../../ui/roving.ts';
import { share } from '../../ui/share.ts';
import { type HeadsFigure, strongest } from './heads-figure.ts';

/** So many of the strongest heads are listed. */
const listed = 5;

/** The grid of heads, by the pattern that is chosen. A click on a head leads to its attention. */
@customElement('why-heads')
export class WhyHeads extends LabElement {
  @property({ attribute: false }) figure!: HeadsFigure;
  @state() private pattern: HeadPattern = 'induction';
  /** The head that the keyboard is at, from 0. */
  @state() private at = 0;

  protected override render(): TemplateResult {
    const { figure, pattern } = this;
    const words = insideWords().heads;
    const { scores, chance, count } = figure.patterns[pattern];
    return html`
      <fieldset class="scope">
        <legend class="visually-hidden">${words.pattern}</legend>
        ${headPatterns.map(
          (one) => html`<label class="check"><input
            type="radio"
            name="head-pattern"
            .checked=${one === pattern}
            @change=${() => {
              this.pattern = one;
            }}
          />${words.patterns[one].name}</label>`,
        )}
      </fieldset>
      <p class="why-title">${words.patterns[pattern].caption}</p>
      ${scores && chance !== null ? this.grid(scores) : html`<p class="hint">${words.nothing}</p>`}
      ${scores && chance !== null ? this.list(count, chance) : nothing}
      <p class="hint">${words.hint}</p>
    `;
  }

  private grid(scores: readonly number[]): TemplateResult {
    const { layers, heads } = this.figure;
    const words = insideWords().heads;
    const top = Math.max(...scores, 1e-9);
    return html`<div class="heads-scroll">
      <table
        class="heads-grid"
        role="grid"
        aria-label=${words.patterns[this.pattern].caption}
        @keydown=${this.walk}
        @click=${this.clicked}
      >
        <thead>
          <tr>
            <td></td>
            ${Array.from({ length: heads }, (_, head) => html`<th scope="col">${head + 1}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${Array.from(
            { length: layers },
            (_, layer) => html`<tr>
              <th scope="row">${layer + 1}</th>
              ${Array.from({ length: heads }, (_, head) => {
                const index = layer * heads + head;
                const score = scores[index] ?? 0;
                const name = words.head(layer + 1, head + 1, formatProbability(score));
                return html`<td
                  role="gridcell"
                  data-index=${index}
                  tabindex=${index === this.at ? 0 : -1}
                  aria-label=${name}
                  title=${name}
                  ${share(score / top)}
                ></td>`;
              })}
            </tr>`,
          )}
        </tbody>
      </table>
    </div>`;
  }

  private list(count: number, chance: number): TemplateResult {
    const words = insideWords().heads;
    return html`<table class="plain heads-list">
      <caption class="hint">${words.counted(count, formatProbability(chance))}</caption>
      <thead>
        <tr>
          <th scope="col">${words.strongest}</th>
          <th scope="col" class="numeral">${words.share}</th>
        </tr>
      </thead>
      <tbody>
        ${strongest(this.figure, this.pattern, listed).map(
          ({ layer, head, score }) => html`<tr>
            <th scope="row"><button type="button" class="link" @click=${() => this.open(layer, head)}>${words.named(layer, head)}</button></th>
            <td class="numeral">${formatProbability(score)}</td>
          </tr>`,
        )}
      </tbody>
    </table>`;
  }

  private open(layer: number, head: number): void {
    this.send('lab-attend', { layer: layer - 1, head: head - 1 });
  }

  private openAt(index: number): void {
    const { heads } = this.figure;
    this.at = index;
    this.open(Math.floor(index / heads) + 1, (index % heads) + 1);
  }

  private clicked = (event: Event): void => {
    const index = cellOf(event);
    if (index !== null) this.openAt(index);
  };

  private walk = async (event: KeyboardEvent): Promise<void> => {
    if (cellOf(event) === null) return;
    const { layers, heads } = this.figure;
    if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      this.openAt(this.at);
      return;
    }
    const [row, column] = [Math.floor(this.at / heads), this.at % heads];
    const down = reached(event, { at: row, last: layers - 1, along: 'column' });
    const across = isVertical(event)
      ? null
      : reached(event, { at: column, last: heads - 1, along: 'row' });
    if (down === null && across === null) return;
    this.at = across === null ? (down ?? row) * heads + column : row * heads + across;
    await this.updateComplete;
    this.querySelector<HTMLElement>('.heads-grid [tabindex="0"]')?.focus();
  };
}

const isVertical = ({ key }: KeyboardEvent) => key === 'ArrowUp' || key === 'ArrowDown';

function cellOf({ target }: Event): number | null {
  const cell = target instanceof Element ? target.closest('td[data-index]') : null;
  return cell instanceof HTMLElement ? Number(cell.dataset.index) : null;
}

export function drawHeads(figure: HeadsFigure): TemplateResult {
  return html`<why-heads .figure=${figure}></why-heads>`;
}

/** Which head copies what followed before, and which looks back; beside what chance would give. */
export function headsFinding(figure: HeadsFigure): string {
  const words = insideWords().heads;
  const sentences = (['induction', 'previous'] as const).flatMap((pattern) => {
    const [first] = strongest(figure, pattern, 1);
    const { chance } = figure.patterns[pattern];
    if (!first || chance === null) return [];
    const { layer, head, score } = first;
    return [
      words.finding[pattern](layer, head, formatProbability(score), formatProbability(chance)),
    ];
  });
  return sentences.join(strings.why.gap);
}
