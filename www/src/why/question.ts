import type { Demonstration, Label, Task } from 'shotglass';
import { renderPrompt, taskLabels } from 'shotglass';
import type { ChatTemplate } from '../app/chat.ts';
import { nameOf, presetOf } from '../app/own-task.ts';
import { LabError } from '../app/problem.ts';
import { askedOf, promptOf } from '../app/prompt.ts';
import { comparisons, type Settings } from '../app/settings.ts';
import type { Draft } from '../app/state.ts';
import { strings } from '../strings/index.ts';
import type { Calibration } from './evaluate/calibrations.ts';
import { offeredShots } from './evaluate/offered.ts';
import { pinnedQuestion, type Side } from './evaluate/pair/pairing.ts';
import { parted } from './evaluate/rows.ts';
import type { Experiment } from './experiment.ts';
import type { Draws, Question, Sentences, Settled } from './figure.ts';
import type { AskedModel } from './tape.ts';

/** As many outputs of demonstrations compete with the right answer: those that the model may copy. */
const mostRivals = 7;
const mostTokens = 24;

/** What is known of a shipped task beside the task itself. */
export interface Known {
  queries: readonly string[];
  /** The right output of the first query. */
  answer?: string | null;
  /** Inputs that no demonstration has, with their outputs. */
  rows?: readonly Demonstration[];
}

/** What the reader chose for the experiments, beside the settings. */
export interface WhyChoices {
  /** Rows to evaluate; null: the task's own. */
  rows: readonly Demonstration[] | null;
  /** Numbers of shots to evaluate at. */
  shots: readonly number[];
  draws: Draws;
  /** How an evaluation calibrates its labels. */
  calibration: Calibration;
  /** How many rows of the table are held out and evaluated, in the place of others; 0 for none. */
  holdOut: number;
  /** Key of the cell of an evaluation that is looked at closer; null until one is chosen. */
  closer: string | null;
  /** Two sentences to compare; null for the pairs of the package. */
  sentences: Sentences | null;
  /** The answer to look at, and the query that it was given for. */
  given: { query: string; answer: string } | null;
  /** The token of a prompt up to which layers are read, from 0; null: the last one. */
  lookAt: { prompt: string; position: number } | null;
  /** Which prompt states are put into: the present one with other outputs, or the pinned one. */
  against: 'outputs' | 'pinned';
}

export const firstChoices: WhyChoices = {
  rows: null,
  shots: [0, 1, 2, 4, 8],
  draws: { seeds: 1, orders: 1 },
  calibration: 'nothing',
  holdOut: 0,
  closer: null,
  sentences: null,
  given: null,
  lookAt: null,
  against: 'outputs',
};

/** An experiment with what it is about, and the key of that. */
export interface QuestionToRun {
  experiment: Experiment;
  question: Question;
  of: string;
  /** Whether it goes on where it was left, and does not begin anew. */
  goesOn?: boolean;
}

/** An experiment that was left before its end: what it is about, and how far it came. */
export interface Unfinished {
  of: string;
  done: number;
  total: number;
}

/** What an experiment on the prompt, as it stands, is asked; `held` is the pinned one. */
export function questionOf(
  draft: Draft,
  chat: ChatTemplate | null,
  settings: Settings,
  choices: WhyChoices,
  held: Draft | null = null,
): Question {
  const { task, query, shots } = askedOf(draft, chat);
  const { rule, comparison } = settings;
  const pool = task.demonstrations;
  const isFree = isFreeText(task);
  const shown = { ...task, demonstrations: pool.slice(0, shots) };
  const known = presetOf(draft);
  const answer = answerOf(choices, known, { query, pool, isFree });
  // Labels may have been found in outputs of rows that are not shown.
  const labels = isFree ? labelsOf(shown, pool, true, answer) : labelsOf(task, pool, false, answer);
  const isLabel = labels.some(({ name }) => name === answer);
  const { train, test } = parted(pool, choices.holdOut, !isFree);
  const offered = offeredShots(train.length);
  return {
    task: shown,
    pool,
    query,
    isFree,
    labels,
    answer: isFree || isLabel ? answer : null,
    lookAt: lookedAt(choices, shown, query),
    into: choices.against === 'pinned' && held ? promptOf(held, chat).text : null,
    right: rightOf(choices, known, { query, pool, isFree, labels }),
    asks: null,
    rule,
    comparison: comparisons[comparison],
    train,
    calibration: choices.calibration,
    rows: test ?? choices.rows ?? known?.rows ?? [],
    shots: choices.shots.filter((k) => offered.includes(k)),
    draws: choices.draws,
    sentences: choices.sentences,
    pinned:
      held &&
      pinnedQuestion(sideOf(held, chat), sideOf(draft, chat), {
        ...{ test, train, rows: choices.rows, shots: choices.shots },
      }),
  };
}

