/** The link, and the receipt, of what the page shows. */
import type { Work } from '../app/job.ts';
import type { LabModel, LabModelInfo } from '../app/lab-model.ts';
import { askedOf } from '../app/prompt.ts';
import { factsOfModel, version } from '../app/source.ts';
import { encodeLink, linkOf } from '../share/link.ts';
import type { Made } from '../share/made.ts';
import { labelsOf, type RecordedModel, receiptOf, recordedTokens } from '../share/receipt.ts';
import type { Sent } from '../share/sent.ts';
import { receiptFile, type Shared } from '../share/shared.ts';
import { sha256Of } from '../util/fingerprint.ts';
import type { Lab } from './lab.ts';
import { predictionOf } from './sending.ts';

/** What is known of the answers to the prompt and to the pinned one. */
export interface Known {
  result: Sent | null;
  pinned: Sent | null;
}

export function making(
  lab: Lab,
  shared: Shared,
  { result: sent, pinned }: Known,
  withReceipt: boolean,
): Work<Made> {
  return async function* ({ signal }) {
    const made = async (result: Sent | null, pinned: Sent | null) => {
      const { link, isWhole } = await linkOf(shared, result, pinned);
      return { link, sent: result, isPinnedLeftOut: !isWhole, receipt: null };
    };
    yield await made(sent, pinned);
    const { model } = lab.models;
    if (!model || (!withReceipt && !sent?.prediction)) return;
    const { text } = lab.prompt;
    const { held } = lab.pinned;
    // The page may list fewer tokens than a link does.
    const prediction = await predicted(model, text, signal);
    const result = sent && { ...sent, prediction: predictionOf(prediction) };
    const pinnedResult = held &&
      pinned && {
        ...pinned,
        prediction: predictionOf(await predicted(model, held.text, signal)),
      };
    const whole = await made(result, pinnedResult);
    yield whole;
    if (!withReceipt) return;
    const { rule, comparison, sampling } = shared.settings;
    const asked = askedOf(shared.draft, lab.chat);
    const of = await labelsOf(model, text, asked, { rule, comparison }, signal);
    const facts = {
      shotglass: version,
      model: recordedModel(model.info, lab.models.file),
      promptSha256: await sha256Of(text),
      sampling,
    };
    const receipt = receiptOf(facts, prediction, of && { of, rule, comparison });
    const recorded = { ...shared, receipt };
    const link = await encodeLink(recorded, result, pinnedResult);
    yield { ...whole, receipt: { link, file: receiptFile(recorded) } };
  };
}

const predicted = (model: LabModel, text: string, signal: AbortSignal) =>
  model.predict(text, { topK: recordedTokens, signal });

export function recordedModel(info: LabModelInfo, file: string | null): RecordedModel {
  return { ...factsOfModel(info), file };
}
