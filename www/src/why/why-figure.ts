import type { TemplateResult } from 'lit';
import { calibrationFinding, drawCalibration } from './calibration/why-calibration.ts';
import { drawEffects, effectsFinding } from './effects/why-effects.ts';
import { drawPair, pairFiles, pairFinding } from './evaluate/pair/why-pair.ts';
import {
  type CellMenu,
  type Closer,
  drawEvaluation,
  evaluationFiles,
  evaluationFinding,
} from './evaluate/why-evaluation.ts';
import type { Figure, FigureFile } from './figure.ts';
import { drawModels, modelsFiles, modelsFinding } from './models/why-models.ts';
import { drawOrder, orderFinding } from './order/why-order.ts';
import { drawFormat, drawLabels, formatFinding, labelsFinding } from './variants/why-variants.ts';

/** What a reader can do to a picture. */
export interface Wishes {
  /** Puts the demonstrations into an order; null while that would not be the order that is shown. */
  use: ((order: readonly number[]) => void) | null;
  closer: Closer;
  /** The menu of a figure of one prompt of an evaluation. */
  menu: CellMenu;
}

/** The picture of a figure. */
export function drawFigure(figure: Figure, { use, closer, menu }: Wishes): TemplateResult {
  switch (figure.experiment) {
    case 'influence':
    case 'attribution':
      return drawEffects(figure);
    case 'order':
      return drawOrder(figure, use);
    case 'labels':
      return drawLabels(figure);
    case 'calibrate':
      return drawCalibration(figure);
    case 'format':
      return drawFormat(figure);
    case 'evaluate':
      return drawEvaluation(figure, closer, menu);
    case 'compare':
      return drawPair(figure);
    case 'models':
      return drawModels(figure);
  }
}

/** The sentence over it. */
export function findingOf(figure: Figure): string {
  switch (figure.experiment) {
    case 'influence':
    case 'attribution':
      return effectsFinding(figure);
    case 'order':
      return orderFinding(figure);
    case 'labels':
      return labelsFinding(figure);
    case 'calibrate':
      return calibrationFinding(figure);
    case 'format':
      return formatFinding(figure);
    case 'evaluate':
      return evaluationFinding(figure);
    case 'compare':
      return pairFinding(figure);
    case 'models':
      return modelsFinding(figure);
  }
}

/** The files that hold all of it, where there are such. */
export function filesOf(figure: Figure): FigureFile[] {
  switch (figure.experiment) {
    case 'evaluate':
      return evaluationFiles(figure.evaluation);
    case 'compare':
      return pairFiles(figure);
    case 'models':
      return modelsFiles(figure);
    default:
      return [];
  }
}
