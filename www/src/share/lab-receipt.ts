import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { JobState } from '../app/job.ts';
import { drawn, LabElement } from '../elements/lab-element.ts';
import { strings } from '../strings/index.ts';
import { probability } from '../ui/bars.ts';
import { icon } from '../ui/icons.ts';
import { formatDigits, formatEntropy, formatProbability } from '../ui/numbers.ts';
import { nameText, pieces } from '../ui/visible.ts';
import { comparedSentence } from './compared.ts';
import type { ReadingProblem } from './made.ts';
import type { Receipt } from './receipt.ts';
import type { ReceiptCheck } from './receipt-check.ts';

type State = keyof typeof strings.keep.receipt.states;

/** What a link brought: the receipt and whether it holds here, and what could not be read. */
@customElement('lab-receipt')
export class LabReceipt extends LabElement {
  @property({ attribute: false }) receipt: Receipt | null = null;
  @property({ attribute: false }) check!: JobState<ReceiptCheck>;
  /** Whether the prompt is still the recorded one. */
  @property({ type: Boolean }) asRecorded = true;
  @property({ type: Boolean }) ready = false;
  @property({ attribute: false }) problem: ReadingProblem | null = null;
  @property({ type: Boolean }) drifted = false;
  @property({ type: Boolean }) notKept = false;

  protected override render(): TemplateResult {
    const notices = this.notices();
    return html`
      ${
        notices.length === 0
          ? nothing
          : html`<div class="keep-notice" role="status">
              <p>${notices.join(strings.words.between)}</p>
              <button type="button" class="link" @click=${() => this.send('lab-put-away', 'notices')}>
                ${strings.keep.dismiss}
              </button>
            </div>`
      }
      ${this.receipt ? this.card(this.receipt) : nothing}
    `;
  }

  private notices(): string[] {
    const words = strings.keep;
    const { problem } = this;
    const said: string[] = [];
    if (problem) {
      const { why, where } = problem.error;
      const reason = why === 'wrong' ? words.why.wrong(where) : words.why[why];
      const sentences = {
        link: words.linkProblem,
        result: words.resultProblem,
        file: words.fileProblem,
      };
      said.push(sentences[problem.from](reason));
    }
    if (this.drifted) said.push(words.drifted);
    if (this.notKept) said.push(words.notKept);
    return said;
  }

  private card(receipt: Receipt): TemplateResult {
    const words = strings.keep.receipt;
    const { model, shotglass } = receipt;
    const state = this.state();
    return html`<section class="panel receipt" aria-labelledby="receipt-heading" data-state=${state}>
      <div class="receipt-head">
        <h2 id="receipt-heading">${words.heading}</h2>
        <p class="receipt-state" role="status">
          <span class="receipt-mark" aria-hidden="true"></span>${words.states[state]}
        </p>
        <button type="button" class="icon" aria-label=${words.close} @click=${() => this.send('lab-put-away', 'receipt')}>
          ${icon('remove')}
        </button>
      </div>
      <p class="receipt-top">
        ${receipt.top
          .slice(0, 3)
          .map(
            ({ text, p }) =>
              html`<span><span class="mono" dir="auto">${drawn(pieces(text))}</span> ${formatProbability(p)}</span>`,
          )}
      </p>
      <p class="receipt-said">${this.said(state, receipt).join(strings.words.between)}</p>
      <p class="hint">
        ${words.recordedWith}
        ${
          model.server === undefined
            ? html`${words.modelFacts(nameText(model.file ?? model.name), model.activationBits, shotglass)}${strings.words.stop}
                ${words.hash} <span class="mono receipt-hash" title=${model.sha256}>${model.sha256}</span>`
            : html`${strings.first.onServer(nameText(model.name), model.server)}${strings.words.stop}`
        }
      </p>
      <details>
        <summary class="field-name">${words.details}</summary>
        ${this.recorded(receipt)}
      </details>
    </section>`;
  }

  private state(): State {
    const { running, problem, result } = this.check;
    if (!this.asRecorded) return 'edited';
    if (this.receipt?.model.server !== undefined) return 'server';
    if (!this.ready) return 'waiting';
    if (problem) return 'failed';
    if (result && !running) return result.matches ? 'matches' : 'differs';
    return 'checking';
  }

  private said(state: State, receipt: Receipt): string[] {
    const words = strings.keep.receipt;
    const { result, problem } = this.check;
    if (state === 'waiting' || state === 'edited' || state === 'server') return [words[state]];
    if (state === 'failed') {
      return [crypto.subtle ? (problem?.sentence ?? '') : strings.keep.insecure];
    }
    if (state === 'checking' || !result) return [strings.keep.making];
    const said: string[] = [];
    if (!result.samePrompt) said.push(words.prompt);
    if (!result.sameModel) said.push(words.otherModel(result.sha256));
    if (!result.sameBits) {
      said.push(words.otherBits(receipt.model.activationBits, result.activationBits));
    }
    said.push(comparedSentence(result));
    return said;
  }

  private recorded(receipt: Receipt): TemplateResult {
    const words = strings.keep.receipt;
    const { top, rest, entropy, classification, sampling, promptSha256 } = receipt;
    const { seed, temperature } = sampling;
    const row = (name: unknown, p: number) =>
      html`<tr><th scope="row">${name}</th><td>${probability(p)}</td><td><data value=${p}>${formatDigits(p, 6)}</data></td></tr>`;
    return html`
      <div class="receipt-tables">
        <table>
          <caption class="visually-hidden">${words.tableCaption}</caption>
          <thead>
            <tr>
              <th scope="col">${strings.nextToken}</th>
              <th scope="col">${strings.probability}</th>
              <th scope="col">${strings.p}</th>
            </tr>
          </thead>
          <tbody>
            ${top.map(({ text, p }) => row(html`<span class="mono" dir="auto">${drawn(pieces(text))}</span>`, p))}
            ${row(strings.rest(rest.count), rest.p)}
          </tbody>
        </table>
        ${
          classification
            ? html`<table>
                <caption class="visually-hidden">${strings.viewNames.labels}</caption>
                <thead>
                  <tr>
                    <th scope="col">${strings.keep.markdown.label}</th>
                    <th scope="col">${strings.keep.markdown.posterior}</th>
                    <th scope="col">${strings.p}</th>
                  </tr>
                </thead>
                <tbody>
                  ${classification.labels.map(({ name, p }) => row(html`<span class="mono" dir="auto">${drawn(pieces(name))}</span>`, p))}
                  ${row(words.labelSpaceMass, classification.mass)}
                </tbody>
              </table>`
            : nothing
        }
      </div>
      <p class="hint">
        ${entropy === null ? nothing : words.entropy(formatEntropy(entropy))}
        ${
          classification
            ? words.settings(
                strings.why.rules[classification.rule],
                strings.why.comparisons[classification.comparison],
                seed,
                temperature,
              )
            : words.sampling(seed, temperature)
        }
      </p>
      <p class="hint">${words.promptHash} <span class="mono receipt-hash">${promptSha256}</span></p>
    `;
  }
}
