import type { TemplateResult } from 'lit';
import type { Step } from 'shotglass/experiments';
import type { Chart, Setting } from '../figure/chart.ts';
import type { Figure, FigureFile, Question, Settled } from './figure.ts';
import type { AskedModel } from './tape.ts';

/** Which prompts are looked at more closely, and how the reader chooses others. */
export interface Closer {
  key: string | null;
  choose: (key: string) => void;
}

/** What a reader can do to a picture. */
export interface Wishes {
  /** Puts the demonstrations into an order; null while that would not be the order that is shown. */
  use: ((order: readonly number[]) => void) | null;
  closer: Closer;
  /** Looks at another token of the prompt; null while that cannot be run. */
  look: ((position: number) => void) | null;
  /** The menu to save a part of the picture. */
  menu: FigureMenu;
}

/** The menu to save a figure with that has this name. */
export type FigureMenu = (name: string, chart: (setting: Setting) => Chart) => TemplateResult;

/** An experiment: how it runs, and how what it found is drawn. A folder holds it, and is fetched when it is first needed. */
export interface Card<Found extends Figure = Figure> {
  run(model: AskedModel, question: Settled): AsyncGenerator<Step<Found>, void, undefined>;
  /** What is recorded of this very question, which has this key, for the default model; null where nothing is. */
  recorded?(question: Question, key: string): Promise<Found | null>;
  /** The picture. */
  draw(figure: Found, wishes: Wishes): TemplateResult;
  /** The sentence over it; empty where nothing can be said. */
  finding(figure: Found): string;
  /** The files that hold all of it, where there are such. */
  files?(figure: Found): FigureFile[];
  /** The picture as data, to be saved. */
  chart(figure: Found, setting: Setting): Chart;
}

/** A figure as data, to be saved, with the sentence over it. */
export function chartOf(card: Card, figure: Figure, setting: Setting): Chart {
  const finding = card.finding(figure);
  const chart = card.chart(figure, setting);
  return finding === '' ? chart : { ...chart, notes: [finding, ...chart.notes] };
}