/** The position that the reader chose in this very prompt. */
function lookedAt({ lookAt }: WhyChoices, task: Task, query: string): number | null {
  const isHere = lookAt && lookAt.prompt === renderPrompt(task, { query }).text;
  return isHere ? lookAt.position : null;
}

/** A draft as one of two that are asked the same rows. */
function sideOf(draft: Draft, chat: ChatTemplate | null): Side {
  const { task } = askedOf(draft, chat);
  const pool = task.demonstrations;
  const isFree = isFreeText(task);
  return {
    name: nameOf(draft),
    ...{ task, pool, isFree, labels: isFree ? [] : taskLabels(task) },
    isText: draft.text !== null,
    rows: presetOf(draft)?.rows ?? null,
  };
}

/** What the reader gave for this query; else what is known; null where nobody knows. */
function answerOf(
  { given }: WhyChoices,
  known: Known | null,
  { query, pool, isFree }: Pick<Question, 'query' | 'pool' | 'isFree'>,
): string | null {
  if (given && given.query === query) {
    return given.answer === '' ? null : given.answer;
  }
  return isFree ? knownAnswer(query, known, pool) : null;
}

/** What the reader gave for this query; else what is known; null where nobody knows, or where it is no label. */
function rightOf(
  { given }: WhyChoices,
  known: Known | null,
  { query, pool, isFree, labels }: Pick<Question, 'query' | 'pool' | 'isFree' | 'labels'>,
): string | null {
  const own = given && given.query === query && given.answer !== '' ? given.answer : null;
  const right = own ?? knownAnswer(query, known, pool);
  return isFree || labels.some(({ name }) => name === right) ? right : null;
}

/** Whether any text may be right: there are no labels, and outputs do not come again as labels would. */
export function isFreeText({ labels, demonstrations }: Task): boolean {
  if (labels !== undefined && labels.length >= 2) return false;
  const outputs = new Set(demonstrations.map(({ output }) => output));
  return outputs.size < 2 || outputs.size * 2 > demonstrations.length;
}

/** The right answer to a query, where a shipped task or a row of the table knows it. */
export function knownAnswer(
  query: string,
  known: Known | null,
  demonstrations: readonly Demonstration[],
): string | null {
  const { queries = [], answer, rows = [] } = known ?? {};
  if (answer && query === queries[0]) return answer;
  const same = ({ input }: Demonstration) => input.trim() === query.trim();
  return (rows.find(same) ?? demonstrations.find(same))?.output ?? null;
}

/** The labels of a task; in free text the right answer, if it has a name, and what else might be said. */
export function labelsOf(
  task: Task,
  pool: readonly Demonstration[],
  isFree: boolean,
  answer: string | null,
): Label[] {
  if (!isFree) return taskLabels(task);
  const shown = task.demonstrations.length > 0 ? task.demonstrations : pool;
  const rivals = new Set(
    shown.map(({ output }) => output).filter((output) => output.trim() !== ''),
  );
  rivals.delete(answer ?? '');
  const names = [...(answer === null ? [] : [answer]), ...[...rivals].slice(0, mostRivals)];
  return names.map((name) => ({ name, words: [task.template.outputSeparator + name] }));
}

