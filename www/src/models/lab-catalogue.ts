import { html, nothing, type TemplateResult } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { CatalogueModel } from 'shotglass/models';
import type { CatalogueRow, ModelsView } from '../app/model-rows.ts';
import type { Loading } from '../app/models.ts';
import { LabElement } from '../elements/lab-element.ts';
import { loadBar, loadFacts } from '../elements/load-progress.ts';
import { language, strings } from '../strings/index.ts';
import { modelWords } from '../strings/model-words.ts';
import { formatBytes, formatCount } from '../util/numerals.ts';

/** Above that, nobody waits for the model, and the estimate is rough. */
const fastPace = 5000;

/** So many languages are named; of more, the number. */
const namedLanguages = 3;

/** The models of the catalogue: what is known of each, what it takes here, and the button that fetches it. */
@customElement('lab-catalogue')
export class LabCatalogue extends LabElement {
  @property({ attribute: false }) view!: ModelsView;
  /** The row whose button was pressed last. */
  private pressed = '';

  /** The button that was pressed may be gone: the focus goes to what took its place. */
  protected override updated(): void {
    if (this.pressed === '' || document.activeElement !== document.body) return;
    const row = this.querySelector<HTMLElement>(`[data-id="${this.pressed}"]`);
    (row?.querySelector('button') ?? row)?.focus();
  }

  protected override render(): TemplateResult {
    const { columns } = modelWords();
    return html`
      <div class="catalogue-columns" aria-hidden="true">
        <span></span>
        ${Object.values(columns).map((name) => html`<span>${name}</span>`)}
      </div>
      <ul class="catalogue">
        ${repeat(
          this.view.catalogue,
          ({ entry }) => entry.id,
          (row) => this.row(row),
        )}
      </ul>
    `;
  }

  private row(row: CatalogueRow): TemplateResult {
    const words = modelWords();
    const { entry, base } = row;
    return html`<li data-id=${entry.id} data-state=${row.state} tabindex="-1">
      <div class="catalogue-about">
        <p class="models-name">
          <span id=${`catalogue-${entry.id}`}>${entry.name}</span> <span class="models-tag" data-kind=${entry.kind}>${words.kinds[entry.kind]}</span>
        </p>
        <p class="hint">${this.facts(entry)}</p>
        ${base ? html`<p class="hint">${words.preferBase(base.name)}</p>` : nothing}
      </div>
      <dl>${this.numbers(row)}</dl>
      <div class="catalogue-act">${this.action(row)}</div>
    </li>`;
  }

  private facts(entry: CatalogueModel): (string | TemplateResult)[] {
    const words = modelWords();
    const { name, license, year, sha256, isFixed, sources } = entry;
    const isKnown = sha256 !== null;
    const facts = [
      languagesOf(entry),
      license,
      String(year),
      html`<span class="catalogue-hash" title=${words.hashWhy(isKnown)}>${words.hash(isKnown)}</span>`,
      ...(isFixed ? [] : [words.notFixed]),
      html`<a href=${sources[0] ?? entry.url} target="_blank" rel="noreferrer" aria-label=${words.cardOf(name)}>${words.card}</a>`,
    ];
    return facts.flatMap((fact, at) => (at === 0 ? [fact] : ['\u00a0· ', fact]));
  }

  private numbers(row: CatalogueRow): TemplateResult[] {
    const words = modelWords();
    const { entry, memoryBytes, pace, isMeasured } = row;
    const trained = entry.tokensTrained;
    const values: Record<keyof typeof words.columns, string | TemplateResult> = {
      parameters: compact(entry.parameters),
      trained: trained === null ? words.notPublished : compact(trained),
      file: formatBytes(entry.bytes),
      memory: formatBytes(memoryBytes),
      pace: pace
        ? html`<span title=${isMeasured ? words.measured : words.expected}>${paceText(pace.low, pace.high)}</span>`
        : words.notMeasured,
    };
    const keys = Object.keys(words.columns) as (keyof typeof words.columns)[];
    return keys.map(
      (key) => html`<div><dt>${words.columns[key]}</dt><dd>${values[key]}</dd></div>`,
    );
  }

  private action(row: CatalogueRow): TemplateResult | typeof nothing {
    const words = modelWords();
    const { entry, state, open, bytesLeft, memoryBytes } = row;
    const { budgetBytes, loading, obstacle } = this.view;
    switch (state) {
      case 'active':
        return html`<p class="models-tag">${words.active}</p>`;
      case 'loading':
        return loading ? this.progress(loading) : nothing;
      case 'too large':
        return html`<p class="hint">${words.tooLarge(formatBytes(memoryBytes), formatBytes(budgetBytes))}</p>`;
    }
    if (obstacle) return nothing;
    if (open) {
      return this.button(words.use, entry, () =>
        this.send('lab-models', { do: 'use', model: open }),
      );
    }
    const labels = {
      kept: words.load,
      begun: words.goOn(formatBytes(bytesLeft)),
      'to download': words.download(formatBytes(bytesLeft)),
    } as const;
    return this.button(labels[state as keyof typeof labels], entry, () => {
      this.send('lab-models', { do: 'load', id: entry.id });
    });
  }

  private button(label: string, { id, name }: CatalogueModel, act: () => void): TemplateResult {
    const full = modelWords().of(label, name);
    const press = () => this.press(id, act);
    return html`<button type="button" class="quiet" aria-label=${full} @click=${press}>${label}</button>`;
  }

  private press(id: string, act: () => void): void {
    this.pressed = id;
    act();
  }

  private progress(loading: Loading): TemplateResult {
    return html`
      <p class="hint">${loadFacts(loading)}</p>
      ${loadBar(loading, `catalogue-${loading.id}`)}
      <button type="button" class="link" @click=${() => this.press(`${loading.id}`, () => this.send('lab-cancel', null))}>${strings.cancel}</button>
    `;
  }
}

/** The main ones by name, in the language of the page. */
function languagesOf({ languages, languageCount }: CatalogueModel): string {
  const names = new Intl.DisplayNames(language, { type: 'language' });
  const first = languages.slice(0, namedLanguages).map((tag) => names.of(tag) ?? tag);
  const total = Math.max(languages.length, languageCount ?? 0);
  return modelWords().languages(first.join(strings.words.comma), total - first.length);
}

/** 134,515,008 → "135M", and in Chinese "1.35亿". */
function compact(count: number): string {
  const digits = { notation: 'compact', maximumSignificantDigits: 3 } as const;
  return new Intl.NumberFormat(language, digits).format(count);
}

function paceText(low: number, high: number): string {
  const words = modelWords();
  const [from, to] = [low, high].map((pace) => formatCount(Number(pace.toPrecision(2))));
  if (low >= fastPace) return words.over(formatCount(fastPace));
  return from === to ? words.about(`${from}`) : words.range(`${from}`, `${to}`);
}
