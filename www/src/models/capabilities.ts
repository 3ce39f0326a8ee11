import type { LabModel, LabModelInfo } from '../app/lab-model.ts';
import { strings } from '../strings/index.ts';
import { serverWords } from '../strings/server-words.ts';
import { formatCount } from '../util/numerals.ts';

/** What a server can do, as one sentence; empty for a model in this tab. */
export function capabilityText({
  info,
  capabilities,
}: Pick<LabModel, 'capabilities'> & { info: Pick<LabModelInfo, 'vocabularySize'> }): string {
  if (!capabilities) return '';
  const { can } = serverWords();
  const { distribution, top, promptLogprobs, namedTokens, tokenize } = capabilities;
  const size = info.vocabularySize === null ? null : formatCount(info.vocabularySize);
  const list = [
    distribution === 'full' && size !== null ? can.full(size) : can.top(formatCount(top), size),
    ...(tokenize
      ? [promptLogprobs ? can.prompts : namedTokens ? can.named : can.noScores]
      : [can.noScores]),
    tokenize ? can.tokens : can.noTokens,
    can.noStates,
  ];
  return can.sentence(list.join(strings.words.comma));
}
