import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { Candidate } from 'shotglass';
import type { JobState } from '../app/job.ts';
import { drawn, LabElement } from '../elements/lab-element.ts';
import { strings } from '../strings/index.ts';
import { probability } from '../ui/bars.ts';
import { share } from '../ui/share.ts';
import { pieces, tokenPieces } from '../ui/visible.ts';
import type { Effects, LabFinding, LabPlace } from './lint.ts';

/** How many places are named; the others are counted. */
const named = 2;

/** What the white space of the prompt does wrong, what makes it right, and what that does to the answer. */
@customElement('lab-lint')
export class LabLint extends LabElement {
  @property({ attribute: false }) findings: readonly LabFinding[] = [];
  @property({ attribute: false }) effects!: JobState<Effects>;
  /** The prompt as it stands now. */
  @property() text = '';
  @property({ type: Boolean }) ready = false;
  /** What the button says that asks for the effects; null where they need not be asked for. */
  @property({ attribute: false }) wait: string | null = null;

  protected override render(): TemplateResult {
    const { findings } = this;
    return html`
      <ul class="findings" aria-label=${strings.lint.findings} ?hidden=${findings.length === 0}>
        ${repeat(
          findings,
          ({ code }) => code,
          (finding) => this.finding(finding),
        )}
      </ul>
    `;
  }

  private finding({ code, places, fixed }: LabFinding): TemplateResult {
    const { title, why } = strings.lint.codes[code];
    return html`<li class="finding" data-code=${code}>
      <details>
        <summary>
          <span class="finding-line"><span class="finding-title">${title}</span>${this.place(places)}</span>
        </summary>
        <p class="finding-why">${why}</p>
        ${fixed ? this.effect(code) : html`<p class="hint">${strings.lint.byHand}</p>`}
      </details>
      ${
        fixed
          ? html`<button
              type="button"
              class="quiet"
              aria-label=${strings.lint.mendNamed(title)}
              @click=${() => this.fix({ code, places, fixed })}
            >${strings.lint.mend}</button>`
          : nothing
      }
    </li>`;
  }

  private place(places: readonly LabPlace[]): TemplateResult {
    const more = places.length - named;
    return html`${places.slice(0, named).map(
      ({ part, excerpt }) =>
        html`<span class="finding-place"
            ><span class="aside">${nameOf(part)}</span>${excerpt === '' ? nothing : html` <span class="finding-text" dir="auto">${drawn(pieces(excerpt))}</span>`}</span
          > `,
    )}${more > 0 ? html`<span class="aside">${strings.lint.more(more)}</span>` : nothing}`;
  }

  /** The most probable next token, as the prompt is and as it would be. */
  private effect(code: LabFinding['code']): TemplateResult {
    const { effects, text, ready } = this;
    const effect = effects.of === text ? effects.result?.get(code) : undefined;
    if (!ready) return html`<p class="hint">${strings.lint.needsModel}</p>`;
    if (!effect && this.wait !== null) {
      const { problem } = effects;
      return html`${problem ? html`<p class="sentence" role="alert">${problem.sentence}</p>` : nothing}
        <p>${this.askButton('fixes', this.wait)}</p>`;
    }
    const row = (name: string, candidate: Candidate | undefined) => html`<tr>
      <th scope="row">${name}</th>
      <td class="fix-effect-token">${candidate ? drawn(tokenPieces(candidate.bytes)) : '…'}</td>
      <td class="bar-cell"><span class="bar thin" aria-hidden="true"><span ${share(candidate?.p ?? 0)}></span></span></td>
      <td class="numeral">${candidate ? probability(candidate.p) : nothing}</td>
    </tr>`;
    return html`<table class="fix-effect" aria-busy=${effect ? 'false' : 'true'}>
      <caption>${strings.lint.effect}</caption>
      <tbody>
        ${row(strings.lint.before, effect?.before)} ${row(strings.lint.after, effect?.after)}
      </tbody>
    </table>`;
  }

  private async fix({ code, fixed }: LabFinding): Promise<void> {
    if (!fixed) return;
    const at = this.findings.findIndex((finding) => finding.code === code);
    this.edit({ type: 'open', draft: fixed });
    // The button goes with its finding, and the focus to the next one.
    await new Promise(requestAnimationFrame);
    await this.updateComplete;
    const buttons = this.querySelectorAll<HTMLElement>('.finding button');
    const next = buttons[Math.min(at, buttons.length - 1)];
    (next ?? document.querySelector<HTMLElement>('#edit-text'))?.focus();
  }
}

function nameOf(part: LabPlace['part']): string {
  switch (part.kind) {
    case 'template':
      return strings.templateFields[part.field];
    case 'input':
      return strings.inputOf(part.row + 1);
    case 'output':
      return strings.outputOf(part.row + 1);
    default:
      return strings.lint.parts[part.kind];
  }
}
