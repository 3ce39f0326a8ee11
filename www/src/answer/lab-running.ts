import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { JobState } from '../app/job.ts';
import { LabElement } from '../elements/lab-element.ts';
import { strings } from '../strings/index.ts';
import { formatTimeLeft } from '../ui/numbers.ts';
import { share } from '../ui/share.ts';

/** With less time left than this, a reader can wait. */
const shortSeconds = 2;

/** How far the model has come with a prompt. A long one says how long it takes, and can be stopped. */
@customElement('lab-running')
export class LabRunning extends LabElement {
  @property({ attribute: false }) jobState!: JobState<unknown>;
  /** Whether the answer to the prompt as it stands is there. */
  @property({ type: Boolean }) answered = false;
  /** Once a run was long, its line stays until it ends. */
  private isLong = false;

  protected override willUpdate(): void {
    const { running, progress } = this.jobState;
    const secondsLeft = progress?.secondsLeft ?? 0;
    this.isLong = running && (this.isLong || secondsLeft > shortSeconds);
  }

  protected override render(): TemplateResult {
    const { progress, stopped } = this.jobState;
    return html`
      <div class="run-bar" data-on=${progress ? 'true' : 'false'}>${progress ? bar(progress) : nothing}</div>
      ${
        this.isLong && progress
          ? this.line(
              strings.longRun(
                strings.runningTokens(progress.done, progress.total),
                progress.secondsLeft === null ? '' : formatTimeLeft(progress.secondsLeft),
              ),
              strings.stopRun,
              'lab-answer-stop',
            )
          : stopped && !this.answered
            ? this.line(strings.runStopped, strings.runAgain, 'lab-answer')
            : nothing
      }
    `;
  }

  private line(
    text: string,
    name: string,
    event: 'lab-answer' | 'lab-answer-stop',
  ): TemplateResult {
    return html`<p class="run-line">
      <span>${text}</span>
      <button type="button" @click=${() => this.send(event, null)}>${name}</button>
    </p>`;
  }
}

function bar({ done, total }: { done: number; total: number }): TemplateResult {
  return html`<div
    class="progress thin"
    role="progressbar"
    aria-label=${strings.running}
    aria-valuemin="0"
    aria-valuemax=${total}
    aria-valuenow=${done}
    aria-valuetext=${strings.runningTokens(done, total)}
  ><span ${share(total > 0 ? done / total : 0)}></span></div>`;
}
