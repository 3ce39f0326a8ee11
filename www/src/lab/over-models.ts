/** The experiment over models: run on one after the other, each kept by itself, and side by side in one figure. */
import type { CatalogueModel } from 'shotglass/models';
import type { Preset } from 'shotglass/presets';
import type { LabModel, LabModelInfo } from '../app/lab-model.ts';
import type { OpenModel } from '../app/models.ts';
import { LabError } from '../app/problem.ts';
import { factsOfModel } from '../app/source.ts';
import { strings } from '../strings/index.ts';
import { chunk } from '../util/chunk.ts';
import { experimentOf } from '../why/experiments.ts';
import type { ModelsFigure, Question } from '../why/figure.ts';
import { bySize, type ComparedModel, identityOf, type ModelCurve } from '../why/models/curves.ts';
import { figureOf, liveCurve } from '../why/models/models-figure.ts';
import { type Known, recordedCurves } from '../why/models/recorded.ts';
import { rowsKeyOf } from '../why/question.ts';
import { type Call, Tape, TapeDiffers } from '../why/tape.ts';
import { keyOfRun, steps, type Taping } from './taping.ts';

/** What a run may do while it goes on. */
interface Running {
  signal: AbortSignal;
  report: (done: number, total: number) => void;
}

const modelsExperiment = experimentOf('models');

/** A figure is drawn so often at most. */
const drawMs = 200;
/** With which activations the page loads models, and so has measured those that are not open any more. */
const activationBits = 16;

/** Fetches what is known of models without asking them. */
export type KnownModels = () => Promise<Known>;

const fetchKnown: KnownModels = chunk(() => import('../measured/models/known.ts'));

/** What was found of the models on the last rows that were asked. */
interface Found {
  rowsKey: string;
  curves: Map<string, { curve: ModelCurve; queryKey: string }>;
  /** What they were asked, so that no model is asked the same twice. */
  calls: Map<string, readonly Call[]>;
}

export class OverModels {
  #found: Found = { rowsKey: '', curves: new Map(), calls: new Map() };

  constructor(private readonly known = fetchKnown) {}

  /** Asks each of the models that are open; what is known of it already is not asked again. */
  async *run(
    taping: Taping,
    open: readonly OpenModel[],
    preset: Preset | null,
    question: Question,
    running: Running,
  ): AsyncGenerator<ModelsFigure, void, undefined> {
    const [known] = await Promise.all([this.known(), modelsExperiment.fetchCard()]);
    const found = this.#foundOf(question);
    const queryKey = queryKeyOf(question);
    let drawn = Number.NEGATIVE_INFINITY;
    for (const [at, { model, id }] of open.entries()) {
      const about = comparedModel(model.info, known.catalogue, id);
      for await (const { done, total, curve, isLive } of this.#ask(
        taping,
        model,
        { ...question, asks: about },
        running.signal,
      )) {
        found.curves.set(identityOf(about), { curve, queryKey });
        if (!isLive) continue;
        const now = performance.now();
        if (now - drawn < drawMs) continue;
        drawn = now;
        running.report(at * total + done, open.length * total);
        yield figureWith(question, this.#curves(known, preset, question));
      }
    }
    yield figureWith(question, this.#curves(known, preset, question));
  }

  /** What is known of the question without asking a model: what was measured here, is kept, or is recorded. */
  async recall(
    taping: Taping,
    open: readonly OpenModel[],
    preset: Preset | null,
    question: Question,
  ): Promise<ModelsFigure | null> {
    const [known] = await Promise.all([this.known(), modelsExperiment.fetchCard()]);
    const found = this.#foundOf(question);
    for (const about of candidates(open, known.catalogue)) {
      if (found.curves.has(identityOf(about))) continue;
      const key = keyOfRun(modelsExperiment, rowsKeyOf(question), about);
      const kept = await taping.recall(modelsExperiment, { ...question, asks: about }, key);
      const [curve] = kept?.figure?.experiment === 'models' ? kept.figure.models : [];
      if (curve?.isEvaluated) found.curves.set(identityOf(about), { curve, queryKey: '' });
    }
    const curves = this.#curves(known, preset, question);
    return curves.length > 0 ? figureWith(question, curves) : null;
  }

  /** Another task: what was found belongs to the one before. */
  reset(): void {
    this.#found = { rowsKey: '', curves: new Map(), calls: new Map() };
  }

  async *#ask(
    taping: Taping,
    model: LabModel,
    question: Question & { asks: ComparedModel },
    signal: AbortSignal,
  ): AsyncGenerator<Asked, void, undefined> {
    const { calls: memory } = this.#foundOf(question);
    const identity = identityOf(question.asks);
    const key = keyOfRun(modelsExperiment, rowsKeyOf(question), question.asks);
    const recording = await taping.record(key, true);
    const calls = [...recording.known];
    if (calls.length === 0) for (const call of memory.get(identity) ?? []) add(call);
    const before = [...calls];
    let isEvaluated = false;
    const tape = new Tape(model, before, (call) => {
      // What it says of the query is of this query alone, and is not kept.
      if (!isEvaluated) add(call);
    });
    try {
      const all = steps(modelsExperiment, tape, question, signal, () => {});
      for await (const { done, total, result } of all) {
        const [curve] = result.experiment === 'models' ? result.models : [];
        if (!curve) continue;
        recording.step(done, total);
        if (curve.isEvaluated && !isEvaluated) {
          isEvaluated = true;
          memory.set(identity, calls);
          await recording.end(true);
        }
        yield { done, total, curve, isLive: tape.isLive };
      }
    } catch (error) {
      if (!(error instanceof TapeDiffers)) throw error;
      memory.delete(identity);
      await taping.drop(key);
      throw new LabError(() => strings.why.dropped.damaged);
    } finally {
      if (!isEvaluated) {
        memory.set(identity, calls);
        await recording.end(false);
      }
    }

    function add(call: Call): void {
      calls.push(call);
      recording.add(call);
    }
  }

