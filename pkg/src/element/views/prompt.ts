/** The prompt: how many shots, the demonstrations, the query, and the exact text. */
import { pieces } from '../../format/visible.js';
import { renderPrompt } from '../../prompt/render.js';
import type { Demonstration, Task } from '../../prompt/task.js';
import type { Strings } from '../strings/index.js';
import { h, setAttributes, setChildren, setText } from './dom.js';
import { drawn } from './tokens.js';

/** What is shown. */
export interface PromptContent {
  task: Task;
  shots: number;
  isEditable: boolean;
  canUndo: boolean;
  strings: Strings;
}

/** What a reader can do to it. */
export interface PromptActions {
  setShots(shots: number): void;
  /** Of one field, where it is known which. */
  edit(task: Task, shots: number, field: string | null): void;
  undo(): void;
}

/** A text that can be read or, in an editable element, written. */
type Field = HTMLTextAreaElement | HTMLSpanElement;

interface Row {
  node: HTMLLIElement;
  input: Field;
  output: Field;
  remove: HTMLButtonElement | null;
}

/** The prompt as nodes that stay, so that whoever is in one of them stays there, too. */
export class PromptView {
  readonly node = h('div', { class: 'prompt', part: 'prompt', role: 'group' });
  readonly #actions: PromptActions;
  readonly #slider = h('input', { type: 'range', id: 'shots', part: 'slider', min: 0, step: 1 });
  readonly #count = h('output', { class: 'count', for: 'shots' });
  readonly #label = h('label', { for: 'shots', class: 'name' });
  readonly #fewer = button('step', '−');
  readonly #more = button('step', '+');
  readonly #shots = h('div', { class: 'shots', part: 'shots' });
  readonly #instruction = h('p', { class: 'instruction', part: 'instruction', dir: 'auto' });
  readonly #pairs = h('ol', { class: 'pairs', part: 'demonstrations' });
  readonly #others = button('others', '');
  readonly #divider = h('li', { class: 'divider' }, this.#others);
  readonly #add = button('add', '');
  readonly #undo = button('undo', '');
  readonly #tools = h('div', { class: 'tools' }, this.#add, this.#undo);
  readonly #summary = h('summary');
  readonly #text = h('pre', { part: 'exact', dir: 'auto', tabindex: 0 });
  readonly #exact = h('details', { class: 'exact' }, this.#summary, this.#text);
  /** Whether the demonstrations that are not in the prompt are shown. */
  #isWhole = false;
  #rows: Row[] = [];
  #query: { node: HTMLElement; field: Field } | null = null;
  #shown: PromptContent | null = null;

