import { html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Word } from 'shotglass';
import type { JobState } from '../../app/job.ts';
import { drawn, LabElement } from '../../elements/lab-element.ts';
import { strings } from '../../strings/index.ts';
import { probability, runBar } from '../../ui/bars.ts';
import { icon } from '../../ui/icons.ts';
import { formatProbability } from '../../ui/numbers.ts';
import { indexIn } from '../../ui/roving.ts';
import { share } from '../../ui/share.ts';
import { pieces, spoken, tokenPieces } from '../../ui/visible.ts';
import { partsOf, rowsOf, type Tree, type TreeRow } from './tree.ts';

/** The words that may come next, and behind each the words that may come then: a tree with a bar for each. */
@customElement('lab-tree')
export class LabTree extends LabElement {
  @property({ attribute: false }) jobState!: JobState<Tree>;
  /** The prompt as it stands now: a tree of an earlier one is dimmed. */
  @property({ attribute: false }) text = '';
  /** False where the prompt has no answer: nothing is looked for then. */
  @property({ type: Boolean }) ready = false;
  @state() private open: ReadonlySet<string> = new Set();
  @state() private focused = 0;
  @state() private pointed: number | null = null;
  /** The prompt whose search the reader has stopped. */
  @state() private stoppedAt: string | null = null;
  private rows: TreeRow[] = [];

  private get old(): boolean {
    return this.jobState.result?.prompt !== this.text;
  }

  private get stopped(): boolean {
    return !this.jobState.running && this.stoppedAt === this.text;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    // An old tree stays as it is until the first words of the new one are there.
    const prompt = this.jobState.result?.prompt;
    if (changed.has('jobState') && changed.get('jobState')?.result?.prompt !== prompt)
      this.open = new Set();
    const { result } = this.jobState;
    this.rows = rowsOf(result ?? { prompt: this.text, branches: new Map() }, this.open);
    this.focused = Math.min(this.focused, this.rows.length - 1);
  }

  protected override render(): TemplateResult | typeof nothing {
    if (!this.ready && !this.jobState.result) return nothing;
    const { problem, progress, running } = this.jobState;
    const deep = this.rows.some(({ level }) => level > 1);
    return html`
      <h3 id="tree-heading" class="visually-hidden">${strings.tree.heading}</h3>
      <div class="run-bar" data-on=${progress ? 'true' : 'false'}>
        ${progress ? runBar(progress, strings.tree.waiting) : nothing}
      </div>
      ${problem ? html`<p class="sentence" role="alert" data-code=${problem.code}>${problem.sentence}</p>` : nothing}
      <table
        class="tree ${this.old ? 'old' : ''} ${deep ? 'deep' : ''}"
        role="treegrid"
        aria-labelledby="tree-heading"
        aria-busy=${running ? 'true' : 'false'}
        @keydown=${this.walk}
        @click=${this.clicked}
        @focusin=${this.point}
        @focusout=${this.unpoint}
        @pointerover=${this.point}
        @pointerleave=${this.unpoint}
      >
        <thead>
          <tr>
            <th scope="col">${strings.tree.word}</th>
            <th scope="col" class="bar-cell"><span class="axis" aria-hidden="true"><i>0</i><i></i><i>100%</i></span><span class="visually-hidden">${strings.probability}</span></th>
            <th scope="col" class="numeral" title=${strings.tree.pTitle}>${strings.tree.p}</th>
            <th scope="col" class="numeral joint" title=${strings.tree.jointTitle}>${strings.tree.joint}</th>
            <th scope="col" class="tree-append"><span class="visually-hidden">${strings.tree.append}</span></th>
          </tr>
        </thead>
        <tbody>${this.rows.map((row, index) => this.row(row, index))}</tbody>
      </table>
      <p class="strip-detail tree-detail" aria-hidden="true">${this.detail()}</p>
      <div class="view-foot">
        <details class="scales">
          <summary><span class="field-name">${strings.tree.about}</span></summary>
          <p class="hint">${strings.tree.lede}${strings.words.between}${this.foot()}</p>
        </details>
        ${this.control()}
      </div>
    `;
  }

  /** One place for both, so that the focus is not lost when one takes the place of the other. */
  private control(): TemplateResult | typeof nothing {
    const { running } = this.jobState;
    if (!running && !this.stopped) return nothing;
    const act = () => {
      this.stoppedAt = running ? this.text : null;
      if (running) this.send('lab-tree-stop', null);
      else this.send('lab-grow', this.old ? [] : [...this.open]);
    };
    return html`<button type="button" class="quiet" id="tree-run" @click=${act}>${running ? strings.tree.stop : strings.tree.goOn}</button>`;
  }