  /** What was found of these rows; of others nothing stays. */
  #foundOf(question: Question): Found {
    const rowsKey = rowsKeyOf(question);
    if (this.#found.rowsKey !== rowsKey)
      this.#found = { rowsKey, curves: new Map(), calls: new Map() };
    return this.#found;
  }

  /** Of this very question: of another query, what was said of the rows stays. What is recorded gives way to what is live. */
  #curves(known: Known, preset: Preset | null, question: Question): ModelCurve[] {
    const { curves } = this.#foundOf(question);
    const queryKey = queryKeyOf(question);
    const live = [...curves.values()].map(({ curve, queryKey: of }) => {
      const { model, evaluation, isEvaluated } = curve;
      return of === queryKey ? curve : liveCurve(model, { evaluation, query: [] }, isEvaluated);
    });
    const recorded = recordedCurves(known, preset, question);
    return [...live, ...recorded.filter(({ model }) => !curves.has(identityOf(model)))];
  }
}

/** A step of one model. */
interface Asked {
  done: number;
  total: number;
  curve: ModelCurve;
  /** Whether the model itself was asked, and not what is known of it. */
  isLive: boolean;
}

const queryKeyOf = ({ query, right }: Question) => JSON.stringify([query, right]);

function figureWith(question: Question, curves: readonly ModelCurve[]): ModelsFigure {
  return { ...figureOf(question), models: bySize(curves) };
}

/** The models that something may be known of: those that are open, and the catalogue's files whose hash is known. */
function candidates(
  open: readonly OpenModel[],
  catalogue: readonly CatalogueModel[],
): ComparedModel[] {
  const all = [
    ...open.map(({ model, id }) => comparedModel(model.info, catalogue, id)),
    ...catalogue.flatMap(({ sha256, ...entry }): ComparedModel[] =>
      sha256 === null ? [] : [{ ...entry, sha256, activationBits }],
    ),
  ];
  return [...new Map(all.map((one) => [identityOf(one), one])).values()];
}

/** A model with what the catalogue says of it: by its id there, or else by its hash. */
export function comparedModel(
  info: LabModelInfo,
  catalogue: readonly CatalogueModel[],
  id: string | null,
): ComparedModel {
  const entry = catalogue.find((one) => one.sha256 === info.sha256 || one.id === id);
  const { name, sha256, activationBits } = factsOfModel(info);
  const { kind = null, tokensTrained = null } = entry ?? {};
  const { parameters, bytes } = info;
  return {
    ...{ name: entry?.name ?? name, sha256, activationBits },
    ...{ parameters, bytes, kind, tokensTrained },
  };
}
