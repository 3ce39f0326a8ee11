import { text as checkedText } from '../util/validate.js';
import type { Change, TaskPlace, TextPlace } from './fix.js';
import { renderPrompt } from './render.js';
import type { Prompt, RenderOptions, Task, Template } from './task.js';

/**
 * The whitespace problems of few-shot prompts.
 *
 * | code | means |
 * |---|---|
 * | `trailing-space` | the prompt ends in a space, which should be part of the first token of the answer (EleutherAI/lm-evaluation-harness#2695) |
 * | `double-space` | two parts meet, and each has a space there |
 * | `missing-space` | there is no space between the template and the outputs, as in `A:walked` |
 * | `separator-inside` | a part contains the separator of demonstrations, so it reads as two |
 * | `inconsistent-end` | some inputs or outputs end in whitespace, others do not |
 * | `delimiter-mismatch` | the instruction or an output runs into the text after it, or the instruction ends in a separator of its own |
 * | `carriage-return` | line breaks with a carriage return, as on Windows |
 * | `tab` | a part contains a tab, as in text from a spreadsheet |
 * | `odd-space` | spaces other than U+0020, or characters without width: they look alike but are other tokens |
 * | `empty-output` | a demonstration has no output |
 * | `query-empty` | the query is empty |
 */
export type LintCode =
  | 'trailing-space'
  | 'double-space'
  | 'missing-space'
  | 'separator-inside'
  | 'inconsistent-end'
  | 'delimiter-mismatch'
  | 'carriage-return'
  | 'tab'
  | 'odd-space'
  | 'empty-output'
  | 'query-empty';

/** A whitespace problem that {@link lint} found. */
export interface Finding<Place> {
  code: LintCode;
  /** Where the problem is; at least one place. */
  where: Place[];
  /**
   * The changes that fix it, for {@link applyFix}. They change only whitespace. Null if only the author
   * can decide. They apply to the task or text as it was checked: call `lint` again after applying them.
   */
  fix: Change<Place>[] | null;
  /** @deprecated Use `fix`. This name will be removed in the next release. */
  mend: Change<Place>[] | null;
}

/**
 * Finds whitespace problems in the prompt of a task, as {@link renderPrompt} renders it with the same
 * options, or in a text, where fewer problems can be detected. Pure. The result is empty if there are no
 * problems.
 *
 * @throws {@link ShotglassError} `invalid-option`, as {@link renderPrompt}.
 */
export function lint(task: Task, options?: RenderOptions): Finding<TaskPlace>[];
export function lint(text: string | Prompt): Finding<TextPlace>[];
export function lint(
  subject: Task | Prompt | string,
  options: RenderOptions = {},
): Finding<TaskPlace>[] | Finding<TextPlace>[] {
  if (typeof subject === 'string') return lintText(subject);
  if (isPrompt(subject)) return lintText(checkedText('prompt.text', subject.text));
  return lintTask(subject, options);
}

function isPrompt(subject: Task | Prompt): subject is Prompt {
  return Object(subject) === subject && 'spans' in subject;
}

const LINE_ENDS = /\r\n?/g;
/** Not those at the beginning of a line, which indent. */
const TABS = /(?<=\S)\t+/g;
const ODD_SPACES = /[\u00a0\u1680\u2000-\u200a\u202f\u205f]/g;
const NO_WIDTH = /[\u200b\u2060\ufeff]/g;
const ODD_LINE_ENDS = /[\v\f\u0085\u2028\u2029]/g;
const ODD = new RegExp(`${ODD_SPACES.source}|${NO_WIDTH.source}|${ODD_LINE_ENDS.source}`, 'g');

function evenSpaces(text: string): string {
  return text.replace(ODD_SPACES, ' ').replace(NO_WIDTH, '').replace(ODD_LINE_ENDS, '\n');
}

/** Only these are one token with the letters behind them; tabs and line ends are not. */
const SPACES_AT_END = /(?<! ) +$/;
const SPACES_AT_START = /^ +/;
/** Those that do not indent. */
const SPACES_BEHIND = /(?<=\S) +$/;

