import { html, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Attention, Token } from 'shotglass';
import type { JobState } from '../app/job.ts';
import type { LabPrompt } from '../app/prompt.ts';
import { LabElement } from '../elements/lab-element.ts';
import { strings } from '../strings/index.ts';
import { cite } from '../ui/cite.ts';
import { scaledTasks } from './scale.ts';
import { scalePicture, scaleTable } from './scale-picture.ts';
import './lab-attention.ts';

/** What a reader learns in two minutes: where prompting stands, why it works, what scale buys, where it ends. */
@customElement('lab-story')
export class LabStory extends LabElement {
  @property({ attribute: false }) prompt!: LabPrompt;
  /** Those of the prompt; null without a model, or before it has read it. */
  @property({ attribute: false }) tokens: readonly Token[] | null = null;
  @property({ attribute: false }) attention!: JobState<Attention>;

  protected override render(): TemplateResult {
    const { story } = strings;
    return html`<section class="story" aria-labelledby="story-heading">
      <header class="story-head">
        <h2 id="story-heading">${story.heading}</h2>
        <p>${story.lede}</p>
      </header>
      <section class="story-part" aria-labelledby="causal-heading">
        <h3 id="causal-heading">${story.causal.heading}</h3>
        <p class="story-idea">${story.causal.idea} ${cite('transformer')}</p>
        <lab-attention .prompt=${this.prompt} .tokens=${this.tokens} .jobState=${this.attention}></lab-attention>
      </section>
      <section class="story-part" aria-labelledby="scale-heading">
        <h3 id="scale-heading">${story.scale.heading}</h3>
        <p class="story-idea">${story.scale.idea} ${cite('gpt3')}</p>
        <ul class="scale-legend">
          <li data-size="large"><span class="scale-key" aria-hidden="true"></span>${story.scale.large}</li>
          <li data-size="small"><span class="scale-key" aria-hidden="true"></span>${story.scale.small}</li>
        </ul>
        <div class="scale-multiples">${scaledTasks.map(scalePicture)}</div>
        <p class="story-idea">${story.scale.meaning}</p>
        <p class="story-idea">
          ${story.scale.live} <button type="button" class="link" id="scale-live" @click=${() => void this.openExperiment('models')}>${story.scale.liveLink}</button>
        </p>
        <details>
          <summary>${story.scale.table}</summary>
          ${scaleTable()}
          <p class="hint">${story.scale.note}</p>
        </details>
      </section>
      <section class="story-part" aria-labelledby="limits-heading">
        <h3 id="limits-heading">${story.limits.heading}</h3>
        <p class="story-idea">${story.limits.text} ${cite('card')} ${cite('smollm2')}</p>
      </section>
    </section>`;
  }
}
