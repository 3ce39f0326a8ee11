import { html, nothing, type TemplateResult } from 'lit';
import { strings } from '../../strings/index.ts';
import { formatProbability } from '../../ui/numbers.ts';
import { share } from '../../ui/share.ts';
import { areAlike } from '../alike.ts';
import type { EffectsFigure, PartEffect } from '../figure.ts';

/** Signed bars from the middle, as long as the nats are many beside the largest. */
export function drawEffects({ about, method, effects }: EffectsFigure): TemplateResult {
  const words = strings.why.effects;
  const largest = Math.max(...effects.map(({ nats }) => Math.abs(nats ?? 0)), 1e-9);
  const known = effects.every(({ nats }) => nats !== null);
  const sum = effects.reduce((total, { nats }) => total + (nats ?? 0), 0);
  const hasLime = effects.some(({ lime }) => lime !== undefined);
  return html`
    <p class="why-title">${words.caption(about)}</p>
    <table class="effects">
      <thead>
        <tr aria-hidden="true">
          <td class="effects-axis"><span>← ${strings.why.lessLikely}</span><span>${strings.why.moreLikely} →</span></td>
          <td class="numeral">${strings.why.natsUnit}</td>
          ${hasLime ? html`<td class="numeral">${words.lime}</td>` : nothing}
        </tr>
      </thead>
      <tbody>
        ${effects.map((effect) => effectRow(effect, largest))}
      </tbody>
      ${
        method === 'shapley'
          ? html`<tfoot>
              <tr>
                <th scope="row">${words.total}</th>
                <td class="numeral">${known ? strings.why.nats(sum) : strings.why.pending}</td>
                ${hasLime ? html`<td></td>` : nothing}
              </tr>
            </tfoot>`
          : nothing
      }
    </table>
    <p class="hint">${words[method]}${hasLime ? strings.why.gap + words.limeHint : nothing}</p>
  `;
}

function effectRow(
  { role, demonstration, text, output, nats, lime }: PartEffect,
  largest: number,
): TemplateResult {
  const { roles } = strings.why.effects;
  return html`<tr>
    <th scope="row">
      <span class="part-name">
        ${demonstration === null ? nothing : html`<span class="ordinal">${demonstration + 1}</span>`}
        ${role === 'demonstration' ? nothing : html`<span class="role">${roles[role]}</span>`}
        <span class="mono part-text">${text}</span>
        ${output === null ? nothing : html`<span class="mono part-output">→ ${output}</span>`}
      </span>
      <span class="effect" aria-hidden="true" data-sign=${(nats ?? 0) < 0 ? 'less' : 'more'}
        ><span ${share(Math.abs(nats ?? 0) / largest)}></span
      ></span>
    </th>
    <td class="numeral strong">${nats === null ? strings.why.pending : strings.why.nats(nats)}</td>
    ${lime === undefined ? nothing : html`<td class="numeral"><span class="visually-hidden">${strings.why.effects.lime} </span>${lime === null ? strings.why.pending : strings.why.nats(lime)}</td>`}
  </tr>`;
}

/** What the bars come to. */
export function effectsFinding({ about, method, all, none, effects }: EffectsFigure): string {
  const words = strings.why.effects;
  const now =
    none === null
      ? words.now(formatProbability(all), about)
      : words.fromTo(formatProbability(none), formatProbability(all), about);
  if (effects.some(({ nats }) => nats === null)) return now;
  const [strongest] = [...effects].sort((a, b) => Math.abs(b.nats ?? 0) - Math.abs(a.nats ?? 0));
  if (!strongest || effects.length < 2) return now;
  const direction = (strongest.nats ?? 0) < 0 ? 'less' : 'more';
  if (areAlike(effects.map(({ nats }) => nats ?? 0))) {
    const alike =
      method === 'parts' ? words.alikeParts(direction) : words.alike(effects.length, direction);
    return alike + strings.why.gap + now;
  }
  const which =
    method === 'parts'
      ? words.strongestPart(short(strongest.text), direction)
      : words.strongest((strongest.demonstration ?? 0) + 1, direction);
  return which + strings.why.gap + now;
}

const short = (text: string) => (text.length > 32 ? `${text.slice(0, 31)}…` : text);
