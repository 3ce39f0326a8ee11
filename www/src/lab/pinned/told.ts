import type { Classification } from 'shotglass';
import { toldPairOf } from '../../answer/compare/compare.ts';
import type { PinnedView } from '../../answer/compare/pinned-view.ts';
import type { Held } from '../../answer/compare/side-by-side.ts';
import type { LabPrompt } from '../../app/prompt.ts';
import { isPlain, type Settings } from '../../app/settings.ts';
import { modelName } from '../../app/source.ts';
import { predictionFrom } from '../../recorded/index.ts';
import type { ToldPrediction } from '../../recorded/types.ts';
import { comparedSentence } from '../../share/compared.ts';
import type { SentCheck } from '../../share/receipt-check.ts';
import type { Sent } from '../../share/sent.ts';
import { strings } from '../../strings/index.ts';
import { latest } from '../../util/latest.ts';
import { nextWords } from '../recorded/queries.ts';
import { classificationOf, treeOf } from '../recorded/views.ts';
import type { First } from '../recorded-or-live.ts';

/** The part of the page that the pinned prompt is set beside, without a model. */
interface Page {
  readonly prompt: LabPrompt;
  readonly settings: Settings;
  readonly first: First;
}

/** What is drawn of it beside what its jobs found. */
export type Told = Pick<PinnedView, 'note' | 'told' | 'classification' | 'tree' | 'ladder'>;

/** What is told of the pinned prompt by the sender of a link. */
export class PinnedTold {
  // What a result says is made once, so that nothing is drawn twice.
  readonly #predictionOf = latest((prediction: ToldPrediction) => predictionFrom(prediction));
  readonly #pairOf = latest(toldPairOf);
  readonly #treeOf = latest((sent: Sent, text: string) => treeOf(nextWords(sent, text)));
  readonly #labelsOf = latest((sent: Sent) => classificationOf(sent as Labelled));

  /** Before there is a model. Numbers of another model than the present ones are named, and not compared. */
  view(held: Held, sent: Sent | null, page: Page): Told {
    const nothing = { told: null, classification: null, tree: null, ladder: null };
    if (!sent) return { ...nothing, note: strings.compare.needsModel };
    const { first, prompt, settings } = page;
    const name = modelName(sent.model);
    if (!isSameModel(sent.model, presentModel(first)))
      return { ...nothing, note: strings.compare.otherModel(name, sent.model.activationBits) };
    const now = first.jobState.result;
    const present = now?.predictionOf === prompt.text ? now.prediction : null;
    return {
      note: strings.compare.sent(name, sent.model.activationBits),
      told:
        sent.prediction && present
          ? this.#pairOf(this.#predictionOf(sent.prediction), present)
          : null,
      classification: isPlain(settings)
        ? sameLabels(this.#labelsOf(sent), first.classification.result)
        : null,
      tree: sent.words.length > 0 ? this.#treeOf(sent, held.text) : null,
      ladder: first.sender.pinnedLadder(sent, held.draft),
    };
  }

  /** What the model here says to it. */
  checked(sent: Sent, check: SentCheck): string {
    const { compare, first, words } = strings;
    if (check === 'other model') return compare.askedAnew(modelName(sent.model));
    const verdict = check.agrees ? first.sentSame : first.sentDiffers;
    return `${compare.a}${words.colon}${verdict}${words.between}${comparedSentence(check)}`;
  }
}

type Labelled = Parameters<typeof classificationOf>[0];

/** The model behind what is shown of the present prompt; null where nothing is. */
function presentModel(first: First): Pick<Sent['model'], 'sha256' | 'activationBits'> | null {
  switch (first.origin) {
    case 'sent':
      return first.sentOf?.model ?? null;
    case 'recorded':
      return first.recordedModel;
    default:
      return null;
  }
}

/** Where nothing is shown of the present prompt, nothing is compared with it. */
function isSameModel(
  a: Pick<Sent['model'], 'sha256' | 'activationBits'>,
  now: Pick<Sent['model'], 'sha256' | 'activationBits'> | null,
): boolean {
  return now === null || (a.sha256 === now.sha256 && a.activationBits === now.activationBits);
}

/** Labels are compared with the same labels alone. */
function sameLabels(a: Classification | null, now: Classification | null): Classification | null {
  const names = (of: Classification | null) => JSON.stringify(of?.labels.map(({ label }) => label));
  return a && names(a) === names(now) ? a : null;
}
