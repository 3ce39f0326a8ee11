import type { Template } from 'shotglass';
import type { NamedTemplate } from 'shotglass/experiments';

const others: readonly { name: string; change: Partial<Template> }[] = [
  { name: 'Q: … A:', change: { inputPrefix: 'Q: ', inputSuffix: '\n', outputPrefix: 'A:' } },
  {
    name: 'Input: … Output:',
    change: { inputPrefix: 'Input: ', inputSuffix: '\n', outputPrefix: 'Output:' },
  },
  {
    name: '… =>',
    change: { inputPrefix: '', inputSuffix: ' ', outputPrefix: '=>', demonstrationSeparator: '\n' },
  },
  {
    name: 'q: … a:',
    change: { inputPrefix: 'q: ', inputSuffix: '\n', outputPrefix: 'a:' },
  },
];

/** The name of the template that the prompt has: none of the others has it. */
export const asAsked = '';

/** The template of a task, and others that say the same; none twice. */
export function templatesFor(template: Template): NamedTemplate[] {
  const all = others.map(({ name, change }) => ({
    name,
    template: { ...template, outputSeparator: template.outputSeparator || ' ', ...change },
  }));
  const own = JSON.stringify(Object.entries(template).sort());
  const isOwn = ({ template }: NamedTemplate) =>
    JSON.stringify(Object.entries(template).sort()) === own;
  return [{ name: asAsked, template }, ...all.filter((one) => !isOwn(one))];
}
