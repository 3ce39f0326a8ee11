import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';
import { rules, taskLabels } from 'shotglass';
import { askedOf } from '../prompt.ts';
import type { Ran } from '../run.ts';
import { type ComparisonName, comparisons, type Settings } from '../settings.ts';
import type { Draft } from '../state.ts';
import { strings } from '../strings/index.ts';
import { experiments } from '../why/experiments.ts';
import type { Experiment, Figure, FigureFile, FigureRow } from '../why/figure.ts';
import { LabElement } from './lab-element.ts';
import { share } from './share.ts';
import { tabKeys } from './tabs.ts';

/** Experiments on the prompt: a tab, a sentence and a picture each. */
@customElement('lab-why')
export class LabWhy extends LabElement {
  @property({ attribute: false }) draft!: Draft;
  @property({ attribute: false }) settings!: Settings;
  @property({ attribute: false }) why!: Ran<Figure>;
  /** The prompt as it stands now. */
  @property({ attribute: false }) text = '';
  @property({ type: Boolean }) ready = false;
  @state() private rows = '';

  protected override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.get('draft');
    // What was found belongs to the task before.
    if (before && before.preset !== this.draft.preset) this.send('lab-why-reset', null);
  }

  private get experiment(): Experiment {
    return experiments.find(({ id }) => id === this.settings.experiment) ?? experiments[0];
  }

  protected override render(): TemplateResult {
    const { experiment } = this;
    return html`
      <div class="panel-head">
        <h2 id="why-heading">${strings.why.heading}</h2>
        <p class="hint">${strings.why.lede}</p>
      </div>
      <div class="tabs" role="tablist" aria-label=${strings.why.tabs} @keydown=${tabKeys}>
        ${experiments.map(
          (one) => html`<button
            type="button"
            role="tab"
            id="why-tab-${one.id}"
            aria-controls="why-tabpanel"
            aria-selected=${one === experiment ? 'true' : 'false'}
            tabindex=${one === experiment ? 0 : -1}
            @click=${() => this.choose(one)}
          >${strings.why.experiments[one.id].name}</button>`,
        )}
      </div>
      <div class="why-body" role="tabpanel" id="why-tabpanel" aria-labelledby="why-tab-${experiment.id}">
        <p class="why-idea">
          ${strings.why.experiments[experiment.id].idea}
          <a href=${experiment.source.url} rel="noreferrer">${experiment.source.text}</a>
        </p>
        <div class="why-fields">
          <div class="why-choices">
            ${this.select(
              'rule',
              strings.why.rule,
              rules,
              this.settings.rule,
              (rule) => strings.why.rules[rule],
              (rule) => this.send('lab-set', { rule }),
            )}
            ${
              experiment.comparesItself
                ? nothing
                : this.select(
                    'comparison',
                    strings.why.comparison,
                    Object.keys(comparisons) as ComparisonName[],
                    this.settings.comparison,
                    (one) => strings.why.comparisons[one],
                    (comparison) => this.send('lab-set', { comparison }),
                  )
            }
          </div>
          ${
            experiment.needsRows
              ? html`<label class="field">
                  <span class="field-name">${strings.why.rows} <span class="aside">${strings.why.rowsHint}</span></span>
                  <textarea
                    name="rows"
                    rows="4"
                    placeholder=${strings.why.rowsPlaceholder}
                    .value=${live(this.rows)}
                    @input=${(event: Event) => {
                      this.rows = (event.target as HTMLTextAreaElement).value;
                    }}
                  ></textarea>
                </label>`
              : nothing
          }
        </div>
        ${this.controls()} ${this.outcome()}
      </div>
    `;
  }

  private select<Value extends string>(
    name: string,
    title: string,
    values: readonly Value[],
    chosen: Value,
    nameOf: (value: Value) => string,
    choose: (value: Value) => void,
  ): TemplateResult {
    return html`<label class="field inline">
      <span class="field-name">${title}</span>
      <select
        name=${name}
        @change=${(event: Event) => {
          const value = values.find((value) => value === (event.target as HTMLSelectElement).value);
          if (!value) return;
          choose(value);
          // What is shown was asked otherwise.
          this.send('lab-why-reset', null);
        }}
      >
        ${values.map(
          (value) =>
            html`<option value=${value} ?selected=${value === chosen}>${nameOf(value)}</option>`,
        )}
      </select>
    </label>`;
  }

  private names(): string[] {
    return taskLabels(askedOf(this.draft).task).map(({ name }) => name);
  }

  private controls(): TemplateResult {
    const { running, progress } = this.why;
    const missing = this.missing();
    return html`<div class="why-controls">
      ${
        running
          ? html`<button type="button" class="primary small" id="why-stop" @click=${() => this.send('lab-why-stop', null)}>${strings.why.stop}</button>`
          : html`<button type="button" class="primary small" id="why-run" ?disabled=${missing !== null} @click=${this.run}>${strings.why.run}</button>`
      }
      ${missing === null ? nothing : html`<span class="hint">${missing}</span>`}
      ${
        running
          ? html`<progress max=${progress?.total ?? 1} .value=${progress?.done ?? 0} aria-label=${strings.why.heading}></progress>
              <span class="hint">${progress ? strings.why.progress(progress.done, progress.total) : nothing}</span>`
          : nothing
      }
    </div>`;
  }

  /** Why the experiment cannot run, if it cannot. */
  private missing(): string | null {
    if (!this.ready) return strings.why.needsModel;
    if (this.names().length < 2) return strings.why.needsLabels;
    const { needsDemonstrations, needsRows } = this.experiment;
    if (needsDemonstrations && this.draft.shots === 0) return strings.why.needsDemonstrations;
    if (needsRows && this.rows.trim() === '') return strings.why.noRows;
    return null;
  }

  private outcome(): TemplateResult | typeof nothing {
    const { result: figure, problem, stopped, running, of } = this.why;
    if (problem) {
      return html`<p class="sentence" role="alert" data-code=${problem.code}>${problem.sentence}</p>`;
    }
    if (!figure) return nothing;
    const notes = [
      stopped ? strings.why.stopped : null,
      of === this.text ? null : strings.why.old,
      figure.finding,
    ];
    const hint = figure.rows.some(({ effect }) => effect !== undefined)
      ? strings.why.effectHint
      : figure.legend.length === 0
        ? strings.why.intervalHint
        : strings.why.massHint;
    return html`<figure class="why-figure" aria-busy=${running ? 'true' : 'false'}>
      <figcaption>${notes.filter((note) => note !== null && note !== '').join(' ')}</figcaption>
      ${
        figure.legend.length === 0
          ? nothing
          : html`<ul class="why-legend">
              ${figure.legend.map((name, i) => html`<li><span class="part" data-part=${i % 8}></span>${name}</li>`)}
            </ul>`
      }
      <table>
        <tbody>
          ${figure.rows.map((row) => this.row(row))}
        </tbody>
      </table>
      <p class="hint">${hint}</p>
      ${
        figure.files && !running
          ? html`<p class="why-controls">
              ${figure.files.map(
                (file) =>
                  html`<button type="button" class="quiet" @click=${() => save(file)}>${strings.why.save(file.name)}</button>`,
              )}
            </p>`
          : nothing
      }
    </figure>`;
  }

  private row({ name, parts, effect, interval, text }: FigureRow): TemplateResult {
    const picture = parts
      ? html`<span class="parts">
          ${parts.map((part, i) => html`<span class="part" data-part=${i % 8} ${share(part)}></span>`)}
          ${
            interval
              ? html`<span class="interval"
                  ><span class="interval-low" ${share(interval.low)}></span
                  ><span class="interval-reach" ${share(interval.high - interval.low)}></span
                ></span>`
              : nothing
          }
        </span>`
      : effect === undefined
        ? nothing
        : html`<span class="effect" data-sign=${effect < 0 ? 'less' : 'more'}
            ><span ${share(Math.abs(effect))}></span
          ></span>`;
    return html`<tr>
      <th scope="row">${name}</th>
      <td class="why-picture" aria-hidden="true">${picture}</td>
      <td class="why-text">${text}</td>
    </tr>`;
  }

  private choose(experiment: Experiment): void {
    if (experiment === this.experiment) return;
    this.send('lab-set', { experiment: experiment.id });
    this.send('lab-why-reset', null);
  }

  private run(): void {
    this.send('lab-why', { experiment: this.experiment, rows: this.rows });
  }
}

/** Hands a file to the reader, as a link that is followed at once does. */
function save({ name, type, text }: FigureFile): void {
  const url = URL.createObjectURL(new Blob([text()], { type }));
  const link = Object.assign(document.createElement('a'), { href: url, download: name });
  link.click();
  URL.revokeObjectURL(url);
}
