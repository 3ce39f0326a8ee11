import { LabError } from '../../app/problem.ts';
import { strings } from '../../strings/index.ts';
import type { Card } from '../card.ts';
import type { EvaluationFigure } from '../figure.ts';
import { curveChart } from './chart.ts';
import { usable } from './rows.ts';
import { evaluated, labelsIn } from './running.ts';
import { drawEvaluation, evaluationFiles, evaluationFinding } from './why-evaluation.ts';

export const evaluateCard: Card<EvaluationFigure> = {
  draw: (figure, { closer, menu }) => drawEvaluation(figure, closer, menu),
  finding: evaluationFinding,
  files: ({ evaluation }) => evaluationFiles(evaluation),
  chart: curveChart,
  async *run(model, question) {
    const { train, isFree, calibration, shots } = question;
    const { rows, leftOut } = usable(question.rows, train, labelsIn(question));
    if (rows.length === 0) throw new LabError(() => strings.why.noUsableRows);
    for await (const { done, total, result } of evaluated(model, question, question, rows, shots)) {
      const figure = { experiment: 'evaluate' as const, about: '', isFree };
      yield { done, total, result: { ...figure, evaluation: result, leftOut, calibration } };
    }
  },
};
