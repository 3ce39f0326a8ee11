import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { JobState } from '../app/job.ts';
import { LabElement } from '../elements/lab-element.ts';
import { strings } from '../strings/index.ts';
import { runBar } from '../ui/bars.ts';
import { formatTimeLeft } from '../ui/numbers.ts';

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
      <div class="run-bar" data-on=${progress ? 'true' : 'false'}>${progress ? runBar(progress, strings.running, strings.runningTokens(progress.done, progress.total)) : nothing}</div>
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