function lintText(text: string): Finding<TextPlace>[] {
  // Not tabs: in a text they may be those of a template, which are there on purpose.
  const rules: [LintCode, RegExp, (found: string) => string][] = [
    ['trailing-space', SPACES_AT_END, () => ''],
    // Behind a colon or an arrow; two spaces between sentences are a habit.
    ['double-space', /(?<=[:=>]) {2,}(?=\S)/g, () => ' '],
    ['carriage-return', LINE_ENDS, () => '\n'],
    ['odd-space', ODD, evenSpaces],
  ];
  return rules.flatMap(([code, pattern, fixed]) => {
    const found = [...text.matchAll(new RegExp(pattern, 'g'))].map(({ 0: match, index }) => ({
      place: { start: index, end: index + match.length },
      text: fixed(match),
    }));
    return finding(
      code,
      found.map(({ place }) => place),
      found.map(({ place, text }) => ({ ...place, text })),
    );
  });
}

/** A text of a task that is in its prompt, and where it stands. */
interface TaskText {
  place: TaskPlace;
  text: string;
}

/** The parts of a task that its prompt shows. */
interface ShownTexts {
  template: Template;
  instruction: TaskText;
  inputs: TaskText[];
  outputs: TaskText[];
  query: TaskText;
  labels: readonly string[];
}

function lintTask(task: Task, options: RenderOptions): Finding<TaskPlace>[] {
  const { text } = renderPrompt(task, options);
  const { template, demonstrations } = task;
  const order = (options.order ?? [...demonstrations.keys()]).slice(0, options.shots);
  const parts = (field: 'input' | 'output') =>
    order.map((demonstration) => ({
      place: { demonstration, field },
      text: demonstrations[demonstration]?.[field] ?? '',
    }));
  const shown: ShownTexts = {
    template,
    instruction: { place: { field: 'instruction' }, text: task.instruction },
    inputs: parts('input'),
    outputs: parts('output'),
    query: { place: { field: 'query' }, text: options.query ?? task.query ?? '' },
    labels: task.labels ?? [],
  };
  const written = [shown.instruction, ...shown.inputs, ...shown.outputs, shown.query];
  const around = Object.entries(template).map(([field, text]) => ({
    place: { field: field as keyof Template },
    text,
  }));
  return [
    ...trailingSpace(shown, text),
    ...doubleSpace(shown),
    ...missingSpace(shown),
    ...separatorInside(shown),
    ...inconsistentEnd(shown),
    ...delimiterMismatch(shown),
    ...replaced('carriage-return', [...written, ...around], (text) =>
      text.replace(LINE_ENDS, '\n'),
    ),
    // Those of the template are there on purpose.
    ...replaced('tab', written, (text) => text.replace(TABS, ' ')),
    ...replaced('odd-space', [...written, ...around], evenSpaces),
    ...finding('empty-output', placesOf(shown.outputs.filter(isBlank)), null),
    ...finding('query-empty', isQueryMissing(shown) ? [shown.query.place] : [], null),
  ];
}

function finding<Place>(
  code: LintCode,
  where: Place[],
  fix: Change<Place>[] | null,
): Finding<Place>[] {
  return where.length > 0 ? [{ code, where, fix, mend: fix }] : [];
}

/** The parts that a replacement would change, with the replacement as their fix. */
function replaced(
  code: LintCode,
  parts: readonly TaskText[],
  fixed: (text: string) => string,
): Finding<TaskPlace>[] {
  const wrong = parts.filter(({ text }) => fixed(text) !== text);
  return finding(code, placesOf(wrong), changes(wrong, fixed));
}

function placesOf(parts: readonly TaskText[]): TaskPlace[] {
  return parts.map(({ place }) => place);
}

function changes(parts: readonly TaskText[], fixed: (text: string) => string): Change<TaskPlace>[] {
  return parts
    .map(({ place, text }) => ({ ...place, text: fixed(text), before: text }))
    .filter(({ text, before }) => text !== before)
    .map(({ before: _, ...change }) => change);
}

function isBlank({ text }: TaskText): boolean {
  return text.trim() === '';
}

