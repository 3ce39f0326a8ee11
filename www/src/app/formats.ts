import type { Template } from 'shotglass';

/** The part of a template that has to do with pairs; what follows an instruction is a matter of the instruction. */
type PairTemplate = Omit<Template, 'instructionSeparator'>;

/** A format on lines of its own: the name of the input, the name of the output, a blank line after each pair. */
const named = (input: string, output: string): PairTemplate => ({
  inputPrefix: `${input}: `,
  inputSuffix: '\n',
  outputPrefix: `${output}:`,
  outputSeparator: ' ',
  demonstrationSeparator: '\n\n',
});

/** Formats that are ready to be taken. */
export const formats = [
  { id: 'qa', template: named('Q', 'A') },
  { id: 'inputOutput', template: named('Input', 'Output') },
  { id: 'review', template: named('Review', 'Sentiment') },
  {
    id: 'arrow',
    template: {
      inputPrefix: '',
      inputSuffix: ' ',
      outputPrefix: '=>',
      outputSeparator: ' ',
      demonstrationSeparator: '\n',
    },
  },
] as const satisfies readonly { id: string; template: PairTemplate }[];

export type FormatId = (typeof formats)[number]['id'];

/** Which of them a template is; null for one of the reader's own. */
export function formatOf(template: Template): FormatId | null {
  const same = ({ template: ready }: (typeof formats)[number]) =>
    (Object.keys(ready) as (keyof PairTemplate)[]).every((key) => ready[key] === template[key]);
  return formats.find(same)?.id ?? null;
}
