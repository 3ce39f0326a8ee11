/**
 * A figure as data: names, numbers and units. What draws it as SVG and what writes it as CSV read this and nothing else,
 * so a new figure needs neither a renderer nor a writer of its own.
 */
import type { Piece } from '../ui/visible.ts';
import type { Facts, Methods } from './methods.ts';

export type Unit = 'probability' | 'share' | 'nats' | 'rows';

/** What a figure has from its page. */
export interface Setting {
  /** File names begin with it. */
  stem: string;
  methods: Methods;
}

export interface Chart extends Setting {
  /** Tells the figures of a page apart in file names and in the CSV. */
  id: string;
  title: string;
  /**
   * `rows`: a line for each category, with bars or dots along the numbers. `columns`: the categories side by side, the
   * numbers upwards. `cells`: a table of the categories by the series, each cell as dark as it is heavy in its row.
   */
  layout: 'rows' | 'columns' | 'cells';
  categories: Categories;
  scale: Scale;
  series: readonly Series[];
  /** The name of what the series are, as a column of the CSV. */
  seriesColumn: string;
  /** A dashed line at one number, across all columns. */
  baseline?: { at: number; name: string };
  /** A dashed line on which the number of a column is the column's own place, 0 to 1. */
  diagonal?: string;
  /** The text that the figure is about; its end is drawn above it. */
  prompt?: string;
  /** Sentences below the figure. */
  notes: readonly string[];
}

export interface Categories {
  /** As a column of the CSV. */
  column: string;
  /** As the axis says it. */
  name: string;
  all: readonly Category[];
}

export interface Category {
  /** As the CSV has it. */
  name: string;
  /** As it is drawn; without it as `name`. */
  label?: readonly Piece[] | string;
  /** What is drawn under it, a line each. */
  asides?: readonly string[];
  facts?: Facts;
}

/** The axis of the numbers. */
export interface Scale {
  name: string;
  unit: Unit;
  from: number;
  to: number;
  /** Six decades up to 1: what is rarer stands at the foot of the axis. */
  isLog?: boolean;
}

export interface Series {
  /** As the CSV has it. */
  key: string;
  name: string;
  /** `line`: dots with their intervals, joined. `tick`: a short line across. */
  draw: 'bar' | 'point' | 'line' | 'tick';
  look: Look;
  /** How far beside the middle of its column a line stands, in columns; without it in the middle. */
  shift?: number;
  data: readonly Datum[];
}

/** From the one that is looked at first to those that are beside it; told apart in grey, too. */
export type Look = 'strong' | 'soft' | 'pale' | 'hollow';

export interface Datum {
  /** Index of the category. */
  at: number;
  /** Null where it is not known, for which `text` says why. */
  value: number | null;
  low?: number;
  high?: number;
  text?: string;
  /** Whether it is the sum of what has no row of its own. */
  isRest?: boolean;
  facts?: Facts;
}

/** Probabilities from 0 to 100 %. */
export function probabilities(name: string): Scale {
  return { name, unit: 'probability', from: 0, to: 1 };
}
