import { html, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { strings } from '../strings/index.ts';

/** What shares a tab, and how the reader chooses between them. */
export function scopeField<Choice extends string>(
  { legend, choices }: { legend: string; choices: readonly (readonly [Choice, string])[] },
  current: Choice,
  choose: (choice: Choice) => void,
): TemplateResult {
  return html`<fieldset class="scope">
    <legend class="visually-hidden">${legend}</legend>
    ${choices.map(
      ([id, name]) => html`<label class="check"
        ><input
          type="radio"
          name="why-scope"
          value=${id}
          .checked=${live(current === id)}
          @change=${() => choose(id)}
        />${name}</label
      >`,
    )}
  </fieldset>`;
}

/** Whether demonstrations are taken away, or every part of the prompt. */
export function partsScope() {
  const { what, whole, every } = strings.why.effects;
  const choices = [
    ['influence', whole],
    ['attribution', every],
  ] as const;
  return { legend: what, choices };
}

/** Whether the present prompt is evaluated alone, or beside the pinned one. */
export function rowsScope() {
  const { what, alone, both } = strings.pair;
  const choices = [
    ['evaluate', alone],
    ['compare', both],
  ] as const;
  return { legend: what, choices };
}

/** Which prompt states are put into. */
export function againstScope() {
  const { what, outputs, pinned } = strings.pair.against;
  const choices = [
    ['outputs', outputs],
    ['pinned', pinned],
  ] as const;
  return { legend: what, choices };
}
