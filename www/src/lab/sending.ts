/** What a link says of the answer: what the page shows of this very prompt, live or recorded. */
import type { Classification } from 'shotglass';
import { type Ladder, ladderOf } from '../answer/ladder/ladder.ts';
import type { LabModelInfo, LabPrediction } from '../app/lab-model.ts';
import { isPlain } from '../app/settings.ts';
import { factsOfModel, version } from '../app/source.ts';
import type { RecordedToken, ToldPrediction } from '../recorded/types.ts';
import { recordedTokens } from '../share/receipt.ts';
import type { Sent, SentLadder } from '../share/sent.ts';
import { fingerprint } from '../util/fingerprint.ts';
import type { Lab } from './lab.ts';

/** Null where nothing is known of the prompt. What came with a link is passed on as it came. */
export function sentOf(lab: Lab): Sent | null {
  const { first, models, settings } = lab;
  const { text } = lab.prompt;
  if (first.origin === 'sent') return first.sent;
  const { jobState, classification, tree } = first;
  const prediction = jobState.result?.predictionOf === text ? jobState.result.prediction : null;
  const isOf = classification.of === text && !classification.running && isPlain(settings);
  const labels = isOf ? classification.result : null;
  const words = tree.result?.prompt === text ? (tree.result.branches.get('')?.words ?? []) : [];
  if (!prediction && !labels && words.length === 0) return null;
  return {
    shotglass: version,
    model: modelOf(models.model?.info ?? first.recordedModel),
    prompt: fingerprint(text),
    prediction: prediction && predictionOf(prediction),
    words: words.flatMap(({ text, p }) => (p > 0 ? [[text, p]] : [])),
    classification: classificationOf(labels),
    ladder: ladderIn(lab.first.ladder ?? climbed(lab)),
  };
}

/** The same of the pinned prompt; without a model it is what came with a link. */
export function pinnedSentOf({ pinned, models, settings }: Lab): Sent | null {
  const { held } = pinned;
  if (!held || !models.model) return pinned.sent;
  const { text } = held;
  const labels = pinned.classification.jobState;
  const { view } = pinned;
  const words = view?.tree?.prompt === text ? view.tree.branches.get('')?.words : undefined;
  const isOf = labels.of === text && !labels.running && isPlain(settings);
  return {
    shotglass: version,
    model: modelOf(models.model.info),
    prompt: fingerprint(text),
    // Asked for once the link is made.
    prediction: null,
    words: (words ?? []).flatMap(({ text, p }) => (p > 0 ? [[text, p]] : [])),
    classification: isOf ? classificationOf(labels.result) : null,
    ladder: view?.ladder ? ladderIn(view.ladder) : null,
  };
}

/** The labels, in the form of a record. */
function classificationOf(of: Classification | null): Sent['classification'] {
  if (!of) return null;
  const { labels, mass } = of;
  return { rule: 'sum', labels: labels.map(({ label, p }) => ({ label, p })), mass };
}

/** What a link says of the model behind it. */
export function modelOf({
  name,
  sha256,
  quantization,
  activationBits,
  server,
}: Pick<LabModelInfo, keyof Sent['model']>): Sent['model'] {
  return { ...factsOfModel({ name, sha256, activationBits, server }), quantization };
}

/** The best of a prediction, in the form of a record. */
export function predictionOf({ candidates, rest, entropy, tokens }: LabPrediction): ToldPrediction {
  const listed = candidates.slice(0, recordedTokens).filter(({ p }) => p > 0);
  const others = candidates.slice(listed.length);
  return {
    candidates: listed.map(({ id, text, bytes, logprob }): RecordedToken => {
      // A part of a character has no text of its own.
      if (!text.includes('\ufffd')) return { id, text, logprob };
      const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0'));
      return { id, text, logprob, bytes: hex.join('') };
    }),
    rest: {
      count: rest.count === null ? null : rest.count + others.length,
      p: others.reduce((sum, { p }) => sum + p, rest.p),
    },
    entropy,
    tokens,
  };
}

/** The ladder that the page shows; null while some of it is missing. */
function ladderIn({ columns, answer, ofLabels, old }: Ladder): SentLadder | null {
  const isWhole = columns.every(({ name, problem }) => name !== null || problem !== undefined);
  if (answer === null || old || !isWhole) return null;
  return {
    answer,
    ofLabels,
    columns: columns.map(({ k, p, posterior, mass, name }) => ({ k, p, posterior, mass, name })),
  };
}

function climbed({ ladder, state, settings, classification, prompt }: Lab): Ladder {
  const { rule, comparison } = settings;
  const { of, result } = classification.jobState;
  return ladderOf(ladder.jobState.result, {
    draft: state.draft,
    rule,
    comparison,
    classification: of === prompt.text ? result : null,
  });
}
