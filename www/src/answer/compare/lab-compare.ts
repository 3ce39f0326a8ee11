import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { JobState } from '../../app/job.ts';
import { drawn, LabElement } from '../../elements/lab-element.ts';
import { strings } from '../../strings/index.ts';
import { formatDivergence, formatProbability } from '../../ui/numbers.ts';
import { spokenToken, tokenPieces } from '../../ui/visible.ts';
import '../../elements/lab-term.ts';
import type { Pair, ToldPair } from './compare.ts';
import { pairTable } from './pair-table.ts';
import type { Held, SideBySide } from './side-by-side.ts';

/** The distributions after two prompts: a row for each token that is high up in either, and one for the rest. */
@customElement('lab-compare')
export class LabCompare extends LabElement {
  @property({ attribute: false }) jobState!: JobState<SideBySide>;
  /** What is known of both without a model. */
  @property({ attribute: false }) told: ToldPair | null = null;
  @property({ attribute: false }) held!: Held;
  @property({ attribute: false }) text = '';
  /** Whether what is not there yet will come. */
  @property({ type: Boolean }) waiting = false;

  protected override render(): TemplateResult | typeof nothing {
    const { result, problem, running } = this.jobState;
    if (problem) {
      return html`<p class="sentence" role="alert" data-code=${problem.code}>${problem.sentence}</p>`;
    }
    const { told } = this;
    if (!result && told) {
      return html`${this.table(told, false, false)}<p class="distance">${strings.compare.told}</p>`;
    }
    if (!result)
      return html`<p class="hint compare-pending">${this.waiting ? strings.compare.pending : nothing}</p>`;
    const { a, now, pair } = result;
    const old = a.of !== this.held.text || now.of !== this.text;
    return html`
      ${this.table(pair, old, running)}
      <p class="distance">
        ${
          this.held.text === this.text
            ? strings.compare.same
            : strings.compare.distance(
                formatProbability(pair.distance.totalVariation),
                formatDivergence(pair.distance.divergence),
              )
        }<lab-term .name=${strings.compare.distanceName} .about=${strings.compare.distanceTitle}></lab-term>
      </p>
    `;
  }

  private table({ rows, rest }: Pair | ToldPair, old: boolean, running: boolean): TemplateResult {
    return pairTable(
      { caption: strings.compare.caption, name: strings.nextToken },
      rows.map(({ token, a, now }) => ({
        name: html`<span class="label-words" dir="auto" aria-hidden="true">${drawn(tokenPieces(token.bytes))}</span
          ><span class="visually-hidden">${spokenToken(token.bytes)}</span>`,
        a,
        now,
      })),
      { name: strings.rest(rest.count), a: rest.a, now: rest.now },
      { old, busy: old && running },
    );
  }
}
