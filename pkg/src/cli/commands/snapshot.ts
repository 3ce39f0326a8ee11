/** `shotglass snapshot`: recorded results for pages, and whether they still hold. */
import { writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { views } from '../../element/state/view.js';
import type { Model } from '../../model/model.js';
import { recordOf } from '../../records/index.js';
import { snapshotHtml } from '../../snapshot/html.js';
import type { Snapshot } from '../../snapshot/index.js';
import { parseSnapshot } from '../../snapshot/parse.js';
import { takeSnapshot } from '../../snapshot/take.js';
import {
  type Command,
  choiceOption,
  type Invocation,
  integerOption,
  integersOption,
  isGiven,
  jsonOption,
  modelOptions,
  queryOption,
  taskOptions,
  textOption,
  UsageError,
} from '../command.js';
import { counted } from '../counted.js';
import { parseJson, readText, type TaskInput, taskInput } from '../input.js';
import { checkFile, type FileCheck } from '../page/check-file.js';
import { bitsOption, loadModel, withModel } from '../with-model.js';

const name = 'snapshot';

export const snapshotCommand: Command = {
  name,
  about: 'Records results of a task for a page, or checks recorded results.',
  usage: [
    '--preset ID | --task FILE [--shots LIST] [--out FILE.json] [--html]',
    '--html FILE.json [--shots K] [--view VIEW]',
    '--check FILE.json|PAGE.html|PAGE.md ...',
  ],
  options: [
    ...taskOptions,
    { name: 'shots', value: 'LIST', about: 'Numbers of shots, such as 0,2,4. Default: all.' },
    queryOption,
    {
      name: 'answer',
      value: 'TEXT',
      about: "The right output for the query. Default: the preset's, for its own query.",
    },
    { name: 'top-k', value: 'N', about: 'Number of tokens to record. Default 10.' },
    { name: 'out', value: 'FILE', about: 'File to write. Default: standard output.' },
    {
      name: 'html',
      value: null,
      about: 'Print a <shot-glass> element that shows the results in a page.',
    },
    { name: 'view', value: 'VIEW', about: `What the element shows: ${views.join(', ')}.` },
    {
      name: 'check',
      value: null,
      about: 'Run the model again and list the recorded values that changed.',
    },
    { name: 'tolerance', value: 'P', about: 'How much a probability may change. Default 0.0001.' },
    {
      name: 'root',
      value: 'FOLDER',
      about: 'With --check: the folder that / stands for in addresses.',
    },
    { ...jsonOption, about: 'With --check: print JSON.' },
    ...modelOptions,
  ],
  notes: [
    'In pages, --check finds every <shot-glass> with a recorded table, text or snapshot, and those that',
    "show the package's own record of a preset. Code blocks in Markdown are skipped. The exit code is 3 if",
    'a recorded value has changed.',
  ],
  run,
};

function run(invocation: Invocation): Promise<number> {
  return isGiven(invocation, 'check') ? check(invocation) : take(invocation);
}

async function take(invocation: Invocation): Promise<number> {
  const { terminal, positionals } = invocation;
  const [file] = positionals;
  const asked = await taskInput(invocation, name);
  if ((file === undefined) === (asked === null)) {
    throw new UsageError(
      'Give either a task (--preset or --task), or a snapshot file with --html.',
      name,
    );
  }
  const out = textOption(invocation, 'out');
  const isHtml = isGiven(invocation, 'html');
  const view = choiceOption(invocation, name, 'view', views);
  if (file !== undefined) {
    if (!isHtml || positionals.length > 1) {
      throw new UsageError('--html reads one snapshot file. Use --check to check files.', name);
    }
    const snapshot = parseSnapshot(parseJson(await readText(file), file));
    const shots = integersOption(invocation, name, 'shots')?.[0];
    terminal.print(snapshotHtml(snapshot, { shots, view, url: basename(file) }));
    return 0;
  }
  const { task, preset, shots } = asked as TaskInput;
  const snapshot = await taken(invocation, task, preset);
  const json = `${JSON.stringify(snapshot)}\n`;
  if (out !== undefined && out !== '-') {
    await writeFile(out, json);
    const { length } = snapshot.results;
    terminal.say(
      `Wrote ${out}: ${counted(length, 'result')}, ${counted(json.length, 'character')}`,
    );
  } else if (!isHtml) {
    terminal.print(json);
  }
  if (isHtml) {
    const recorded = snapshot.results.map((result) => result.shots);
    terminal.print(
      snapshotHtml(snapshot, {
        shots: recorded.includes(shots) ? shots : undefined,
        view,
        preset: preset?.id,
        url: out === undefined || out === '-' ? undefined : basename(out),
      }),
    );
  }
  return 0;
}

async function taken(
  invocation: Invocation,
  task: TaskInput['task'],
  preset: TaskInput['preset'],
): Promise<Snapshot> {
  const { terminal, signal } = invocation;
  const shots = integersOption(invocation, name, 'shots');
  const topK = integerOption(invocation, name, 'top-k', 1);
  const isOwnQuery = preset !== null && textOption(invocation, 'query') === undefined;
  const known = isOwnQuery ? (await recordOf(preset.id)).answer : undefined;
  const answer = textOption(invocation, 'answer') ?? known;
  return withModel(invocation, name, (model) =>
    takeSnapshot(model, task, {
      shots,
      topK,
      answer,
      signal,
      onProgress: ({ done, total }) => terminal.progress('Running the model', done / total),
    }),
  );
}

async function check(invocation: Invocation): Promise<number> {
  const { positionals: files, terminal } = invocation;
  if (files.length === 0) throw new UsageError('--check needs at least one file.', name);
  const tolerance = toleranceOf(invocation);
  const root = textOption(invocation, 'root');
  const { signal } = invocation;
  const checks: FileCheck[] = [];
  const models = new Models(invocation);
  try {
    for (const [i, file] of files.entries()) {
      terminal.progress('Checking', i / files.length, file);
      const model = (bits: number) => models.of(bits);
      checks.push(await checkFile(file, { model, tolerance, root, signal }));
    }
  } finally {
    models.close();
  }
  terminal.endProgress();
  if (isGiven(invocation, 'json')) terminal.print(JSON.stringify(checks, null, 2));
  else for (const one of checks) terminal.print(reportOf(one));
  return checks.some(({ differences }) => differences.length > 0) ? 3 : 0;
}

/** The model, loaded when a file needs it, once for each precision that records were made with. */
class Models {
  readonly #invocation: Invocation;
  readonly #loaded = new Map<8 | 16, Model>();

  constructor(invocation: Invocation) {
    this.#invocation = invocation;
  }

  async of(recordedBits: number): Promise<Model> {
    const bits = bitsOption(this.#invocation, name) ?? (recordedBits === 8 ? 8 : 16);
    const model = this.#loaded.get(bits) ?? (await loadModel(this.#invocation, name, bits));
    this.#loaded.set(bits, model);
    return model;
  }

  close(): void {
    for (const model of this.#loaded.values()) model.close();
  }
}

function toleranceOf(invocation: Invocation): number {
  const text = textOption(invocation, 'tolerance') ?? '0.0001';
  const tolerance = Number(text);
  if (text.trim() !== '' && tolerance >= 0 && tolerance <= 1) return tolerance;
  throw new UsageError(`--tolerance must be a number from 0 to 1, not '${text}'.`, name);
}

function reportOf({ file, figures, differences, notChecked }: FileCheck): string {
  const lines = [
    ...notChecked.map(({ where, message }) => `${where}: not checked. ${message}`),
    ...differences.map(({ where, message }) => `${where}: ${message}`),
  ];
  if (differences.length === 0 && figures > 0) {
    lines.push(
      `${file}: ${counted(figures, 'recorded value')} ${figures === 1 ? 'matches' : 'match'}`,
    );
  }
  return lines.length > 0 ? lines.join('\n') : `${file}: no recorded values found`;
}
