/** What is recorded of models, as curves: of the preset as it ships, on its own rows, with its own seeds. */
import type { Demonstration, Label } from 'shotglass';
import { accuracy, curvePoint, type PairedCell } from 'shotglass/experiments';
import type { CatalogueModel } from 'shotglass/models';
import type { Preset } from 'shotglass/presets';
import type { RecordedCurve, RecordedModel, RecordedModels } from '../../measured/models/types.ts';
import type { Question } from '../figure.ts';
import type { ComparedModel, ModelCurve } from './curves.ts';

/** What is known of models without asking them. */
export interface Known {
  catalogue: readonly CatalogueModel[];
  recorded: RecordedModels;
}

/** The curves that are of this very question; none where anything that they depend on is different. */
export function recordedCurves(
  { catalogue, recorded }: Known,
  preset: Preset | null,
  question: Question,
): ModelCurve[] {
  const curves = preset && recorded.presets[preset.id]?.curves;
  if (!preset || !curves || !isRecorded(recorded, preset, question)) return [];
  return recorded.models.flatMap((model) => {
    const curve = curves[model.sha256];
    return curve ? [curveOf(recorded, about(model, catalogue), curve, preset, question)] : [];
  });
}

/** Whether the question is one that was asked when the curves were recorded, or a part of it. */
function isRecorded(
  { shots, seeds }: RecordedModels,
  { task, rows }: Preset,
  question: Question,
): boolean {
  const { instruction, template } = question.task;
  const own = [instruction, Object.entries(template).sort(), pairs(question.train)];
  const shipped = [
    task.instruction,
    Object.entries(task.template).sort(),
    pairs(task.demonstrations),
  ];
  return (
    JSON.stringify([...own, pairs(question.rows), labelNames(question)]) ===
      JSON.stringify([...shipped, pairs(rows), task.labels ?? null]) &&
    (question.isFree || question.rule === 'sum') &&
    question.shots.length > 0 &&
    question.shots.every((k) => shots.includes(k)) &&
    question.draws.seeds <= seeds.length &&
    question.draws.orders === 1
  );
}

const pairs = (rows: readonly Demonstration[]) => rows.map(({ input, output }) => [input, output]);

function labelNames({ isFree, labels }: { isFree: boolean; labels: readonly Label[] }) {
  return isFree ? null : labels.map(({ name }) => name);
}

/** The entry of the catalogue has the same weights, whatever its file is. */
function about(model: RecordedModel, catalogue: readonly CatalogueModel[]): ComparedModel {
  const { name, entry, sha256, bytes, parameters, activationBits } = model;
  const { kind = null, tokensTrained = null } = catalogue.find(({ id }) => id === entry) ?? {};
  return { name, sha256, bytes, parameters, activationBits, kind, tokensTrained };
}

function curveOf(
  recorded: RecordedModels,
  model: ComparedModel,
  { cells: bits, query }: RecordedCurve,
  { task, rows }: Preset,
  question: Question,
): ModelCurve {
  const { shots, draws } = question;
  const cells = shots.flatMap((k) =>
    (bits[k] ?? [])
      .slice(0, k === 0 ? 1 : draws.seeds)
      .map((digits, at) => cellOf(k, recorded.seeds[at] ?? at, digits, rows)),
  );
  const isOwnQuery = question.query === task.query;
  return {
    model,
    origin: 'recorded',
    isEvaluated: true,
    cells,
    curve: shots.flatMap((k) => {
      const own = cells.filter((cell) => cell.shots === k);
      return own.length > 0 ? [curvePoint(k, own)] : [];
    }),
    query: isOwnQuery
      ? recorded.shots.flatMap((k, i) => {
          const reading = query[i];
          return reading && shots.includes(k) ? [{ k, ...reading }] : [];
        })
      : [],
    evaluation: null,
  };
}

function cellOf(
  shots: number,
  seed: number,
  digits: string,
  rows: readonly Demonstration[],
): PairedCell {
  const known = rows.map((row, i) => {
    const digit = Number.parseInt(digits[Math.floor(i / 4)] ?? '0', 16);
    return { ...row, correct: ((digit >> (3 - (i % 4))) & 1) === 1 };
  });
  const right = accuracy(known.map(({ correct }) => correct));
  return { shots, seed, order: 0, isComplete: true, rows: known, accuracy: right };
}
