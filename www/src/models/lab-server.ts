import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { ModelsView } from '../app/model-rows.ts';
import { type Problem, problemOf } from '../app/problem.ts';
import type { ServerAddress } from '../app/server/address.ts';
import { namesOf } from '../app/server/connect-server.ts';
import type { KeptServer } from '../app/server/kept-server.ts';
import { LabElement } from '../elements/lab-element.ts';
import { language, strings } from '../strings/index.ts';
import { modelWords } from '../strings/model-words.ts';
import { serverWords } from '../strings/server-words.ts';
import { nameText } from '../ui/visible.ts';
import { capabilityText } from './capabilities.ts';
import './server.css';

/**
 * The way to a model on a server: its address, its name there, and a key that stays in the memory of the page; and the
 * servers that were used before.
 */
@customElement('lab-server')
export class LabServer extends LabElement {
  @property({ attribute: false }) view!: ModelsView;
  @query('details') private readonly details!: HTMLDetailsElement;
  @query('summary') private readonly summary!: HTMLElement;
  /** The models that the server lists; null before it was asked. */
  @state() private names: readonly string[] | null = null;
  /** Why there is no list. */
  @state() private problem: Problem | null = null;
  @state() private listing: AbortController | null = null;
  /** Whether the server in the fields was used with a key. */
  @state() private lacksKey = false;
  /** The server that is to be forgotten, until that is confirmed. */
  @state() private asking: KeptServer | null = null;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.listing?.abort();
  }

  protected override updated(changed: PropertyValues<this>): void {
    const before = changed.get('view')?.offered ?? null;
    const { offered } = this.view;
    if (!changed.has('view') || !offered || offered === before) return;
    this.fill(offered);
    this.field('apiKey').focus();
  }

  /** Puts another server into the fields. The key that stands there is not for it. */
  private fill({ url, model }: Omit<ServerAddress, 'apiKey'>): void {
    this.details.open = true;
    this.field('url').value = url;
    this.field('model').value = model;
    this.field('apiKey').value = '';
    this.names = null;
    this.lacksKey = false;
  }

  protected override render(): TemplateResult {
    const words = serverWords();
    const { offered, ofServer, problem: failure } = this.view;
    const problem = this.problem ?? (ofServer ? failure : null);
    return html`<details class="server">
      <summary><h3>${words.heading}</h3></summary>
      <p class="hint">${words.lead}</p>
      ${offered ? html`<p class="sentence">${words.sender(nameText(offered.model))}</p>` : nothing}
      <form @submit=${this.connect}>
        <div class="field">
          <label class="field-name" for="server-url">${words.address}</label>
          <input type="text" id="server-url" name="url" class="mono" inputmode="url" autocomplete="off" spellcheck="false" placeholder="http://localhost:8000/v1" required />
        </div>
        <div class="field">
          <label class="field-name" for="server-model">${words.model}</label>
          <input type="text" id="server-model" name="model" list="server-models" autocomplete="off" spellcheck="false" aria-describedby="server-model-hint" />
          <span class="hint" id="server-model-hint">${words.modelHint}</span>
          <datalist id="server-models">${(this.names ?? []).map((name) => html`<option value=${name}></option>`)}</datalist>
        </div>
        <div class="field">
          <label class="field-name" for="server-key">${words.key}</label>
          <input type="password" id="server-key" name="apiKey" class="mono" autocomplete="off" aria-describedby="server-key-hint" />
          <span class="hint" id="server-key-hint">${this.lacksKey ? words.keyNotKept : words.keyHint}</span>
        </div>
        <div class="server-act">${this.acts()}</div>
        <p class="hint" role="status">${this.told()}</p>
        ${problem ? html`<p class="sentence" role="alert" data-code=${problem.code}>${problem.sentence}</p>` : nothing}
      </form>
    </details>
    ${this.view.servers.length > 0 ? this.used(this.view.servers) : nothing}`;
  }

  private used(servers: readonly KeptServer[]): TemplateResult {
    const words = serverWords();
    return html`<section class="server-used" aria-labelledby="models-servers">
      <div class="models-head">
        <h3 id="models-servers" tabindex="-1">${words.used}</h3>
        <span class="hint">${words.usedHint}</span>
      </div>
      <ul class="models-list">
        ${repeat(
          servers,
          ({ id }) => id,
          (server) => this.usedRow(server),
        )}
      </ul>
    </section>`;
  }

  private usedRow(server: KeptServer): TemplateResult {
    const words = serverWords();
    const name = nameText(server.model);
    // A model of the same name may be on two servers.
    const whole = `${name} (${nameText(server.url)})`;
    const date = new Intl.DateTimeFormat(language, { dateStyle: 'medium' }).format(server.used);
    const { capabilities } = server;
    const isOpen = this.isOpen(server);
    return html`<li>
      <div>
        <p class="models-name">
          <bdi>${name}</bdi>
          ${isOpen ? html`<span class="models-tag">${words.isConnected}</span>` : nothing}
        </p>
        <p class="hint server-place"><bdi>${nameText(server.url)}</bdi> · ${words.usedOn(date)}</p>
        <p class="hint">${capabilityText({ info: server, capabilities })}</p>
      </div>
      ${
        this.asking?.id === server.id
          ? html`<p class="hint" role="alert">${words.forgetAsk(name)}</p>
              <button type="button" class="quiet server-yes" @click=${() => this.forget(server)}>${words.forgetYes}</button>
              <button type="button" class="quiet" @click=${() => this.ask(null)}>${words.forgetNo}</button>`
          : html`${isOpen ? nothing : this.button(words.connect, whole, () => this.connectTo(server))}
              ${this.button(words.forget, whole, () => this.ask(server))}`
      }
    </li>`;
  }

  private button(label: string, name: string, act: () => void): TemplateResult {
    const full = modelWords().of(label, name);
    return html`<button type="button" class="quiet" aria-label=${full} @click=${act}>${label}</button>`;
  }

  private isOpen({ id }: KeptServer): boolean {
    return this.view.connections.some(({ open }) => open.model.info.sha256 === id);
  }

  /** At once, or where a key was used, once the reader has entered it again. */
  private connectTo(server: KeptServer): void {
    this.fill(server);
    this.lacksKey = server.hasKey;
    if (server.hasKey) this.field('apiKey').focus();
    else {
      // The button goes with the connection.
      this.summary.focus();
      this.begin();
    }
  }

  private async ask(server: KeptServer | null): Promise<void> {
    this.asking = server;
    await this.updateComplete;
    const heading = this.querySelector<HTMLElement>('#models-servers') ?? this.summary;
    (server ? this.querySelector<HTMLElement>('.server-yes') : heading)?.focus();
  }

  private forget(server: KeptServer): void {
    this.send('lab-models', { do: 'forget', server });
    void this.ask(null);
  }

  private get isConnecting(): boolean {
    return this.view.ofServer && this.view.loading !== null;
  }

  private acts(): TemplateResult {
    const words = serverWords();
    if (this.isConnecting || this.listing) {
      return html`<button type="button" class="quiet" @click=${this.stop}>${words.stop}</button>`;
    }
    return html`
      <button type="submit" class="primary small">${words.connect}</button>
      <button type="button" class="quiet" @click=${this.list}>${words.list}</button>
    `;
  }

  private told(): string {
    const words = serverWords();
    if (this.isConnecting || this.listing) return words.asking;
    const active = this.view.connections.find(({ isActive }) => isActive)?.open;
    if (active?.model.capabilities && this.view.ofServer && !this.problem) {
      return (
        words.connected(nameText(active.name)) +
        strings.words.between +
        capabilityText(active.model)
      );
    }
    return this.names ? words.listed(this.names.length) : '';
  }

  private field(name: keyof ServerAddress): HTMLInputElement {
    return this.querySelector(`[name="${name}"]`) as HTMLInputElement;
  }

  private get address(): ServerAddress {
    const text = (name: keyof ServerAddress) => this.field(name).value.trim();
    return { url: text('url'), model: text('model'), apiKey: text('apiKey') };
  }

  private readonly connect = (event: Event): void => {
    event.preventDefault();
    this.begin();
  };

  private begin(): void {
    this.problem = null;
    this.lacksKey = false;
    this.send('lab-models', { do: 'connect', address: this.address });
  }

  private readonly list = async (): Promise<void> => {
    const listing = new AbortController();
    // What went wrong before is no longer of interest.
    this.send('lab-dismiss', null);
    this.listing = listing;
    this.names = null;
    this.problem = null;
    try {
      this.names = await namesOf(this.address, listing.signal);
    } catch (error) {
      this.problem = problemOf(error);
    }
    this.listing = null;
  };

  private readonly stop = (): void => {
    this.listing?.abort();
    if (this.isConnecting) this.send('lab-cancel', null);
  };
}
