import { html, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { strings } from '../strings/index.ts';
import { LabElement } from './lab-element.ts';
import './term.css';

let made = 0;

/** A question mark beside a term, and on demand one sentence about it. */
@customElement('lab-term')
export class LabTerm extends LabElement {
  /** The term, as it stands on the page. */
  @property() name = '';
  @property() about = '';
  private readonly aboutId = `term-${++made}`;

  protected override render(): TemplateResult {
    return html`<button
        type="button"
        class="term"
        aria-label=${strings.whatIs(this.name)}
        popovertarget=${this.aboutId}
      >?</button><span id=${this.aboutId} class="term-about" popover @beforetoggle=${this.place}>${this.about}</span>`;
  }

  /** Below the question mark, as far as the window allows. */
  private place({ target }: Event): void {
    const about = target as HTMLElement;
    const { left, bottom } = this.getBoundingClientRect();
    about.style.setProperty('--term-left', `${left}px`);
    about.style.setProperty('--term-top', `${bottom}px`);
  }
}
