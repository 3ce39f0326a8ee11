import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { share } from './share.ts';

interface Slider {
  id: string;
  name: string;
  /** The lowest value is 0. */
  most: number;
  step: number;
  value: number;
  /** What stands behind it. */
  text: string;
  /** What a screen reader says of the value; without it the value. */
  spoken?: string;
  slide: (value: number) => void;
}

/** A slider with its name above it and its value behind it. */
export function slider({
  id,
  name,
  most,
  step,
  value,
  text,
  spoken,
  slide,
}: Slider): TemplateResult {
  return html`<div class="field">
    <label class="field-name" for=${id}>${name}</label>
    <span class="joined">
      <input
        id=${id}
        type="range"
        min="0"
        max=${most}
        step=${step}
        aria-valuetext=${spoken ?? nothing}
        ${share(most > 0 ? value / most : 0)}
        .value=${live(String(value))}
        @input=${(event: Event) => slide(Number((event.target as HTMLInputElement).value))}
      />
      <output for=${id}>${text}</output>
    </span>
  </div>`;
}
