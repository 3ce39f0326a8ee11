import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { strings } from '../../strings/index.ts';
import type { Sentences } from '../figure.ts';

/** Whether two sentences can be compared. */
export function areTwo({ first, second }: Sentences): boolean {
  return first.trim() !== '' && second.trim() !== '' && first !== second;
}

/** Our pairs, or two sentences of the reader. */
export function sentenceFields(
  sentences: Sentences | null,
  choose: (sentences: Sentences | null) => void,
): TemplateResult {
  const words = strings.choosing.sentences;
  const radio = (isOwn: boolean, name: string) => html`<label class="check"
    ><input
      type="radio"
      name="why-sentences"
      value=${isOwn ? 'own' : 'preset'}
      .checked=${live(isOwn === (sentences !== null))}
      @change=${() => choose(isOwn ? { first: '', second: '' } : null)}
    />${name}</label
  >`;
  const field = (
    which: keyof Sentences,
    given: Sentences,
  ) => html`<label class="field inline why-answer">
    <span class="field-name">${words[which]}</span>
    <input
      type="text"
      name=${which}
      autocomplete="off"
      spellcheck="false"
      .value=${live(given[which])}
      @input=${(event: Event) => choose({ ...given, [which]: (event.target as HTMLInputElement).value })}
    />
  </label>`;
  return html`
    <fieldset class="scope">
      <legend class="visually-hidden">${words.what}</legend>
      ${radio(false, words.preset)} ${radio(true, words.own)}
    </fieldset>
    ${sentences === null ? nothing : html`${field('first', sentences)} ${field('second', sentences)}`}
  `;
}
