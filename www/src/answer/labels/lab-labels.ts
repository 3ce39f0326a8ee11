import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import {
  type Classification,
  type LabelReading,
  normalizations,
  type Task,
  taskLabels,
} from 'shotglass';
import type { JobState } from '../../app/job.ts';
import { askedOf } from '../../app/prompt.ts';
import { type ComparisonName, comparisons, hasLabels, type Settings } from '../../app/settings.ts';
import type { Draft } from '../../app/state.ts';
import { drawn, LabElement } from '../../elements/lab-element.ts';
import { strings } from '../../strings/index.ts';
import { axis, bar, probability } from '../../ui/bars.ts';
import { formatLogprob, formatProbability } from '../../ui/numbers.ts';
import { share } from '../../ui/share.ts';
import { pieces } from '../../ui/visible.ts';
import { type Decision, decisionsOf } from './decisions.ts';
import '../../elements/lab-label-names.ts';
import '../../elements/lab-term.ts';

/** What the model would choose among the labels, and how much of its whole distribution they own. */
@customElement('lab-labels')
export class LabLabels extends LabElement {
  @property({ attribute: false }) classification!: JobState<Classification | null>;
  /** That of the held prompt, to set beside. */
  @property({ attribute: false }) held: Classification | null = null;
  @property({ attribute: false }) settings!: Settings;
  @property({ attribute: false }) draft!: Draft;
  @property({ attribute: false }) text = '';
  /** Whether there is a model to ask, and whether it has yet to say what comes first. */
  @property({ type: Boolean }) live = false;
  @property({ type: Boolean }) answering = false;

  protected override render(): TemplateResult {
    const { task } = askedOf(this.draft);
    const labels = task.labels ?? [];
    const own = this.draft.task.labels !== undefined;
    // One place for the field whatever is above it: who types in it keeps the focus.
    return html`
      ${hasLabels(labels) ? this.compared(own) : this.none(task, own)}
      <div class="field labels-field">
        <label class="field-name" for="labels-answer">${strings.labels.field}</label>
        <lab-label-names
          place="answer"
          .names=${labels}
          .own=${own}
          @lab-edit=${this.stay}
        ></lab-label-names>
      </div>
    `;
  }

  /** Outputs that never repeat are no labels, until the reader takes them for such. */
  private none(task: Task, own: boolean): TemplateResult {
    const outputs = own ? [] : taskLabels(task).map(({ name }) => name);
    return html`<p class="labels-none">
      ${hasLabels(outputs) ? strings.labels.noRepeats : strings.labels.none}
      ${
        hasLabels(outputs)
          ? html`<button type="button" class="link" @click=${() => this.take(outputs)}>${strings.labels.takeOutputs}</button>`
          : nothing
      }
    </p>`;
  }

  private take(labels: readonly string[]): void {
    this.edit({ type: 'labels', labels: [...labels] });
    this.edit({ type: 'pause' });
    this.stay();
  }

  /** Whoever names labels here wants to go on looking at them, whatever the task opens with. */
  private stay(): void {
    this.send('lab-set', { view: 'labels' });
  }

  private compared(own: boolean): TemplateResult {
    const { result, problem } = this.classification;
    return html`
      ${
        problem
          ? html`<p class="sentence" role="alert" data-code=${problem.code}>${problem.sentence}</p>`
          : nothing
      }
      ${result ? this.reading(result) : html`<p class="hint labels-pending">${this.pending()}</p>`}
      <div class="labels-choices">
        ${this.select('rule', strings.labels.rule, normalizations, this.settings.rule, (rule) => strings.why.rules[rule])}
        ${this.select(
          'comparison',
          strings.labels.reference,
          Object.keys(comparisons) as ComparisonName[],
          this.settings.comparison,
          (name) => strings.why.comparisons[name],
        )}
      </div>
      ${own ? nothing : html`<p class="hint">${strings.labels.fromDemonstrations}</p>`}
    `;
  }

  /** What stands in the place of labels that are not known. */
  private pending(): string {
    if (!this.live) return strings.labels.needsModel;
    return this.answering || this.classification.running ? `${strings.running}…` : '';
  }

