import { type ChooseResult, choose } from 'shotglass/experiments';
import type { Card } from '../card.ts';
import type { ChooseFigure, Settled } from '../figure.ts';
import { aboutOfAll, drawn, optionsOf, outcomeReading } from '../running.ts';
import { rowOptions } from './asked.ts';
import { chooseChart } from './chart.ts';
import { placesIn } from './places.ts';
import { chooseFinding, drawChoose } from './why-choose.ts';

/** The most rows that there are to choose from. */
const mostRows = 1000;
/** The paper scores 50 candidates for each query; here each held-out row is one. */
const candidates = 20;
/** Seed 0 stands for "as it is" elsewhere on the page. */
const seed = 1;

export const chooseCard: Card<ChooseFigure> = {
  draw: (figure, { use }) => drawChoose(figure, use),
  finding: chooseFinding,
  chart: chooseChart,
  run: (model, question) => {
    const { task, train, query, right, labels } = question;
    const pool = train.filter(({ input }) => input.trim() !== '').slice(0, mostRows);
    const others = pool.filter(({ input }) => input.trim() !== query.trim()).length;
    const shots = Math.max(1, Math.min(task.demonstrations.length, others));
    const { count, options } = rowOptions(question);
    const gold = labels.some(({ name }) => name === right) ? (right ?? undefined) : undefined;
    const steps = choose(model, task, {
      ...{ ...optionsOf(question), ...options },
      ...{ pool, shots, gold, candidates, seed },
    });
    const places = placesIn(question.pool, pool);
    return drawn(steps, (result) => figureOf(question, { result, places, shots, rows: count }));
  },
};

function figureOf(
  question: Settled,
  {
    result,
    places,
    shots,
    rows,
  }: { result: ChooseResult; places: readonly number[]; shots: number; rows: number },
): ChooseFigure {
  const { isFree, pool } = question;
  const choices = result.choices.map((choice) => ({
    method: choice.method,
    shown: choice.shown.map(({ index }) => places[index] ?? -1),
    reading: outcomeReading(choice, isFree),
  }));
  return {
    experiment: 'choose',
    about: aboutOfAll(
      question,
      choices.map(({ reading }) => reading),
    ),
    isFree,
    pool,
    candidates: places.length - result.leftOut.length,
    shots,
    judgedBy: result.judgedBy,
    leftOut: result.leftOut.length,
    choices,
    rows,
    bars: result.accuracies.map(({ method, accuracy, error }) => ({
      ...{ method, accuracy, isTooLong: error !== null },
    })),
  };
}
