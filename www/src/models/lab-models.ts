import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { CachedModel } from 'shotglass';
import type { ConnectionRow, KeptRow, ModelsView, OpenRow } from '../app/model-rows.ts';
import type { Problem } from '../app/problem.ts';
import { LabElement } from '../elements/lab-element.ts';
import { strings } from '../strings/index.ts';
import { modelWords } from '../strings/model-words.ts';
import { serverWords } from '../strings/server-words.ts';
import { icon } from '../ui/icons.ts';
import { nameText } from '../ui/visible.ts';
import { formatBytes } from '../util/numerals.ts';
import { capabilityText } from './capabilities.ts';
import './lab-catalogue.ts';
import './lab-server.ts';
import './models.css';

/** A dialog with the models that are open, those on the device, and those that can be downloaded. */
@customElement('lab-models')
export class LabModels extends LabElement {
  /** Null while it is closed. */
  @property({ attribute: false }) view: ModelsView | null = null;
  @query('dialog') private readonly dialog!: HTMLDialogElement;
  @query('#models-heading') private readonly heading!: HTMLElement | null;
  /** The file whose removal is to be confirmed. */
  @state() private asking: CachedModel | null = null;

  protected override updated(changed: PropertyValues<this>): void {
    if (!changed.has('view')) return;
    const isOpen = this.view !== null;
    if (isOpen && !this.dialog.open) this.dialog.showModal();
    if (!isOpen && this.dialog.open) this.dialog.close();
    // The button that was pressed may be gone.
    if (isOpen && document.activeElement === document.body) this.heading?.focus();
  }

  protected override render(): TemplateResult {
    return html`<dialog
      class="models"
      aria-labelledby="models-heading"
      @close=${this.closed}
      @click=${this.outside}
    >${this.view ? this.sheet(this.view) : nothing}</dialog>`;
  }

  private sheet(view: ModelsView): TemplateResult {
    const words = modelWords();
    return html`<div class="models-sheet">
      <div>
        <div class="panel-head">
          <h2 id="models-heading" tabindex="-1">${words.heading}</h2>
          <button type="button" class="icon" aria-label=${words.close} @click=${() => this.dialog.close()}>${icon('remove')}</button>
        </div>
        ${this.told(view)}
      </div>
      ${this.inMemory(view)} ${view.connections.length > 0 ? this.connected(view) : nothing}
      ${view.kept.length > 0 ? this.onDevice(view) : nothing}
      <lab-server .view=${view}></lab-server>
      <section aria-labelledby="models-catalogue">
        <h3 id="models-catalogue">${words.catalogue}</h3>
        <p class="hint">${words.lead}</p>
        <lab-catalogue .view=${view}></lab-catalogue>
      </section>
    </div>`;
  }

  /** What went wrong, what had to go, and what was done last. */
  private told({ problem, ofServer, obstacle, closed, notice }: ModelsView): TemplateResult {
    return html`
      ${obstacle ? html`<p class="sentence" role="alert">${strings.first.obstacles[obstacle]}</p>` : nothing}
      ${problem && !ofServer ? this.failed(problem) : nothing}
      <div role="status">
        ${closed ? html`<p class="models-notice">${strings.closedForRoom(closed)}</p>` : nothing}
        ${notice ? html`<p class="models-notice">${notice()}</p>` : nothing}
      </div>
    `;
  }

  private failed({ code, sentence, advice }: Problem): TemplateResult {
    const crashed = code === 'crashed';
    return html`<div class="sentence" role="alert" data-code=${code}>
      <p>${crashed ? strings.problemCrash : strings.problemLoad} ${advice(!navigator.onLine) || sentence}</p>
      <p>
        <button type="button" class="link" @click=${() => this.send('lab-retry', null)}>${crashed ? strings.startAgain : strings.retry}</button>
        <button type="button" class="link" @click=${() => this.send('lab-dismiss', null)}>${strings.dismiss}</button>
      </p>
    </div>`;
  }

  private inMemory({ open, budgetBytes, isReported }: ModelsView): TemplateResult {
    const words = modelWords();
    const used = open.reduce((sum, row) => sum + row.open.memoryBytes, 0);
    return html`<section aria-labelledby="models-open">
      <div class="models-head">
        <h3 id="models-open">${words.open}</h3>
        <span class="hint">${words.budget(formatBytes(used), formatBytes(budgetBytes))}${strings.words.between}${words.budgetWhy(isReported)}</span>
        <button type="button" class="link" @click=${() => this.send('lab-choose', null)}>${words.chooseFile}</button>
      </div>
      ${
        open.length === 0
          ? html`<p class="hint">${words.noneOpen}</p>`
          : html`<ul class="models-list">
              ${repeat(
                open,
                (row) => row.open,
                (row) => this.openRow(row),
              )}
            </ul>`
      }
    </section>`;
  }

