import type { Classification, GenerateStep, Model } from 'shotglass';
import { classify, taskLabels } from 'shotglass';
import { referenceOf } from 'shotglass/experiments';
import { type Answer, answer } from './answer.ts';
import { type ChatTemplate, readChatTemplate } from './chat.ts';
import { generation } from './generation.ts';
import { ModelSlot } from './model-slot.ts';
import { presets } from './presets/index.ts';
import { askedOf, type LabPrompt, promptOf } from './prompt.ts';
import { Run } from './run.ts';
import { comparisons, defaultSettings, type Settings } from './settings.ts';
import { type Action, type LabState, openPreset, reduce } from './state.ts';
import type { Experiment, Figure, Question } from './why/figure.ts';

/** How long the reader must rest before the model runs what nobody has asked for in so many words. */
const restMs = 250;

/**
 * All that the page shows, and what changes it. An edit makes a prompt; a prompt is answered at once, and what else
 * is known of it follows when the reader rests.
 */
export class Lab {
  state: LabState = openPreset(presets[0]);
  settings: Settings = defaultSettings;
  prompt: LabPrompt = promptOf(this.state.draft);
  /** The chat template of the model, once a prompt was to be put in it. */
  chat: ChatTemplate | null = null;
  #chatOf: Model | null = null;

  readonly slot = new ModelSlot(() => this.#slotChanged());
  readonly answer = this.#run<Answer>();
  readonly classification = this.#run<Classification | null>();
  readonly generation = this.#run<GenerateStep[]>();
  readonly why = this.#run<Figure>();
  #following = 0;

  constructor(private readonly changed: () => void) {}

  edit(action: Action): void {
    const { draft } = this.state;
    this.state = reduce(this.state, action);
    if (this.state.draft !== draft) this.#write();
    this.changed();
  }

  #write(): void {
    const { text } = this.prompt;
    this.prompt = promptOf(this.state.draft, this.chat);
    // A new prompt ends what was under way about the old one.
    if (this.prompt.text !== text) {
      for (const run of [this.classification, this.generation, this.why]) run.stop();
    }
    void this.#readChat();
    this.#ask();
  }

  /** The template of another model, where the draft is a conversation. */
  async #readChat(): Promise<void> {
    const { model } = this.slot;
    if (!model || model === this.#chatOf || !this.state.draft.chat) return;
    this.#chatOf = model;
    const { chatTemplate } = model.info;
    const chat = chatTemplate === null ? null : await readChatTemplate(chatTemplate);
    if (this.#chatOf !== model) return;
    this.chat = chat;
    this.#write();
    this.changed();
  }

  set(change: Partial<Settings>): void {
    this.settings = { ...this.settings, ...change };
    this.#ask();
    this.changed();
  }

  generate(): void {
    const { model } = this.slot;
    const { text } = this.prompt;
    if (model) void this.generation.start(text, generation(model, text, this.settings.sampling));
  }

  explain(experiment: Experiment, asked: Pick<Question, 'rows'>): void {
    const { model } = this.slot;
    if (!model) return;
    const { rule, comparison } = this.settings;
    const { task, query, shots } = askedOf(this.state.draft, this.chat);
    const shown = { ...task, demonstrations: task.demonstrations.slice(0, shots) };
    const labels = taskLabels(task).map(({ name }) => name);
    void this.why.start(this.prompt.text, async function* ({ signal, report }) {
      const question: Question = {
        ...asked,
        task: shown,
        query,
        labels,
        rule,
        comparison: comparisons[comparison],
        signal,
      };
      for await (const { done, total, result } of experiment.run(model, question)) {
        report(done, total);
        yield result;
      }
    });
  }

  #ask(): void {
    const { model } = this.slot;
    if (!model) return;
    const { text } = this.prompt;
    const { topK } = this.settings;
    const answered = this.answer.request(`${topK} ${text}`, text, answer(model, text, topK));
    void this.#follow(model, answered);
  }

  /** What is told beside the answer, one after the other, so that the answer itself never waits. */
  async #follow(model: Model, answered: Promise<boolean>): Promise<void> {
    const following = ++this.#following;
    const goesOn = () => following === this.#following && this.slot.model === model;
    if (!(await answered) || !goesOn()) return;
    await this.#classify(model);
    await new Promise((resolve) => setTimeout(resolve, restMs));
    if (!goesOn()) return;
  }

  /** The labels after the prompt, where the task has two or more. */
  #classify(model: Model): Promise<boolean> {
    const { task, shots } = askedOf(this.state.draft, this.chat);
    const { rule, comparison } = this.settings;
    const labels = taskLabels(task);
    const { text } = this.prompt;
    const key = JSON.stringify([text, rule, comparison, labels]);
    return this.classification.request(key, text, async function* ({ signal }) {
      if (labels.length < 2) {
        yield null;
        return;
      }
      const reference = referenceOf(comparisons[comparison], task, { shots });
      yield await classify(model, text, labels, { rule, reference, signal });
    });
  }

  #run<Result>(): Run<Result> {
    const run: Run<Result> = new Run<Result>(() => {
      const { problem } = run.ran;
      if (problem?.code === 'crashed') this.slot.crashed(problem);
      this.changed();
    });
    return run;
  }

  #slotChanged(): void {
    const { model } = this.slot;
    // Another model has another template.
    if (model && model !== this.#chatOf) this.chat = null;
    void this.#readChat();
    if (model) this.#ask();
    else
      for (const run of [this.answer, this.classification, this.generation, this.why]) run.reset();
    this.changed();
  }
}
