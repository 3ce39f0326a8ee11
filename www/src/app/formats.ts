import type { Template } from 'shotglass';
import { arrow, questionAnswer, review } from 'shotglass/presets';

/** The part of a template that has to do with pairs; what follows an instruction is a matter of the instruction. */
type PairTemplate = Omit<Template, 'instructionSeparator'>;

function pairsOf({ instructionSeparator: _, ...pair }: Template): PairTemplate {
  return pair;
}

/** Formats that are ready to be taken. */
export const formats = [
  { id: 'qa', template: pairsOf(questionAnswer) },
  {
    id: 'inputOutput',
    template: { ...pairsOf(questionAnswer), inputPrefix: 'Input: ', outputPrefix: 'Output:' },
  },
  { id: 'arrow', template: pairsOf(arrow) },
  {
    id: 'plain',
    template: {
      ...pairsOf(questionAnswer),
      inputPrefix: '',
      outputPrefix: '',
      outputSeparator: '',
    },
  },
  { id: 'review', template: pairsOf(review) },
] as const satisfies readonly { id: string; template: PairTemplate }[];

export type FormatId = (typeof formats)[number]['id'];

/** Which of them a template is; null for one of the reader's own. */
export function formatOf(template: Template): FormatId | null {
  const same = ({ template: ready }: (typeof formats)[number]) =>
    (Object.keys(ready) as (keyof PairTemplate)[]).every((key) => ready[key] === template[key]);
  return formats.find(same)?.id ?? null;
}