/** Where no input says anything, the query need not either. */
function isQueryMissing({ query, inputs }: ShownTexts): boolean {
  return isBlank(query) && (inputs.length === 0 || !inputs.every(isBlank));
}

/**
 * The template without the spaces between input and output, up to `outputSeparator`, and what they
 * were: they move into the separator, which stands in demonstrations only.
 */
function withoutEnd(
  { inputSuffix, outputPrefix }: Template,
  pattern: RegExp,
): { fix: Change<TaskPlace>[]; moved: string } {
  const prefix = outputPrefix.replace(pattern, '');
  const suffix = prefix === '' ? inputSuffix.replace(pattern, '') : inputSuffix;
  const fix: Change<TaskPlace>[] = [];
  if (suffix !== inputSuffix) fix.push({ field: 'inputSuffix', text: suffix });
  if (prefix !== outputPrefix) fix.push({ field: 'outputPrefix', text: prefix });
  const moved = inputSuffix.slice(suffix.length) + outputPrefix.slice(prefix.length);
  return { fix, moved };
}

function trailingSpace({ template, query }: ShownTexts, prompt: string): Finding<TaskPlace>[] {
  if (!SPACES_AT_END.test(prompt)) return [];
  const { fix, moved } = withoutEnd(template, SPACES_AT_END);
  const where: TaskPlace[] = fix.map(({ text: _, ...place }) => place);
  if (moved !== '' && !/^\s/.test(template.outputSeparator)) {
    fix.push({ field: 'outputSeparator', text: moved + template.outputSeparator });
  }
  const isEnd = template.inputSuffix + template.outputPrefix === moved;
  if (isEnd && SPACES_AT_END.test(query.text)) {
    where.push(query.place);
    fix.push({ ...query.place, text: query.text.replace(SPACES_AT_END, '') });
  }
  return finding('trailing-space', where, fix);
}

function doubleSpace({ template, inputs, outputs, query }: ShownTexts): Finding<TaskPlace>[] {
  const { inputPrefix, inputSuffix, outputPrefix, outputSeparator } = template;
  const fix: Change<TaskPlace>[] = [];
  const asked = [...inputs, query];

  // Between input and output, where the template has spaces enough by itself.
  const between = spaces(inputSuffix + outputPrefix + outputSeparator, SPACES_BEHIND);
  if (between > 1) {
    const isOwn = /[^ ]/.test(outputSeparator);
    const { fix: moves } = withoutEnd(template, SPACES_AT_END);
    if (!isOwn) fix.push(...moves);
    const separator = isOwn ? outputSeparator.replace(SPACES_AT_END, ' ') : ' ';
    if (separator !== outputSeparator) fix.push({ field: 'outputSeparator', text: separator });
  }
  if (between > 0) fix.push(...changes(outputs.filter(hasText), withoutStart));

  // In front of an input.
  const before = spaces(inputPrefix, SPACES_BEHIND);
  if (before > 1) fix.push({ field: 'inputPrefix', text: inputPrefix.replace(SPACES_AT_END, ' ') });

  // An input may have a space too many on both of its sides.
  const after = spaces(inputSuffix, SPACES_AT_START);
  fix.push(
    ...changes(asked.filter(hasText), (text) => {
      const started = before > 0 ? withoutStart(text) : text;
      return after > 0 ? started.replace(SPACES_AT_END, '') : started;
    }),
  );
  return finding(
    'double-space',
    fix.map(({ text: _, ...place }) => place),
    fix,
  );
}

function hasText(part: TaskText): boolean {
  return !isBlank(part);
}

function withoutStart(text: string): string {
  return text.replace(SPACES_AT_START, '');
}

function spaces(text: string, pattern: RegExp): number {
  return pattern.exec(text)?.[0].length ?? 0;
}

/** What a space is expected behind: letters, punctuation, arrows, and not brackets or quotes. */
const WANTS_SPACE = /(?:[\p{L}\p{N}:;,.?!→]|[=-]>|\s=)$/u;
/** A letter of a script that is written with spaces, or a digit. */
const IS_WORD = /^(?![\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}])[\p{L}\p{N}]/u;

