import type { labels as en } from '../en/labels.ts';
import type { Translated } from '../types.ts';

export const labels: Translated<typeof en> = {
  mass: (share) => `这些标签占整个分布的 ${share}。`,
  caption: '各标签的后验，以及标签词本身的概率',
  label: '标签',
  bar: '后验（条形）',
  posterior: '后验',
  posteriorTitle: '只在这些标签之间对得分做 softmax，合计 100%',
  p: 'p',
  pTitle: '标签词本身在一切可能的后文中的概率',
  score: '得分',
  scoreTitle: '用来比较各标签的数值，单位奈特',
  rule: '计分规则',
  reference: '对照',
  disagree: '规则之间有分歧：',
  ruleNames: {
    sum: '求和',
    perToken: '按词元',
    perCharacter: '按字符',
    perByte: '按字节',
  },
  everyRule: '各种规则都',
  against: (rule) => `有对照时${rule}`,
  says: (ways, _one, label) => `${ways}选 ${label}`,
  and: (ways) =>
    ways.length < 2 ? ways.join('') : `${ways.slice(0, -1).join('、')}和${ways.at(-1)}`,
  verdicts: (all) => `${all.join('；')}。`,
  field: '标签',
  fieldHint: '用逗号分隔。不论长短，每个都完整计分。',
  fieldEmpty: 'Positive, Negative',
  fromDemonstrations: '任务没有指定标签，这里用的是示例的输出。也可以写出自己的标签。',
  needsModel: '这个提示词之后的标签没有预录的结果，需要载入模型。',
  none: '至少要有两个标签才能比较。请写出要比较的标签。',
  outputs: '取自示例的输出',
  fromOutputs: '改用示例的输出',
};
