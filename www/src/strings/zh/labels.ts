import type { labels as en } from '../en/labels.ts';
import type { Translated } from '../types.ts';

export const labels: Translated<typeof en> = {
  mass: (share) => `这些标签合计得到 ${share} 的概率。`,
  caption: '各标签在标签之中的概率，以及在全部文本中的概率',
  label: '标签',
  bar: '在各标签中（条形）',
  posterior: '标签之中',
  p: '全部文本',
  score: '得分',
  columns: '标签之中、全部文本、得分',
  columnsAbout:
    '标签之中：只在这些标签之中的概率（后验），合计 100%。全部文本：标签词在一切可能的后文中的概率。得分：用来比较各标签的数值，单位奈特。',
  rule: '计分规则',
  reference: '对照',
  abouts: {
    rule: '长短不同的标签如何比较：用全部词元的对数概率之和，或者按词元、字符、字节取平均。',
    comparison:
      '校准：把查询留空再问一次，看模型本来就偏向哪个标签，再除去这一偏向（Zhao 等，2021）。',
  },
  disagree: '各计分规则结果不同：',
  ruleNames: {
    sum: '求和',
    perToken: '按词元',
    perCharacter: '按字符',
    perByte: '按字节',
  },
  everyRule: '各种规则都',
  against: (rule) => `校准后${rule}`,
  says: (ways, _one, label) => `${ways}选 ${label}`,
  and: (ways) =>
    ways.length < 2 ? ways.join('') : `${ways.slice(0, -1).join('、')}和${ways.at(-1)}`,
  verdicts: (all) => `${all.join('；')}。`,
  field: '标签',
  fieldHint: '用逗号分隔。不论长短，每个都完整计分。',
  fieldEmpty: 'Positive, Negative',
  fromDemonstrations: '这些标签取自示例的输出。可以填写自己的标签来替换。',
  needsModel: '请载入模型来比较标签：这个提示词没有预存结果。',
  none: '请填写至少两个标签来比较。',
  noRepeats: '这些示例的输出没有重复，不能算作一组标签。请填写至少两个标签来比较。',
  takeOutputs: '把这些输出当作标签来比较',
  unnamed: '无',
  fromOutputs: '改用示例的输出',
};
