import {
  type Classification,
  classify,
  classifyByChannel,
  contentFree,
  contentFreePrompts,
  renderPrompt,
} from 'shotglass';
import type { Card } from '../card.ts';
import { type CalibrationFigure, readingOf } from '../figure.ts';
import { aboutIn } from '../running.ts';
import { calibrationChart } from './chart.ts';
import { calibrationFinding, drawCalibration } from './why-calibration.ts';

export const calibrateCard: Card<CalibrationFigure> = {
  draw: drawCalibration,
  finding: calibrationFinding,
  chart: calibrationChart,
  async *run(model, question) {
    const { task, query, labels, rule, signal, isFree } = question;
    const prompt = renderPrompt(task, { query });
    const references = contentFreePrompts(task);
    const total = references.length + 3;
    const plain = await classify(model, prompt, labels, { rule, signal });
    const about = aboutIn(question, plain);
    const inputs: CalibrationFigure['inputs'][number][] = [];
    let done = 1;
    for (const [i, reference] of references.entries()) {
      const classification = await classify(model, reference, labels, { rule, signal });
      inputs.push({ input: contentFree[i] ?? '', reading: readingOf(classification, false) });
      done += 1;
    }
    const calibrated = await classify(model, prompt, labels, {
      rule,
      signal,
      reference: references,
    });
    done += 1;
    const figure: CalibrationFigure = {
      experiment: 'calibrate',
      about,
      isFree,
      answers: calibratedAnswers(plain, calibrated),
      inputs,
      channel: null,
    };
    yield { done, total, result: figure };
    const channel = await classifyByChannel(model, task, labels, { query, rule, signal });
    yield { done: total, total, result: { ...figure, channel: readingOf(channel, false) } };
  },
};

/** What nothing asked for says is what the calibration takes away: the score before, less the score after. */
export function calibratedAnswers(
  plain: Pick<Classification, 'labels'>,
  calibrated: Pick<Classification, 'labels'>,
): CalibrationFigure['answers'] {
  const empty = plain.labels.map(({ score }, i) => score - (calibrated.labels[i]?.score ?? 0));
  const most = Math.max(...empty);
  const sum = empty.reduce((total, score) => total + Math.exp(score - most), 0);
  return plain.labels.map(({ label, p }, i) => ({
    name: label,
    asked: p,
    empty: Math.exp((empty[i] ?? 0) - most) / sum,
    calibrated: calibrated.labels[i]?.p ?? 0,
  }));
}
