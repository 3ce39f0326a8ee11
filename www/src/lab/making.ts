/** The link, and the receipt, of what the page shows. */
import type { ModelInfo } from 'shotglass';
import type { Work } from '../app/job.ts';
import { askedOf } from '../app/prompt.ts';
import { factsOfModel, version } from '../app/source.ts';
import { encodeLink } from '../share/link.ts';
import type { Made } from '../share/made.ts';
import { sha256Of } from '../share/packed/fingerprint.ts';
import { labelsOf, type RecordedModel, receiptOf, recordedTokens } from '../share/receipt.ts';
import type { Sent } from '../share/sent.ts';
import { receiptFile, type Shared } from '../share/shared.ts';
import type { Lab } from './lab.ts';
import { predictionOf } from './sending.ts';

/** `sent`: what is known of the answer. */
export function making(
  lab: Lab,
  shared: Shared,
  sent: Sent | null,
  withReceipt: boolean,
): Work<Made> {
  return async function* ({ signal }) {
    let link = await encodeLink(shared, sent);
    yield { link, sent, receipt: null };
    const { model } = lab.slot;
    if (!model || (!withReceipt && !sent?.prediction)) return;
    const { text } = lab.prompt;
    // The page may list fewer tokens than a link does.
    const prediction = await model.predict(text, { topK: recordedTokens, signal });
    const result = sent && { ...sent, prediction: predictionOf(prediction) };
    link = await encodeLink(shared, result);
    yield { link, sent: result, receipt: null };
    if (!withReceipt) return;
    const { rule, comparison, sampling } = shared.settings;
    const asked = askedOf(shared.draft, lab.chat);
    const of = await labelsOf(model, text, asked, { rule, comparison }, signal);
    const facts = {
      shotglass: version,
      model: recordedModel(model.info, lab.slot.file),
      promptSha256: await sha256Of(text),
      sampling,
    };
    const receipt = receiptOf(facts, prediction, of && { of, rule, comparison });
    const whole = { ...shared, receipt };
    yield {
      link,
      sent: result,
      receipt: { link: await encodeLink(whole, result), file: receiptFile(whole) },
    };
  };
}

export function recordedModel(info: ModelInfo, file: string | null): RecordedModel {
  return { ...factsOfModel(info), file };
}
