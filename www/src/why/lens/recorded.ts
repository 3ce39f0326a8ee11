/** What the layers of the default model say of the opening preset, recorded so that it is there before a download. */
import type { LensFigure } from './lens-figure.ts';

/** A figure as JSON, with the prompt that it is of. */
export interface LensRecord {
  /** The prompt with all its demonstrations. */
  prompt: string;
  about: string;
  isFree: boolean;
  panels: readonly {
    k: number;
    /** Bytes of the top tokens, base64, and their probabilities. */
    tops: readonly string[];
    topPs: readonly number[];
    answers: readonly {
      name: string;
      ps: readonly number[];
      /** Of the answer that is looked at. */
      ranks?: readonly number[];
      aheadFrom: number | null;
      topFrom: number | null;
    }[];
  }[];
  grid: {
    layers: readonly number[];
    columns: readonly {
      token: string;
      tops: readonly string[];
      ps: readonly number[];
      stableFrom: number;
    }[];
  } | null;
}

/** Digits of a probability that a table shows, and of one that is only drawn. */
const [shownDigits, drawnDigits] = [4, 2];

export function packed(prompt: string, figure: LensFigure): LensRecord {
  const { about, isFree, panels, grid } = figure;
  const text = (bytes: Uint8Array) => btoa(String.fromCharCode(...bytes));
  const digits = (count: number) => (p: number) => Number(p.toPrecision(count));
  return {
    ...{ prompt, about, isFree },
    panels: panels.map(({ k, layers, answers }) => ({
      k,
      tops: layers.map(({ top }) => text(top)),
      topPs: layers.map(({ p }) => digits(shownDigits)(p)),
      answers: answers.map(({ name, ps, ranks, aheadFrom, topFrom }) => {
        const isLooked = name === about;
        const numbers = ps.map(digits(isLooked ? shownDigits : drawnDigits));
        return { name, ps: numbers, ...(isLooked && { ranks }), aheadFrom, topFrom };
      }),
    })),
    grid: grid && {
      layers: grid.layers,
      columns: grid.columns.map(({ token, tops, stableFrom }) => ({
        token: text(token),
        tops: tops.map(({ bytes }) => text(bytes)),
        ps: tops.map(({ p }) => digits(drawnDigits)(p)),
        stableFrom,
      })),
    },
  };
}

export function unpacked({ about, isFree, panels, grid }: LensRecord): LensFigure {
  const bytes = (text: string) => Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
  return {
    ...{ experiment: 'lens', about, isFree, isRecorded: true },
    panels: panels.map(({ k, tops, topPs, answers }) => ({
      k,
      layers: tops.map((top, layer) => ({ top: bytes(top), p: topPs[layer] ?? 0 })),
      answers: answers.map(({ ranks = [], ...answer }) => ({ ...answer, ranks })),
    })),
    grid: grid && {
      ...{ strip: [], end: 0, layers: grid.layers },
      columns: grid.columns.map(({ token, tops, ps, stableFrom }) => ({
        token: bytes(token),
        tops: tops.map((top, row) => ({ bytes: bytes(top), p: ps[row] ?? 0 })),
        stableFrom,
      })),
    },
  };
}