function missingSpace({ template, inputs, outputs, labels }: ShownTexts): Finding<TaskPlace>[] {
  const { inputSuffix, outputPrefix, outputSeparator } = template;
  const middle = inputSuffix + outputPrefix + outputSeparator;
  const glued = (before: string, output: string) =>
    WANTS_SPACE.test(before) && IS_WORD.test(output);
  const isMissing =
    outputs.some(({ text }, i) => glued((inputs[i]?.text ?? '') + middle, text)) ||
    labels.some((label) => glued(middle, label));
  if (!isMissing) return [];
  // Outputs that brought their own would have two.
  const others = changes(outputs.filter(hasText), withoutStart);
  const fix: Change<TaskPlace>[] = [
    { field: 'outputSeparator', text: `${outputSeparator} ` },
    ...others,
  ];
  return finding('missing-space', [{ field: 'outputSeparator' }], fix);
}

function separatorInside(shown: ShownTexts): Finding<TaskPlace>[] {
  const { demonstrationSeparator: separator, inputPrefix } = shown.template;
  if (separator === '') return [];
  const wrong = [
    ...shown.outputs.filter(({ text }) => text.includes(separator)),
    // Within an input it is a separator where another input seems to begin behind it.
    ...[...shown.inputs, shown.query].filter(({ text }) => text.includes(separator + inputPrefix)),
  ];
  const lines = /^\n+$/.test(separator) ? separator.length : 0;
  if (lines === 0) return finding('separator-inside', placesOf(wrong), null);
  const fewer = lines === 1 ? ' ' : '\n'.repeat(lines - 1);
  const tooMany = new RegExp(`\\n{${lines},}`, 'g');
  const fix = changes(wrong, (text) => text.replace(tooMany, fewer));
  return finding('separator-inside', placesOf(wrong), fix);
}

function inconsistentEnd({ template, inputs, outputs, query }: ShownTexts): Finding<TaskPlace>[] {
  const isLoose = ({ text }: TaskText) => text.trim() !== '' && /\s$/.test(text);
  const wrong = outputs.filter(isLoose);
  const asked = [...inputs, query].filter(hasText);
  // Where all of them do, the template may count on it.
  if (!asked.every(isLoose)) {
    const isLast = template.inputSuffix + template.outputPrefix === '';
    const isToldElsewhere = (part: TaskText) =>
      (part === query && isLast && SPACES_AT_END.test(part.text)) ||
      (SPACES_AT_END.test(part.text) && template.inputSuffix.startsWith(' '));
    wrong.push(...asked.filter((part) => isLoose(part) && !isToldElsewhere(part)));
  }
  return finding(
    'inconsistent-end',
    placesOf(wrong),
    changes(wrong, (text) => text.trimEnd()),
  );
}

function delimiterMismatch(shown: ShownTexts): Finding<TaskPlace>[] {
  const { template, instruction, inputs, outputs, query } = shown;
  const { instructionSeparator, inputPrefix, demonstrationSeparator } = template;
  const meets = (before: string, after: string) => /\S$/.test(before) && /^\S/.test(after);
  const fix: Change<TaskPlace>[] = [];

  const usual = /^\s+$/.test(demonstrationSeparator) ? demonstrationSeparator : '\n\n';
  const first = inputPrefix + (inputs[0] ?? query).text;
  const joined = instruction.text + instructionSeparator;
  if (hasText(instruction) && meets(joined, first)) {
    fix.push({ field: 'instructionSeparator', text: instructionSeparator + usual });
  } else if (
    hasText(instruction) &&
    /\s$/.test(instruction.text) &&
    /^\s/.test(instructionSeparator)
  ) {
    fix.push(...changes([instruction], (text) => text.trimEnd()));
  }

  const next = [...inputs.slice(1), query];
  const isGlued = outputs.some(({ text }, i) => meets(text, inputPrefix + (next[i]?.text ?? '')));
  if (demonstrationSeparator === '' && isGlued) {
    fix.push({ field: 'demonstrationSeparator', text: '\n\n' });
  }
  return finding(
    'delimiter-mismatch',
    fix.map(({ text: _, ...place }) => place),
    fix,
  );
}