/** The question with an answer to look at: in free text, where nobody gave one, what the model itself writes. */
export async function settled(
  model: AskedModel,
  question: Question,
  signal: AbortSignal,
): Promise<Settled> {
  const { isFree, task, pool, query } = question;
  if (!isFree) return { ...question, signal };
  const answer = question.answer ?? (await written(model, task, query, signal));
  const labels = labelsOf(task, pool, true, answer);
  if (labels.length < 2) throw new LabError(() => strings.why.needsRivals);
  return { ...question, answer, labels, signal };
}

/** What the model writes after the prompt when it always takes the most probable token. */
async function written(
  model: AskedModel,
  task: Task,
  query: string,
  signal: AbortSignal,
): Promise<string> {
  const { demonstrationSeparator, outputSeparator } = task.template;
  const stop = [...new Set(['\n', demonstrationSeparator])].filter((text) => text !== '');
  let text = '';
  const prompt = renderPrompt(task, { query });
  for await (const { textDelta } of model.generate(prompt, {
    maxTokens: mostTokens,
    stop,
    signal,
  })) {
    text += textDelta;
  }
  const answer = (
    text.startsWith(outputSeparator) ? text.slice(outputSeparator.length) : text
  ).trimEnd();
  if (answer !== '') return answer;
  throw new LabError(() => strings.why.saysNothing);
}

/** What an experiment's outcome depends on: a figure with another key is of an earlier prompt or other settings. */
export function keyOf(
  {
    asks,
    looksAt,
    mayUsePinned,
    needsPinned,
    usesPool,
    atOwnShots,
    overTable,
    overModels,
  }: Pick<
    Experiment,
    | 'asks'
    | 'looksAt'
    | 'mayUsePinned'
    | 'needsPinned'
    | 'usesPool'
    | 'atOwnShots'
    | 'overTable'
    | 'overModels'
  >,
  question: Question,
): string {
  if (asks === 'sentences') return JSON.stringify(question.sentences);
  const { task, isFree, query, labels, answer, rule, comparison, pinned } = question;
  const { instruction, template, demonstrations } = task;
  const names = labels.map(({ name }) => name);
  const common = { instruction, template, isFree, names, rule };
  const { train, draws } = question;
  if (asks !== 'rows') {
    const key = JSON.stringify({ ...common, comparison, demonstrations, query, answer });
    if (overTable) return `${key} ${textOf(train)} ${textOf(question.rows)} ${question.right}`;
    if (looksAt && question.lookAt !== null) return `${key} ${question.lookAt}`;
    if (mayUsePinned && question.into !== null) return `${key} ${question.into}`;
    return usesPool ? `${key} ${textOf(question.pool)}` : key;
  }
  if (atOwnShots) {
    const k = demonstrations.length;
    return `${JSON.stringify({ ...common, k })} ${textOf(train)} ${textOf(question.rows)}`;
  }
  const calibration = overModels ? 'nothing' : question.calibration;
  const { rows, shots } = needsPinned && pinned ? pinned : question;
  const asked = JSON.stringify({ ...common, shots, draws, calibration });
  const key = `${asked} ${textOf(train)} ${textOf(rows)}`;
  if (overModels) return `${key} ${JSON.stringify([query, question.right])}`;
  if (!needsPinned || !pinned) return key;
  const a = [pinned.task.instruction, pinned.task.template, pinned.labels];
  return `${key} ${JSON.stringify(a)} ${textOf(pinned.train)}`;
}

/** The same without the query: what the models said of the rows does not depend on it. */
export function rowsKeyOf(question: Question): string {
  return keyOf({ asks: 'rows' }, { ...question, calibration: 'nothing' });
}

const texts = new WeakMap<readonly Demonstration[], string>();

/** Of thousands of rows it is made once: keys are compared each time that the page is drawn. */
function textOf(rows: readonly Demonstration[]): string {
  const known = texts.get(rows);
  if (known !== undefined) return known;
  const text = JSON.stringify(rows.map(({ input, output }) => [input, output]));
  texts.set(rows, text);
  return text;
}
