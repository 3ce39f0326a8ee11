import { html, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import { LabElement } from '../elements/lab-element.ts';
import { lessonWords } from '../strings/lesson-words.ts';
import { share } from '../ui/share.ts';

/** What the three buttons set, in percent. */
const shortcuts = [
  ['no', 10],
  ['unsure', 50],
  ['yes', 90],
] as const;

/** How sure the reader is: a slider, three buttons that set it, and a button that reveals the answer. */
@customElement('lab-chance')
export class LabChance extends LabElement {
  /** What is asked. Another question begins at 50 again. */
  @property() question = '';
  @state() private percent = 50;

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (changed.has('question')) this.percent = 50;
  }

  protected override render(): TemplateResult {
    const words = lessonWords();
    const { percent } = this;
    return html`<form class="chance" @submit=${this.reveal}>
      <div class="chance-buttons" role="group" aria-label=${words.chanceOf}>
        ${shortcuts.map(
          ([name, value]) => html`<button
            type="button"
            class="quiet"
            aria-pressed=${percent === value ? 'true' : 'false'}
            @click=${() => this.set(value)}
          >${words[name]}</button>`,
        )}
      </div>
      <label class="chance-slider">
        <span class="visually-hidden">${words.chanceOf}</span>
        <input
          type="range"
          min="0"
          max="100"
          step="1"
          aria-valuetext="${percent}%"
          ${share(percent / 100)}
          .value=${live(String(percent))}
          @input=${(event: InputEvent) => this.set(Number((event.target as HTMLInputElement).value))}
        />
        <output>${percent}%</output>
      </label>
      <button type="submit" class="primary small">${words.reveal}</button>
    </form>`;
  }

  private set(percent: number): void {
    this.percent = percent;
  }

  private readonly reveal = (event: SubmitEvent): void => {
    event.preventDefault();
    this.send('lab-lesson', { do: 'reveal', guess: this.percent / 100 });
  };
}