  constructor(actions: PromptActions) {
    this.#actions = actions;
    this.#slider.addEventListener('input', () => actions.setShots(Number(this.#slider.value)));
    this.#fewer.addEventListener('click', () => this.#step(-1));
    this.#more.addEventListener('click', () => this.#step(1));
    this.#add.addEventListener('click', () => this.#append());
    this.#others.addEventListener('click', () => this.#showOthers(!this.#isWhole));
    this.#undo.addEventListener('click', () => {
      if (this.#shown?.canUndo) actions.undo();
    });
    this.#exact.addEventListener('toggle', () => this.#writeExact());
  }

  update(shown: PromptContent): void {
    const isOther = this.#shown?.isEditable !== shown.isEditable;
    this.#shown = shown;
    const { task, isEditable, strings } = shown;
    if (isOther) {
      this.#rows = [];
      this.#query = null;
    }
    setAttributes(this.node, { 'aria-label': strings.prompt });
    this.#updateShots(shown);
    setText(this.#instruction, task.instruction);
    while (this.#rows.length > task.demonstrations.length) this.#rows.pop();
    while (this.#rows.length < task.demonstrations.length) {
      this.#rows.push(this.#row(this.#rows.length, isEditable));
    }
    for (const [i, pair] of task.demonstrations.entries()) this.#updateRow(i, pair, shown);
    this.#query ??= this.#queryRow(isEditable);
    write(this.#query.field, task.query ?? '', strings.query);
    const rows = this.#rows.map(({ node }) => node);
    const unused = rows.slice(shown.shots);
    setText(this.#others, strings.notUsed(unused.length));
    setAttributes(this.#others, { 'aria-expanded': String(this.#isWhole) });
    // As in the prompt: the query behind the demonstrations that are in it.
    setChildren(this.#pairs, [
      ...rows.slice(0, shown.shots),
      this.#query.node,
      unused.length > 0 ? this.#divider : null,
      ...unused,
    ]);
    setText(this.#add, strings.add);
    setText(this.#undo, strings.undo);
    setAttributes(this.#undo, { 'aria-disabled': shown.canUndo ? null : 'true' });
    setText(this.#summary, strings.exact);
    this.#writeExact();
    setChildren(this.node, [
      task.demonstrations.length > 0 ? this.#shots : null,
      task.instruction === '' ? null : this.#instruction,
      this.#pairs,
      isEditable ? this.#tools : null,
      this.#exact,
    ]);
  }

  #updateShots({ task, shots, isEditable, strings }: PromptContent): void {
    const all = task.demonstrations.length;
    setText(this.#label, strings.shots);
    setAttributes(this.#slider, { max: all, 'aria-valuetext': strings.shotsSpoken(shots) });
    if (this.#slider.value !== String(shots)) this.#slider.value = String(shots);
    setText(this.#count, strings.shotsOf(shots, all));
    setAttributes(this.#fewer, {
      'aria-label': strings.fewer,
      'aria-disabled': shots === 0 ? 'true' : null,
    });
    setAttributes(this.#more, {
      'aria-label': strings.more,
      'aria-disabled': shots === all ? 'true' : null,
    });
    setChildren(this.#shots, [
      this.#label,
      isEditable ? this.#fewer : null,
      this.#slider,
      isEditable ? this.#more : null,
      this.#count,
    ]);
  }

  #updateRow(i: number, { input, output }: Demonstration, { shots, strings }: PromptContent): void {
    const row = this.#rows[i];
    if (!row) return;
    write(row.input, input, strings.input(i + 1));
    write(row.output, output, strings.output(i + 1));
    if (row.remove) setAttributes(row.remove, { 'aria-label': strings.remove(i + 1) });
    setAttributes(row.node, {
      class: i < shots ? 'pair' : 'pair unused',
      hidden: i >= shots && !this.#isWhole,
    });
  }

  #row(i: number, isEditable: boolean): Row {
    const input = field(isEditable, 'input', (text) => this.#type(i, { input: text }));
    const output = field(isEditable, 'output', (text) => this.#type(i, { output: text }));
    const remove = isEditable ? button('remove', '×') : null;
    remove?.addEventListener('click', () => this.#remove(i));
    const number = h('span', { class: 'number', 'aria-hidden': 'true' }, String(i + 1));
    const node = h('li', {}, number, input, arrow(), output, remove);
    return { node, input, output, remove };
  }

  #queryRow(isEditable: boolean): { node: HTMLElement; field: Field } {
    const query = field(isEditable, 'query', (text) => {
      const { task, shots } = this.#shown ?? {};
      if (task && shots !== undefined) this.#actions.edit({ ...task, query: text }, shots, 'query');
    });
    const number = h('span', { class: 'number', 'aria-hidden': 'true' }, '?');
    const gap = h('span', { class: 'gap', 'aria-hidden': 'true' }, '…');
    const node = h('li', { class: 'pair asked', part: 'query' }, number, query, arrow(), gap);
    return { node, field: query };
  }

  #type(i: number, change: Partial<Demonstration>): void {
    if (!this.#shown) return;
    const { task, shots } = this.#shown;
    const demonstrations = task.demonstrations.map((pair, at) =>
      at === i ? { ...pair, ...change } : pair,
    );
    this.#actions.edit({ ...task, demonstrations }, shots, `${Object.keys(change)} ${i}`);
  }

  #step(by: number): void {
    if (!this.#shown) return;
    const { task, shots } = this.#shown;
    const next = Math.min(task.demonstrations.length, Math.max(0, shots + by));
    if (next !== shots) this.#actions.setShots(next);
  }

  #showOthers(isWhole: boolean): void {
    this.#isWhole = isWhole;
    if (this.#shown) this.update(this.#shown);
  }

  /** A new demonstration is a shot where all those before it are. */
  #append(): void {
    if (!this.#shown) return;
    const { task, shots } = this.#shown;
    const demonstrations = [...task.demonstrations, { input: '', output: '' }];
    const isUsed = shots === task.demonstrations.length;
    if (!isUsed) this.#isWhole = true;
    this.#actions.edit({ ...task, demonstrations }, isUsed ? shots + 1 : shots, null);
    this.#rows.at(-1)?.input.focus();
  }

  #remove(i: number): void {
    if (!this.#shown) return;
    const { task, shots } = this.#shown;
    const demonstrations = task.demonstrations.filter((_, at) => at !== i);
    this.#actions.edit({ ...task, demonstrations }, i < shots ? shots - 1 : shots, null);
    // The focus must not fall out of the list with the row.
    const shown = this.#rows.filter(({ node }) => !node.hidden);
    (shown[Math.min(i, shown.length - 1)]?.remove ?? this.#add).focus();
  }

  #writeExact(): void {
    if (!this.#exact.open || !this.#shown) return;
    const { task, shots } = this.#shown;
    const { text, spans } = renderPrompt(task, { shots });
    this.#text.replaceChildren(
      ...spans.map(({ role, start, end }) =>
        h('span', { class: role }, ...drawn(pieces(text.slice(start, end)), true)),
      ),
    );
  }
}

function button(name: string, text: string): HTMLButtonElement {
  return h('button', { type: 'button', class: name, part: 'button' }, text);
}

function arrow(): HTMLSpanElement {
  return h('span', { class: 'arrow', 'aria-hidden': 'true' }, '→');
}

function field(isEditable: boolean, name: string, onText: (text: string) => void): Field {
  if (!isEditable) return h('span', { class: `text ${name}`, dir: 'auto' });
  const area = h('textarea', {
    class: `text ${name}`,
    part: 'field',
    rows: 1,
    dir: 'auto',
    spellcheck: 'false',
    autocomplete: 'off',
  });
  area.addEventListener('input', () => onText(area.value));
  return area;
}

function write(field: Field, text: string, name: string): void {
  if (!(field instanceof HTMLTextAreaElement)) {
    setText(field, text);
    return;
  }
  setAttributes(field, { 'aria-label': name, rows: text.split('\n').length });
  // Only where it differs, or the caret would jump.
  if (field.value !== text) field.value = text;
}
