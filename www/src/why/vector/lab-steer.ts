import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import { LabElement } from '../../elements/lab-element.ts';
import { strings } from '../../strings/index.ts';
import { bar, probability } from '../../ui/bars.ts';
import { slider } from '../../ui/slider.ts';
import type { Reading, SteeredAnswers } from '../figure.ts';

/** A slider adds a direction to the state; the bars of the answers follow, from what was read at each of its places. */
@customElement('lab-steer')
export class LabSteer extends LabElement {
  @property({ attribute: false }) steered!: readonly SteeredAnswers[];
  @property({ attribute: false }) about!: string;
  @state() private kind: SteeredAnswers['kind'] = 'examples';
  @state() private coefficient = 1;

  protected override render(): TemplateResult {
    const words = strings.probing.vector;
    const { steered, about } = this;
    const shown = steered.find(({ kind }) => kind === this.kind) ?? steered[0];
    if (!shown) return html``;
    const { readings, direction } = shown;
    const at = readings.findIndex(({ coefficient }) => coefficient === this.coefficient);
    const reading = readings[at]?.reading;
    const text = signed(this.coefficient);
    return html`
      <h3 class="steer-heading">${words.steer}</h3>
      ${steered.length < 2 ? nothing : this.kinds(steered, shown.kind)}
      <p class="hint">${words.adds[shown.kind](about, direction.layer)}</p>
      ${slider({
        ...{ id: 'steer', name: words.coefficient, most: readings.length - 1, step: 1 },
        ...{ value: at, text, spoken: text },
        slide: (place) => this.slide(place),
      })}
      <table class="plain steer-table">
        <thead>
          <tr><th scope="col">${strings.why.answerOf}</th><th scope="col" colspan="2" class="numeral">${words.head[shown.kind]}</th></tr>
        </thead>
        <tbody>
          ${sharesOf(shown.kind, reading).map(
            ({ name, p }) => html`<tr>
              <th scope="row" class="mono">${name}</th>
              <td class="steer-bar">${bar(p)}</td>
              <td class="numeral">${probability(p)}</td>
            </tr>`,
          )}
        </tbody>
      </table>
    `;
  }

  private kinds(steered: readonly SteeredAnswers[], shown: SteeredAnswers['kind']): TemplateResult {
    const words = strings.probing.vector;
    return html`<fieldset class="steer-kinds">
      <legend class="field-name">${words.direction}</legend>
      ${steered.map(
        ({ kind }) => html`<label class="check"
          ><input
            type="radio"
            name="steer-kind"
            value=${kind}
            .checked=${live(kind === shown)}
            @change=${() => {
              this.kind = kind;
            }}
          />${words.kinds[kind](this.about)}</label
        >`,
      )}
    </fieldset>`;
  }

  private slide(place: number): void {
    const [first] = this.steered;
    this.coefficient = first?.readings[place]?.coefficient ?? this.coefficient;
  }
}

/** What the demonstrations add decides whether the model answers at all; an answer's direction, which answer it gives. */
function sharesOf(kind: SteeredAnswers['kind'], reading: Reading | undefined): Reading['answers'] {
  const answers = reading?.answers ?? [];
  if (kind === 'examples') return answers;
  const all = answers.reduce((sum, { p }) => sum + p, 0);
  return answers.map(({ name, p }) => ({ name, p: all > 0 ? p / all : 0 }));
}

const signed = (c: number) => `${c < 0 ? '−' : c > 0 ? '+' : ''}${Math.abs(c).toFixed(2)}`;
