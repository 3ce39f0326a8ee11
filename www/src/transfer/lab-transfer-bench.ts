import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { TransferRun, TransferView, TransferWish } from '../app/transfer.ts';
import { LabElement } from '../elements/lab-element.ts';
import { transferWords } from '../strings/transfer-words.ts';
import { drawThreeWays } from './ask.ts';
import { drawForm } from './form.ts';
import { drawHeld } from './held.ts';
import { drawLines } from './lines.ts';
import { drawMoment } from './moment.ts';
import { drawOneScale, findingOf } from './one-scale.ts';
import { drawRuns } from './runs.ts';
import { drawStations, type StationWish } from './stations.ts';
import { drawWays } from './ways.ts';
import './transfer.css';
import './stations.css';
import './pictures.css';
import './runs.css';

/** The five ways, the training of the present task, and what came of it. */
@customElement('lab-transfer-bench')
export class LabTransferBench extends LabElement {
  @property({ attribute: false }) view!: TransferView;

  protected override render(): TemplateResult {
    const { view } = this;
    const wish = (detail: TransferWish) => this.send('lab-transfer', detail);
    return html`
      ${drawStations(view.settings.way, (station) => this.choose(station))}
      <div class="transfer-work">
        <section class="panel transfer-form" aria-labelledby="transfer-form-heading">
          ${drawForm(view, wish)}
        </section>
        <section class="panel transfer-run" aria-label=${view.shown?.task ?? transferWords().runs.heading}>
          ${view.shown ? this.run(view, view.shown, wish) : html`<p class="hint">${transferWords().told.empty}</p>`}
        </section>
      </div>
      ${drawWays(view, wish)}
      ${drawRuns(view, wish)}
    `;
  }

  private run(
    view: TransferView,
    run: TransferRun,
    wish: (detail: TransferWish) => void,
  ): TemplateResult {
    const { sentence, facts } = findingOf(run);
    return html`
      <p class="transfer-finding">${sentence}</p>
      ${facts === '' ? nothing : html`<p class="transfer-facts">${facts}</p>`}
      ${drawOneScale(run, view.at)}
      ${run.moments.length > 1 ? drawMoment(view, run, wish) : nothing}
      ${drawLines(run, view.at)}
      ${drawThreeWays(view, run)}
      ${drawHeld(run, view.at)}
    `;
  }

  private async choose(station: StationWish): Promise<void> {
    if (station === 'shots') {
      document.getElementById('shots')?.focus();
    } else if (station === 'probe') {
      await this.openExperiment('probe');
    } else {
      this.send('lab-transfer', { do: 'set', change: { way: station } });
      await this.updateComplete;
      const heading = this.querySelector<HTMLElement>('#transfer-form-heading');
      heading?.focus({ preventScroll: true });
      heading?.scrollIntoView({ block: 'center' });
    }
  }
}