  private row(row: TreeRow, index: number): TemplateResult {
    const { kind, level, position, size, word, path, p, atMost, joint, opens, open } = row;
    if (kind === 'wait') {
      return html`<tr class="wait" aria-level=${level} data-index=${index} tabindex=${index === this.focused ? 0 : -1}>
        <th scope="row" colspan="5"><span class="wait-lines" ${share(row.lines)}>${guides(level)}<span class="aside">${this.stopped ? strings.tree.stopped : strings.tree.waiting}</span></span></th>
      </tr>`;
    }
    const name = kind === 'rest' ? strings.tree.rest : spokenWord(word);
    const jointText = level > 1 ? formatProbability(joint) : null;
    return html`<tr
      class=${kind === 'rest' ? 'rest' : ''}
      aria-level=${level}
      aria-posinset=${position}
      aria-setsize=${size}
      aria-expanded=${opens ? (open ? 'true' : 'false') : nothing}
      aria-label=${strings.tree.row(name, formatProbability(p), jointText)}
      tabindex=${index === this.focused ? 0 : -1}
      data-index=${index}
      data-path=${kind === 'rest' ? nothing : path}
    >
      <th scope="row" class="tree-word"><span class="tree-line">${guides(level)}<span class="twisty" aria-hidden="true"></span>${
        kind === 'rest'
          ? html`<span class="aside">${name}</span>`
          : html`<span class="spelled" dir="auto">${spelled(word)}</span>`
      }</span></th>
      <td class="bar-cell"><span class="bar" aria-hidden="true">
        ${atMost > p ? html`<span class="at-most" ${share(atMost)}></span>` : nothing}<span ${share(p)}></span>
      </span></td>
      <td class="numeral">${probability(p)}</td>
      <td class="numeral joint">${jointText === null ? nothing : html`<data value=${joint}>${jointText}</data>`}</td>
      <td class="tree-append">${
        kind === 'word' && path !== ''
          ? html`<button
              type="button"
              class="icon"
              tabindex=${index === this.focused ? 0 : -1}
              aria-label=${strings.tree.appendPath(spoken(path))}
              title=${strings.tree.append}
            >${icon('plus')}</button>`
          : nothing
      }</td>
    </tr>`;
  }

  /** How the word that is pointed at is spelled. */
  private detail(): TemplateResult | string {
    const row = this.pointed === null ? undefined : this.rows[this.pointed];
    if (row?.kind === 'rest') {
      const open = this.jobState.result?.branches.get(row.path)?.open;
      return open === undefined || row.level > 1
        ? strings.tree.rest
        : strings.tree.restDetail(formatProbability(open));
    }
    const spelling = row?.word?.spellings[0];
    if (!row?.word || !spelling) return strings.tree.hint;
    const others = row.word.spellings.length - 1;
    const facts = [
      row.level > 1 ? `${strings.tree.joint} ${formatProbability(row.joint)}` : null,
      row.word.complete ? null : strings.tree.atMost(formatProbability(row.atMost)),
      others > 0 ? strings.tree.also(others) : null,
    ].filter((fact) => fact !== null);
    return html`${spelling.tokens.map(
      (token) =>
        html`<span class="strip-about">${drawn(tokenPieces(token.bytes))}</span>${formatProbability(token.p)} `,
    )}${facts.length > 0 ? `(${facts.join('; ')})` : nothing}`;
  }

  private foot(): string {
    const { result } = this.jobState;
    const runs = [...(result?.branches.values() ?? [])].reduce(
      (sum, { predictions }) => sum + predictions,
      0,
    );
    return [
      this.stopped ? strings.tree.stopped : null,
      strings.tree.lowerBound,
      runs > 0 ? strings.tree.cost(runs) : null,
    ]
      .filter((note) => note !== null)
      .join(' ');
  }

  private toggle(row: TreeRow, to = !row.open): void {
    if (!row.opens || to === row.open || this.old) return;
    const open = new Set(this.open);
    if (to) open.add(row.path);
    else open.delete(row.path);
    this.open = open;
    if (to) this.send('lab-grow', [...open]);
  }

  private clicked(event: Event): void {
    const index = indexIn(event);
    const row = index === null ? undefined : this.rows[index];
    if (index === null || !row) return;
    this.focused = index;
    if (!(event.target as Element).closest('button')) {
      this.toggle(row);
      return;
    }
    if (this.old) return;
    this.edit({ type: 'append', text: row.path });
    this.goTo(0);
  }

  private goTo(index: number): void {
    this.focused = index;
    this.querySelector<HTMLElement>(`tr[data-index="${index}"]`)?.focus();
  }

  private point(event: Event): void {
    const index = indexIn(event);
    if (index === null) return;
    this.pointed = index;
    if (event.type === 'focusin') this.focused = index;
  }

  private unpoint(): void {
    this.pointed = null;
  }

  /** The keys of a tree grid whose rows take the focus, as the WAI-ARIA practices have them. */
  private walk(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const onRow = event.target instanceof HTMLTableRowElement;
    const at = indexIn(event) ?? this.focused;
    const row = this.rows[at];
    if (!row) return;
    const parent = this.rows.findLastIndex(({ level }, index) => index < at && level < row.level);
    const places: Record<string, () => number | null> = {
      ArrowDown: () => Math.min(at + 1, this.rows.length - 1),
      ArrowUp: () => Math.max(at - 1, 0),
      Home: () => 0,
      End: () => this.rows.length - 1,
      ArrowRight: () => {
        if (row.open) return at + 1;
        this.toggle(row, true);
        return null;
      },
      ArrowLeft: () => {
        if (!row.open) return Math.max(parent, 0);
        this.toggle(row, false);
        return null;
      },
      Enter: () => {
        if (onRow) this.toggle(row);
        return null;
      },
    };
    const place = places[event.key];
    // On the button Enter is the button's own.
    if (!place || (event.key === 'Enter' && !onRow)) return;
    event.preventDefault();
    const to = place();
    if (to !== null) this.goTo(to);
  }
}

/** One line for each level above, so that the eye finds the parent. */
function guides(level: number): TemplateResult[] {
  return Array.from(
    { length: level - 1 },
    () => html`<span class="guide" aria-hidden="true"></span>`,
  );
}

function spokenWord(word: Word | null): string {
  return word?.text ? spoken(word.text) : strings.tree.end;
}

/** The word as one, with a fine gap where one token ends and the next begins. */
function spelled(word: Word | null): TemplateResult | TemplateResult[] {
  if (!word?.text) return html`<span class="aside">${strings.tree.end}</span>`;
  return partsOf(word).map(
    (part) => html`<span class="part-of-word">${drawn(pieces(part))}</span>`,
  );
}
