import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Token } from 'shotglass';
import type { LabPrompt } from '../prompt.ts';
import { strings } from '../strings/index.ts';
import { cellsFromText, cellsFromTokens } from '../strip.ts';
import { hexOfBytes, pieces, spokenToken } from '../visible.ts';
import { drawn, LabElement } from './lab-element.ts';
import type { StripItem } from './lab-strip.ts';
import './lab-strip.ts';

/** The exact text that the model is given, as the tokens it reads. */
@customElement('lab-exact')
export class LabExact extends LabElement {
  @property({ attribute: false }) prompt!: LabPrompt;
  /** The tokens of `prompt`, or null while they are not known. */
  @property({ attribute: false }) tokens: readonly Token[] | null = null;
  @property({ attribute: false }) contextLength: number | null = null;
  /** What was appended to the prompt, token by token. */
  @property({ attribute: false }) appended: readonly string[] = [];
  @state() private copied = false;

  protected override render(): TemplateResult {
    const { tokens, prompt } = this;
    const roles = [...new Set(prompt.spans.map((span) => span.role))];
    return html`
      <div class="field-head">
        <h2 id="exact-heading" class="minor">${strings.exact}</h2>
        ${this.length()}
        <button type="button" class="link" @click=${this.copy}>
          ${this.copied ? strings.copied : strings.copy}
        </button>
      </div>
      <lab-strip
        tail
        .items=${tokens ? tokenItems(tokens, prompt) : textItems(prompt)}
        .label=${strings.stripLabel}
        .hint=${tokens ? strings.stripHint : strings.stripPlain}
      ></lab-strip>
      ${this.appended.length > 0 ? this.takeBack() : nothing}
      <ul class="legend" aria-label=${strings.legend}>
        ${roles.map((role) => html`<li data-tone=${role}>${strings.roles[role]}</li>`)}
      </ul>
    `;
  }

  private length(): TemplateResult {
    const { tokens, contextLength, prompt } = this;
    if (!tokens || contextLength === null) {
      return html`<span class="token-count">${strings.characterCount([...prompt.text].length)}</span>`;
    }
    const over = tokens.length > contextLength;
    return html`<span class="token-count ${over ? 'over' : ''}"
      >${strings.tokenCount(tokens.length, contextLength)}</span
    >`;
  }

  private takeBack(): TemplateResult {
    return html`
      <p class="appended">
        <span
          >${strings.appendedLabel}:
          <span class="appended-text">${drawn(pieces(this.appended.join('')))}</span></span
        >
        <button type="button" class="link" @click=${() => this.edit({ type: 'unappend' })}>
          ${strings.unappend}
        </button>
        <button type="button" class="link" @click=${() => this.edit({ type: 'clear-appended' })}>
          ${strings.clearAppended}
        </button>
      </p>
    `;
  }

  private async copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(this.prompt.text);
    } catch {
      // The browser may forbid it; then the button does not claim that it was done.
      return;
    }
    this.copied = true;
    setTimeout(() => {
      this.copied = false;
    }, 1500);
  }
}

function tokenItems(tokens: readonly Token[], prompt: LabPrompt): StripItem[] {
  return cellsFromTokens(tokens, prompt).map(({ token, role, ...cell }, index) => ({
    pieces: cell.pieces,
    breaks: cell.breaks,
    tone: role,
    name: token && `${spokenToken(token.bytes)}, ${strings.roles[role]}`,
    detail:
      token &&
      strings.tokenDetail(index + 1, token.id, hexOfBytes(token.bytes), token.bytes.length),
  }));
}

function textItems(prompt: LabPrompt): StripItem[] {
  return cellsFromText(prompt).map(({ pieces, role, breaks }) => ({
    pieces,
    breaks,
    tone: role,
    name: null,
    detail: null,
  }));
}
