import { type Classification, classify, readLabels, taskLabels } from 'shotglass';
import { referenceOf } from 'shotglass/experiments';
import type { Held } from '../answer/compare/side-by-side.ts';
import type { ChatTemplate } from '../app/chat.ts';
import type { LabModel } from '../app/lab-model.ts';
import { askedOf } from '../app/prompt.ts';
import { comparisons, hasLabels, type Settings } from '../app/settings.ts';
import type { JobRequest } from './schedule.ts';

/** The labels of prompts; it remembers what each classification has scored. */
export class Classifier {
  readonly #scored = new WeakMap<Classification, string>();

  /** The labels after the prompt of a draft, be it the held one, where the draft in view has two or more. */
  request(
    model: LabModel,
    { draft, text }: Held,
    {
      settings,
      chat,
      labels: named,
    }: { settings: Settings; chat: ChatTemplate | null; labels: readonly string[] | undefined },
  ): JobRequest<Classification | null> {
    const { task, shots } = askedOf(draft, chat);
    const { rule, comparison } = settings;
    const labels = hasLabels(named) ? taskLabels({ ...task, labels: [...named] }) : [];
    const key = JSON.stringify([text, comparison, labels]);
    const scored = this.#scored;
    return {
      key: `${rule} ${key}`,
      of: text,
      work: async function* ({ signal, before }) {
        if (labels.length < 2) {
          yield null;
          return;
        }
        // Another normalization reads the same scores, and needs no model.
        const same = before !== null && scored.get(before) === key;
        const reference = same ? undefined : referenceOf(comparisons[comparison], task, { shots });
        const found = same
          ? readLabels(
              labels,
              before.labels.flatMap(({ scores }) => scores),
              rule,
            )
          : await classify(model, text, labels, { rule, reference, signal });
        scored.set(found, key);
        yield found;
      },
    };
  }
}
