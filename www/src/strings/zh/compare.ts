import type { compare as en } from '../en/compare.ts';
import type { Translated } from '../types.ts';

export const compare: Translated<typeof en> = {
  hold: '固定对比',
  holdShort: '固定',
  holdTitle: '把现在的提示词和答案固定为 A，再与其他提示词比较',
  held: (shots, query, added) => `${shots}，“${query}”${added === '' ? '' : `，追加“${added}”`}`,
  a: 'A',
  aTitle: '固定下来的提示词',
  now: '现在',
  nowTitle: '现在的提示词',
  difference: '± 百分点',
  differenceTitle: '现在减去 A，单位百分点',
  swap: '对调',
  swapTitle: '回到提示词 A，把现在的固定下来',
  release: '取消固定',
  releaseTitle: '不再与提示词 A 比较',
  same: '还没有变化。修改提示词，差别就会显示在这里。',
  distance: (totalVariation, divergence) =>
    `总变差 ${totalVariation}；KL(A ‖ 现在) ${divergence} 奈特。`,
  distanceName: '总变差与 KL',
  distanceTitle:
    '在整个词表上计算。总变差：两个分布在任意一组词元上至多相差多少。KL：用现在的分布去预测 A 给出的词元，平均损失多少奈特。',
  caption: '两个提示词各自概率最高的后续词元，以及差值',
  wordsCaption: '两个提示词各自概率最高的后续单词，以及差值',
  wordsHint: '两个提示词之后的单词。每个概率都是下界。',
  notListed: '不在概率最高的单词之中',
  wrote: '模型自己的续写，每步都取概率最高的词元：',
  ladder: (answer) => `A：“${answer}”`,
  pending: '正在读取两个提示词…',
  needsModel: '载入模型，就能比较两个提示词。',
  sent: (model, bits) =>
    `A 的数字来自链接，由 ${model}（激活值为 ${bits} 位）算出。载入模型后即可核对。`,
  otherModel: (model, bits) =>
    `链接中 A 的数字来自另一个模型（${model}，激活值为 ${bits} 位），因此不与这里的数字比较。载入模型，就能用它回答两个提示词。`,
  askedAnew: (model) => `链接中 A 的数字来自另一个模型（${model}）。当前模型已重新回答 A。`,
  told: '两个提示词各自概率最高的词元。载入模型，就能在整个词表上比较。',
};
