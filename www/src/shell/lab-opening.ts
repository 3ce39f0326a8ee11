import { html, nothing, type TemplateResult } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { LabElement } from '../elements/lab-element.ts';
import { strings } from '../strings/index.ts';
import './lab-masthead.ts';

/** What is on the page before the lab: its masthead, in its place; and a sentence if the lab does not come. */
@customElement('lab-opening')
export class LabOpening extends LabElement {
  @state() private failed = false;

  fail(): void {
    this.failed = true;
  }

  protected override render(): TemplateResult {
    return html`<lab-masthead></lab-masthead> ${this.failed ? this.problem() : nothing}`;
  }

  /** A module that could not be fetched stays so for the life of the page, in some browsers: a new one is the way. */
  private problem(): TemplateResult {
    return html`<p class="sentence" role="alert">
      ${strings.notFetched}
      <button type="button" class="link" @click=${() => location.reload()}>${strings.retry}</button>
    </p>`;
  }
}
