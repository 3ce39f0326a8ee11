import { type Classification, type ElementTable, elementHtml, type Task } from 'shotglass';
import type { LabPrediction } from '../../app/lab-model.ts';
import { labelsOf, presetOf, stemOf } from '../../app/own-task.ts';
import { type Settings, viewOf } from '../../app/settings.ts';
import type { Preset } from '../../presets/index.ts';
import { strings } from '../../strings/index.ts';
import { nameText } from '../../ui/visible.ts';
import { type Shown, type TextFile, wholly } from '../shown.ts';

/** Where the script lies that `npx shotglass embed shotglass` has put beside a page. */
const script = 'shotglass/dist/element/define.js';

/**
 * The `<shot-glass>` element as it reads without any script: the demonstrations and the query as a list, and what was
 * recorded as a table. With its script, in the first line, it asks exactly the same prompt; the rows of the table that are
 * not in the prompt are hidden in the list, and the slider goes on to them.
 */
export function html(shown: Shown): TextFile {
  const { draft, prediction, model, version } = shown;
  const { task, shots, query } = wholly(shown);
  const preset = presetOf(draft);
  const classification = shownLabels(shown);
  const words = strings.keep.html;
  const element = elementHtml({
    task: { ...task, query },
    shots,
    view: classification ? 'labels' : 'tokens',
    preset: preset && isKnown(task, preset) ? preset.id : undefined,
    recorded:
      prediction && model
        ? {
            caption: words.caption(
              classification !== null,
              nameText(model.name),
              model.server ?? `SHA-256 ${model.sha256}`,
              version,
            ),
            head: classification ? words.label : words.token,
            rows: classification ? labelRows(classification) : tokenRows(prediction),
          }
        : undefined,
  });
  const head = `<!-- ${words.files} -->\n<script type="module" src="${script}"></script>`;
  return { name: `${stemOf(draft)}.html`, type: 'text/html', text: `${head}\n\n${element}` };
}

/** The labels, where the page shows them as the element would: by the plain rule, compared with nothing. */
function shownLabels({ draft, settings, classification }: Shown): Classification | null {
  const isPlain = (set: Settings) => set.rule === 'sum' && set.comparison === 'nothing';
  const isShown = viewOf(settings, labelsOf(draft)) === 'labels';
  return isShown && isPlain(settings) ? classification : null;
}

function tokenRows({ candidates, rest }: LabPrediction): ElementTable['rows'] {
  return [
    ...candidates.map(({ bytes, p }) => ({ name: bytes, p })),
    { name: strings.rest(rest.count), p: rest.p },
  ];
}

function labelRows({ labels, mass }: Classification): ElementTable['rows'] {
  return [
    ...labels.map(({ label, p }) => ({ name: label, p })),
    { name: strings.keep.html.mass, p: mass },
  ];
}

/** Whether the name of a preset brings the task's template, labels and instruction. */
function isKnown(task: Task, { task: known }: Preset): boolean {
  return (
    isSame(task.template, known.template) &&
    isSame(task.labels, known.labels) &&
    (task.instruction !== '' || known.instruction === '')
  );
}

/** Of plain data; the order of a template's parts is not a part of it. */
function isSame(one: object | undefined, other: object | undefined): boolean {
  const sorted = (value: object | undefined) =>
    JSON.stringify(value && Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
  return sorted(one) === sorted(other);
}