  private openRow({ isKept, ...row }: OpenRow): TemplateResult {
    const words = modelWords();
    const bytes = formatBytes(row.open.memoryBytes);
    const facts = bytes + (isKept ? '' : strings.words.semicolon + words.notKept);
    return this.runningRow(row, facts, words.closeModel);
  }

  /** A model that can answer, be it here or on a server. */
  private runningRow(
    { open, isActive }: ConnectionRow,
    facts: string,
    end: string,
    more: TemplateResult | typeof nothing = nothing,
  ): TemplateResult {
    const words = modelWords();
    const name = nameText(open.name);
    return html`<li data-active=${isActive ? 'true' : 'false'}>
      <div>
        <p class="models-name">
          <span class="dot" aria-hidden="true"></span><bdi>${name}</bdi>
          ${isActive ? html`<span class="models-tag">${words.active}</span>` : nothing}
        </p>
        <p class="hint">${facts}</p>
        ${more}
      </div>
      ${
        isActive
          ? nothing
          : this.button(words.use, name, () => this.send('lab-models', { do: 'use', model: open }))
      }
      ${this.button(end, name, () => this.send('lab-models', { do: 'end', model: open }))}
    </li>`;
  }

  /** The open connections: where each model runs, and what it can do there. */
  private connected({ connections }: ModelsView): TemplateResult {
    const { connections: heading, disconnect, runsByItselfWhy } = serverWords();
    return html`<section aria-labelledby="models-connections">
      <h3 id="models-connections">${heading}</h3>
      <ul class="models-list">
        ${repeat(
          connections,
          ({ open }) => open,
          (row) => {
            const { model } = row.open;
            const place = strings.modelServer(model.info.server ?? '');
            const facts = place + strings.words.between + capabilityText(model);
            return this.runningRow(row, facts, disconnect, this.allowed(row));
          },
        )}
      </ul>
      <p class="hint" id="models-by-itself">${runsByItselfWhy}</p>
    </section>`;
  }

  private allowed({ open }: ConnectionRow): TemplateResult {
    const allow = (event: Event) => {
      const runsByItself = (event.target as HTMLInputElement).checked;
      this.send('lab-models', { do: 'allow', model: open, runsByItself });
    };
    return html`<label class="check"><input
        type="checkbox"
        aria-describedby="models-by-itself"
        .checked=${open.model.runsByItself ?? true}
        @change=${allow}
      /> ${serverWords().runsByItself}</label>`;
  }

  private onDevice({ kept }: ModelsView): TemplateResult {
    const words = modelWords();
    const total = kept.reduce((sum, { file }) => sum + file.bytes, 0);
    return html`<section aria-labelledby="models-kept">
      <div class="models-head">
        <h3 id="models-kept">${words.kept}</h3>
        <span class="hint">${words.keptHint(formatBytes(total))}</span>
      </div>
      <ul class="models-list">${kept.map((row) => this.keptRow(row))}</ul>
    </section>`;
  }

  private keptRow(row: KeptRow): TemplateResult {
    const words = modelWords();
    const { file, bytesTotal } = row;
    const name = nameText(row.name);
    const bytes = formatBytes(file.bytes);
    const amount = file.complete
      ? bytes
      : bytesTotal === null
        ? words.partOnly(bytes)
        : words.part(bytes, formatBytes(bytesTotal));
    return html`<li>
      <div>
        <p class="models-name"><bdi>${name}</bdi></p>
        <p class="hint">${amount}</p>
      </div>
      ${
        isSame(this.asking, file)
          ? html`<p class="hint" role="alert">${words.removeAsk(name)}</p>
              <button type="button" class="quiet models-yes" @click=${() => this.removeFile(row)}>${words.removeYes}</button>
              <button type="button" class="quiet" @click=${() => this.ask(null)}>${words.removeNo}</button>`
          : this.button(words.remove, name, () => this.ask(file))
      }
    </li>`;
  }

  private button(label: string, name: string, act: () => void): TemplateResult {
    const full = modelWords().of(label, name);
    return html`<button type="button" class="quiet" aria-label=${full} @click=${act}>${label}</button>`;
  }

  private async ask(file: CachedModel | null): Promise<void> {
    this.asking = file;
    await this.updateComplete;
    (file ? this.querySelector<HTMLElement>('.models-yes') : this.heading)?.focus();
  }

  private removeFile(row: KeptRow): void {
    this.send('lab-models', { do: 'remove', row });
    void this.ask(null);
  }

  /** It was closed by its button or by the Escape key; where the lab has closed it, there is nothing to tell. */
  private closed(): void {
    this.asking = null;
    if (this.view) this.send('lab-models', { do: 'close' });
  }

  /** The dialog itself is only hit beside its sheet. */
  private outside(event: Event): void {
    if (event.target === event.currentTarget) this.dialog.close();
  }
}

/** The list of files is made anew while one is asked about. */
function isSame(asking: CachedModel | null, { url, sha256 }: CachedModel): boolean {
  return asking?.url === url && asking.sha256 === sha256;
}
