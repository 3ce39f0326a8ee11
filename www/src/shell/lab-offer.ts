import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Probe } from '../app/probe.ts';
import { LabElement } from '../elements/lab-element.ts';
import { strings } from '../strings/index.ts';

/** What it would be like to run the model here: how fast, or why not; and which other model could. */
@customElement('lab-offer')
export class LabOffer extends LabElement {
  @property({ attribute: false }) probe: Probe | null = null;
  /** Tokens of the prompt that is shown. */
  @property({ attribute: false }) tokens = 0;

  protected override render(): TemplateResult {
    const { first } = strings;
    const obstacle = this.probe?.obstacle;
    if (obstacle)
      return html`<p class="hint" id="obstacle" role="status">${first.obstacles[obstacle]}</p>`;
    return html`<p class="hint">
      ${this.speed()} ${first.file}
      <button type="button" class="link" @click=${() => this.send('lab-choose', null)}>${strings.chooseFile}</button>${strings.first.stop}
    </p>`;
  }

  private speed(): string | typeof nothing {
    const rate = this.probe?.rate;
    if (!rate) return nothing;
    const { first } = strings;
    const [low, high] = [this.tokens / rate.high, this.tokens / rate.low];
    return first.pace(high < 0.5 ? first.underHalf : first.seconds(oneDigit(low), oneDigit(high)));
  }
}

/** It is a guess: one digit, and never less than a twentieth of a second. */
function oneDigit(seconds: number): string {
  return String(Number(Math.max(0.05, seconds).toPrecision(1)));
}
