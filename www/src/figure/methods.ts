/** How the numbers of a figure came about, in one line for a paper, and as columns of a CSV. */
import { type Normalization, type Template, templateParts } from 'shotglass';
import type { ModelFacts } from '../app/source.ts';
import { strings } from '../strings/index.ts';
import { sentence } from './svg/text.ts';

/** Columns of a CSV, beside those that every figure has. */
export type Facts = Readonly<Record<string, string | number>>;

export interface Methods {
  version: string;
  /** Null where it is not known. */
  model: ModelFacts | null;
  /** What was asked; null where many queries were. */
  query: string | null;
  /** The numbers of shots: one, or all that the figure compares. */
  shots: readonly number[];
  /** How many demonstrations the shots come from. */
  demonstrations: number;
  /** Null where nothing was asked in a prompt of the page. */
  template: Template | null;
  /** How labels were scored; null where nothing was chosen among labels. */
  scoring: { rule: Normalization; reference: Reference } | null;
  /** Of what was drawn at random; null where nothing was. */
  seeds: readonly number[] | null;
  orders: number | null;
  /** How many rows were evaluated; null where none were. */
  rows: number | null;
  /** The two prompts that were compared, where there was more than one. */
  pair?: { a: ComparedPrompt; now: ComparedPrompt } | null;
}

/** One of two prompts, as far as they may differ. */
export interface ComparedPrompt {
  name: string;
  instruction: string;
  template: Template;
  /** How many demonstrations its prompts are made of. */
  demonstrations: number;
}

const longestName = 80;

/** How labels are calibrated: one of the lab's ways by its name. */
export type Reference = 'nothing' | 'empty' | 'answer' | 'contentFree' | 'batch' | 'channel';

/** All of it in one sentence, in the language of the page. */
export function methodsLine(methods: Methods): string {
  const words = strings.figure.methods;
  const { model, scoring, shots, seeds, orders, rows, pair } = methods;
  const parts = [
    model && modelText(model),
    ...(pair
      ? [
          comparedText(strings.pair.a, pair.a),
          comparedText(strings.pair.now, pair.now),
          strings.pair.methods.shots(listed(shots)),
          strings.pair.methods.same,
        ]
      : methods.template
        ? [
            words.shots(listed(shots), methods.demonstrations),
            words.template(templateText(methods.template)),
          ]
        : []),
    scoring &&
      words.scoring(strings.why.rules[scoring.rule], strings.why.comparisons[scoring.reference]),
    rows === null ? null : words.rows(rows),
    seeds && words.seeds(listed(seeds)),
    orders === null ? null : words.orders(orders),
    pair ? strings.pair.methods.test : null,
    words.softmax,
    words.version(methods.version),
  ];
  const line = parts.filter((part) => part !== null).join(strings.words.semicolon);
  return sentence(line) + strings.words.stop;
}

function modelText({ name, server, sha256, activationBits }: ModelFacts): string {
  if (server !== undefined) return strings.first.onServer(shortened(name), server);
  return strings.figure.methods.model(shortened(name), sha256.slice(0, 8), activationBits);
}

function comparedText(
  which: string,
  { name, instruction, template, demonstrations }: ComparedPrompt,
): string {
  const words = strings.pair.methods;
  const side = words.side(which, shortened(name), templateText(template), demonstrations);
  return instruction === '' ? side : side + words.instruction(shortened(instruction));
}

/** The same as columns, whose names and values are those of no language. */
export function methodsColumns(methods: Methods): Facts {
  const { model, scoring, seeds, orders, rows, query, pair } = methods;
  return {
    model: model?.name ?? '',
    model_sha256: (!model?.server && model?.sha256) || '',
    activation_bits: model?.activationBits || '',
    ...(model?.server !== undefined && { server: model.server }),
    shots: methods.shots.join(' '),
    demonstrations: methods.template ? methods.demonstrations : '',
    template: methods.template ? templateText(methods.template) : '',
    rule: scoring?.rule ?? '',
    reference: scoring?.reference ?? '',
    rows: rows ?? '',
    seeds: seeds?.join(' ') ?? '',
    orders: orders ?? '',
    query: query ?? '',
    ...(pair && {
      instruction: pair.now.instruction,
      a_demonstrations: pair.a.demonstrations,
      a_template: templateText(pair.a.template),
      a_instruction: pair.a.instruction,
    }),
    shotglass: methods.version,
  };
}

/** A demonstration in its template, with line breaks as they are escaped in JSON. */
export function templateText(template: Template): string {
  const { inputPrefix, inputSuffix, outputPrefix, outputSeparator, demonstrationSeparator } =
    template;
  // Free text has nothing around it.
  if (templateParts.every((part) => part === 'outputSeparator' || template[part] === ''))
    return '{input}';
  const text = `${inputPrefix}{input}${inputSuffix}${outputPrefix}${outputSeparator}{output}${demonstrationSeparator}`;
  return JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"');
}

/** A name out of a file that somebody else has written. */
const shortened = (name: string) =>
  name.length > longestName ? `${name.slice(0, longestName)}…` : name;

/** "4", "0, 1, 2"; what follows one by one as "0–10". */
function listed(numbers: readonly number[]): string {
  const [first = 0] = numbers;
  const isRun = numbers.length > 2 && numbers.every((one, i) => one === first + i);
  return isRun ? `${first}–${numbers.at(-1)}` : numbers.join(strings.words.comma);
}
