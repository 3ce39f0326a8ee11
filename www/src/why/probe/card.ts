import { holdOut, type ProbeReading, probe } from 'shotglass/experiments';
import { LabError } from '../../app/problem.ts';
import { strings } from '../../strings/index.ts';
import type { Card } from '../card.ts';
import { usable } from '../evaluate/rows.ts';
import type { ProbeFigure } from '../figure.ts';
import { recordedFigure } from '../recorded.ts';
import { probeChart } from './chart.ts';
import { drawProbe, probeFinding } from './why-probe.ts';

/** More rows are not read, neither to learn from nor to test: each leaves 71 kB of numbers of the default model. */
export const mostRead = 100;

export const probeCard: Card<ProbeFigure> = {
  draw: drawProbe,
  finding: probeFinding,
  chart: probeChart,
  recorded: async (_, key) => {
    const { default: record } = await import('../../measured/layers/probe.json');
    return recordedFigure<ProbeFigure>(record, key);
  },
  async *run(model, { task, train, labels, signal, ...question }) {
    const shots = task.demonstrations.length;
    const usableRows = usable(question.rows, train, labels);
    if (usableRows.rows.length === 0) throw new LabError(() => strings.why.noUsableRows);
    const names = new Set(labels.map(({ name }) => name));
    const known = [...train].filter(({ output }) => names.has(output));
    if (new Set(known.map(({ output }) => output)).size < 2)
      throw new LabError(() => strings.probing.oneLabel);
    const rows = drawn(usableRows.rows);
    const surplus = usableRows.rows.length - rows.length;
    const leftOut = { ...usableRows.leftOut, surplus };
    const own = { ...task, demonstrations: drawn(known) };
    const asked = [...new Set([0, Math.min(shots, own.demonstrations.length)])];
    const steps = probe(model, own, rows, { labels, shots: asked, signal });
    for await (const { done, total, result } of steps) {
      const figure: ProbeFigure = {
        ...{ experiment: 'probe', about: '', isFree: false, leftOut },
        ...{ train: own.demonstrations.length, rows: rows.length },
        layers: result.layers.map(({ layer, regression, prototypes }) => ({
          layer,
          regression: readingOf(regression),
          prototypes: readingOf(prototypes),
        })),
        best: result.best,
        prompts: (result.prompts?.cells ?? [])
          .filter(({ isComplete }) => isComplete)
          .map(({ shots: k, accuracy }) => ({ shots: k, accuracy })),
      };
      yield { done, total, result: figure };
    }
  },
};

const readingOf = ({ accuracy, validation }: ProbeReading) => ({ accuracy, validation });

/** As many rows as are read at most, each label with its share. */
function drawn(rows: Parameters<typeof holdOut>[0]) {
  return rows.length > mostRead ? holdOut(rows, mostRead).test : [...rows];
}
