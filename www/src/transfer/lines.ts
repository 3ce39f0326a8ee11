/** What is learned, what is learned by heart, and what is forgotten: three small pictures over the steps. */
import { html, nothing, svg, type TemplateResult } from 'lit';
import type { Moment, TransferRun } from '../app/transfer.ts';
import { transferWords } from '../strings/transfer-words.ts';
import { share } from '../ui/share.ts';

interface Line {
  look: 'strong' | 'soft';
  /** Null where the picture has one line alone. */
  name: string | null;
  points: readonly { step: number; value: number }[];
}

interface Small {
  name: string;
  unit: string;
  lines: readonly Line[];
  /** The top of the axis; without it the highest value. */
  most?: number;
  write: (value: number) => string;
}

export function drawLines(run: TransferRun, at: number): TemplateResult | typeof nothing {
  if (run.moments.length < 2) return nothing;
  const { lines: words } = transferWords();
  const nats = (value: number) => value.toFixed(value < 1 ? 3 : 2);
  const rows = run.moments.find(({ held }) => held !== null)?.held?.length ?? 0;
  const all: Small[] = [
    {
      name: words.loss,
      unit: words.lossUnit,
      write: nats,
      lines: [
        { look: 'strong', name: words.training, points: pointsOf(run, ({ loss }) => loss) },
        {
          look: 'soft',
          name: words.heldOut,
          points: pointsOf(run, ({ validationLoss }) => validationLoss),
        },
      ],
    },
    {
      name: words.right,
      unit: words.rightUnit,
      most: rows,
      write: String,
      lines: [
        {
          look: 'strong',
          name: null,
          points: pointsOf(
            run,
            ({ held }) => held?.filter(({ isRight }) => isRight).length ?? null,
          ),
        },
      ],
    },
    {
      name: words.forgetting,
      unit: words.forgettingUnit,
      write: nats,
      lines: [
        { look: 'strong', name: null, points: pointsOf(run, ({ forgetting }) => forgetting) },
      ],
    },
  ];
  const shown = all.filter(({ lines }) => lines.some(({ points }) => points.length > 1));
  return html`<div class="small-lines">${shown.map((small) => drawSmall(small, run.settings.steps, at))}</div>`;
}

function pointsOf({ moments }: TransferRun, value: (moment: Moment) => number | null) {
  return moments.flatMap((moment) => {
    const found = value(moment);
    return found === null ? [] : [{ step: moment.step, value: found }];
  });
}

function drawSmall(
  { name, unit, lines, most, write }: Small,
  steps: number,
  at: number,
): TemplateResult {
  const drawn = lines.filter(({ points }) => points.length > 0);
  const top =
    most ?? Math.max(...drawn.flatMap(({ points }) => points.map(({ value }) => value)), 1e-9);
  const valueAt = ({ points }: Line) => points.filter(({ step }) => step <= at).at(-1)?.value;
  const path = ({ points }: Line) =>
    points.map(({ step, value }) => `${(step / steps) * 100},${(1 - value / top) * 100}`).join(' ');
  return html`<figure class="small-line">
    <figcaption>
      <b>${name}</b>
      ${drawn.map((line) => {
        const value = valueAt(line);
        const text = value === undefined ? '–' : write(value);
        return html`<span class="small-key" data-look=${line.look}>${line.name === null ? nothing : html`${line.name} `}<output>${text}</output></span>`;
      })}
    </figcaption>
    <div class="small-plot" aria-hidden="true">
      <svg viewBox="0 0 100 100" preserveAspectRatio="none" focusable="false">
        ${svg`<line class="rule" x1="0" x2="100" y1="100" y2="100" />`}
        ${drawn.map((line) => svg`<polyline class=${`curve ${line.look}`} points=${path(line)} />`)}
      </svg>
      <span class="here-line" ${share(at / steps)}></span>
    </div>
    <p class="hint">${unit}</p>
  </figure>`;
}