  private reading(classification: Classification): TemplateResult {
    const { labels, mass, predicted } = classification;
    const old = this.classification.of !== this.text || this.classification.problem !== null;
    const { running } = this.classification;
    const decisions = decisionsOf(classification);
    const [before, after] = strings.labels.mass('\n').split('\n');
    return html`
      <div class="mass ${old ? 'old' : ''}">
        <p>${before}<data class="mass-share" value=${mass}>${formatProbability(mass)}</data>${after}<lab-term .name=${strings.labels.columns} .about=${strings.labels.columnsAbout}></lab-term></p>
        <span class="bar" aria-hidden="true"><span ${share(mass)}></span></span>
      </div>
      <table class="bars of-labels ${old ? 'old' : ''}" aria-busy=${old && running ? 'true' : 'false'}>
        <caption class="visually-hidden">${strings.labels.caption}</caption>
        <thead>
          <tr>
            <th scope="col" class="token-cell">${strings.labels.label}</th>
            <th scope="col" class="bar-cell">${axis(strings.labels.bar)}</th>
            <th scope="col" class="numeral">${strings.labels.posterior}</th>
            <th scope="col" class="numeral">${strings.labels.p}</th>
            <th scope="col" class="numeral score-cell">${strings.labels.score}</th>
          </tr>
        </thead>
        <tbody>
          ${labels.map((label, index) => this.row(label, index === predicted))}
        </tbody>
      </table>
      <p class="verdicts" role="status">${decisions.length > 1 ? this.disagreement(decisions) : nothing}</p>
    `;
  }

  private row({ label, scores, p, logprob, score }: LabelReading, wins: boolean): TemplateResult {
    const before = this.held?.labels.find((one) => one.label === label);
    return html`<tr data-label=${label} data-wins=${wins ? 'true' : 'false'}>
      <th scope="row" class="token-cell">
        <span class="label-words" dir="auto" aria-hidden="true"
          >${drawn(pieces(scores[0]?.continuation ?? this.draft.task.template.outputSeparator + label))}</span
        ><span class="visually-hidden">${label}</span>
      </th>
      <td class="bar-cell">
        ${
          before
            ? html`<span class="bar two" aria-hidden="true"
                ><span class="of-a" ${share(before.p)}></span><span class="of-now" ${share(p)}></span
              ></span>`
            : bar(p)
        }
        ${before ? html`<span class="visually-hidden">${strings.compare.a} ${formatProbability(before.p)}</span>` : nothing}
      </td>
      <td class="numeral">${probability(p)}</td>
      <td class="numeral">${probability(Math.exp(logprob))}</td>
      <td class="numeral score-cell"><data value=${score}>${formatLogprob(score)}</data></td>
    </tr>`;
  }

  private disagreement(decisions: readonly Decision[]): TemplateResult {
    const { disagree, verdicts: listed, says, and, ruleNames, everyRule, against } = strings.labels;
    const parts = decisions.map(({ label, scorers }) => {
      const names = [false, true].flatMap((compared) => {
        const own = scorers.filter((scorer) => scorer.compared === compared);
        const named =
          own.length === normalizations.length
            ? [everyRule]
            : own.map(({ rule }) => ruleNames[rule]);
        return compared ? named.map(against) : named;
      });
      return says(and(names), names.length === 1, label);
    });
    return html`<strong>${disagree}</strong> ${listed(parts)}`;
  }

  private select<Name extends 'rule' | 'comparison'>(
    name: Name,
    title: string,
    values: readonly Settings[Name][],
    chosen: Settings[Name],
    nameOf: (value: Settings[Name]) => string,
  ): TemplateResult {
    return html`<div class="field inline"><span class="field-name"><label for=${`labels-${name}`}>${title}</label><lab-term
        .name=${title} .about=${strings.labels.abouts[name]}></lab-term></span>
      <select
        id=${`labels-${name}`}
        name=${name}
        @change=${(event: Event) => {
          const picked = (event.target as HTMLSelectElement).value;
          const value = values.find((one) => one === picked);
          if (value) this.send('lab-set', { [name]: value });
        }}
      >
        ${values.map((value) => html`<option value=${value} ?selected=${value === chosen}>${nameOf(value)}</option>`)}
      </select>
    </div>`;
  }
}
