import { formatCount } from '../../util/numerals.ts';
import type { generate as en } from '../en/generate.ts';
import type { Translated } from '../types.ts';

export const generate: Translated<typeof en> = {
  generate: '生成',
  generateLede: '抽样续写一段文本。',
  stop: '停止',
  nextSeed: '下一个种子',
  nextSeedGreedy: '贪心：无论种子是多少，文本都一样。',
  sampling: '抽样',
  temperature: '温度',
  greedy: '贪心',
  topK: 'Top-k',
  topP: 'Top-p',
  minP: 'Min-p',
  off: '关',
  seed: '种子',
  newSeed: '换种子',
  maxTokens: '词元上限',
  stopAtNewline: '遇到换行就停止',
  samplingHint: '这些设置只影响生成的文本。改动过的设置会在词元的条形上显示为一条细线。',
  draws: '生成的文本',
  drawName: (seed, temperature) => `种子 ${seed}，温度 ${temperature}`,
  drawGreedy: '贪心',
  appendText: '追加这段文本',
  generatedLabel: '生成的词元',
  generatedHint: '指向一个词元，可以看到它当时的概率。',
  generatedDetail: (p, rank) =>
    `温度为 1 时为 ${p}${rank === null ? '' : `，第 ${formatCount(rank)} 名`}`,
  generatedOld: '来自先前的提示词。',
  finished: {
    stop: '遇到换行，已停止。',
    length: '达到词元上限，已停止。',
    end: '模型自己结束了回答。',
  },
  stoppedByYou: '已停止。',
};
