import { stemOf } from '../../app/own-task.ts';
import { hexOfBytes } from '../../ui/visible.ts';
import { exactly, type Shown, type TextFile } from '../shown.ts';

/**
 * What the page shows, for a program:
 *
 * | key | is |
 * |---|---|
 * | `format`, `version` | `"shotglass-prediction"`, 1 |
 * | `shotglass` | version of the package |
 * | `model` | `{name, file, sha256, activationBits}`, or null |
 * | `prompt` | the exact text |
 * | `task`, `shots`, `query`, `appended` | what it was made from: `renderPrompt(task, {shots, query}).text + appended` |
 * | `prediction` | `{candidates, rest, entropy, tokens}`, or null; a candidate is `{id, text, bytes, p, logprob, rank}` with the bytes in hexadecimal, logprob and entropy in nats |
 * | `classification` | `{rule, comparison, labels, mass}`, or null; a label is `{label, p, logprob, score}` |
 */
export function json(shown: Shown): TextFile {
  const { prompt, model, prediction, classification, settings, version } = shown;
  const { asked, appended } = exactly(shown);
  const all = {
    format: 'shotglass-prediction',
    version: 1,
    shotglass: version,
    model,
    prompt,
    ...asked,
    appended,
    prediction: prediction && {
      candidates: prediction.candidates.map(({ id, text, bytes, p, logprob, rank }) => ({
        id,
        text,
        bytes: hexOfBytes(bytes),
        p,
        logprob,
        rank,
      })),
      rest: prediction.rest,
      entropy: prediction.entropy,
      tokens: prediction.tokens,
    },
    classification: classification && {
      rule: settings.rule,
      comparison: settings.comparison,
      labels: classification.labels.map(({ label, p, logprob, score }) => ({
        label,
        p,
        logprob,
        score,
      })),
      mass: classification.mass,
    },
  };
  const text = `${JSON.stringify(all, null, 2)}\n`;
  return { name: `${stemOf(shown.draft)}.json`, type: 'application/json', text };
}
