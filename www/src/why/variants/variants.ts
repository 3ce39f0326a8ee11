import type { Label, Prompt, Task } from 'shotglass';
import { renderPrompt } from 'shotglass';
import { type LabelVariant, planLabels } from 'shotglass/experiments';

/** Words that mean nothing, for outputs. */
const nonsense = ['foo', 'bar', 'baz', 'qux', 'quux', 'corge', 'grault', 'garply', 'waldo', 'fred'];

/**
 * The prompts of the five-way switch for a task without labels. There is no other label to put in the place of a right
 * one, so the outputs change places: the one after it (`flipped`), or drawn from all of them (`random`).
 */
export function freeVariants(
  task: Task,
  query: string,
  labels: readonly Label[],
): { variant: LabelVariant; prompt: Prompt }[] {
  const outputs = task.demonstrations.map(({ output }) => output);
  const n = outputs.length;
  const withOutputs = (outputAt: (index: number) => string): Prompt => {
    const demonstrations = task.demonstrations.map(({ input }, index) => ({
      input,
      output: outputAt(index),
    }));
    return renderPrompt({ ...task, demonstrations }, { query });
  };
  const variants: { variant: LabelVariant; prompt: Prompt }[] = [
    { variant: 'gold', prompt: withOutputs((index) => outputs[index] ?? '') },
    // Reversed: another arrangement than the next, and the same one whenever it is asked for.
    { variant: 'random', prompt: withOutputs((index) => outputs[n - 1 - index] ?? '') },
    { variant: 'flipped', prompt: withOutputs((index) => outputs[(index + 1) % n] ?? '') },
    {
      variant: 'abstract',
      prompt: withOutputs((index) => nonsense[index % nonsense.length] ?? ''),
    },
  ];
  // One output has nobody to change places with.
  if (n < 2) variants.splice(1, 2);
  const [none] = planLabels(task, { query, labels, variants: ['none'] });
  return none ? [...variants, { variant: 'none', prompt: none.prompt }] : variants;
}
