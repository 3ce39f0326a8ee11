import type { acrossModels as en } from '../en/across-models.ts';
import type { Translated } from '../types.ts';

export const acrossModels: Translated<typeof en> = {
  curve: (isFree) =>
    isFree
      ? '各模型在不同示例数下的完全匹配率，附 95% 威尔逊区间'
      : '各模型在不同示例数下的准确率，附 95% 威尔逊区间',
  live: '实测',
  recorded: '预存',
  recordedHint: '预存：此前用同样的数据、示例和选取测得。载入一个模型并运行，它就会加入图中。',
  notRecorded:
    '这个任务在当前选项下没有预存结果。请载入一个模型并运行；之后载入的每个模型都会加入图中。',
  kept: '测过的模型会留在图中。再载入一个模型并运行，就能把它加进来。',
  table: '各模型',
  head: {
    model: '模型',
    parameters: '参数量',
    tokens: '训练词元数',
    bytes: '文件',
    shots: '示例数',
    accuracy: '准确率',
    interval: '95% 区间（数据）',
    sd: '标准差（选取）',
    answer: (answer) => (answer === '' ? '答案' : `P(${answer})`),
  },
  at: (k) => k,
  base: '基础模型',
  instruct: '指令模型',
  unknown: '–',
  says: (answer) => `答“${answer}”`,
  answerHint: (query, isFree) =>
    isFree
      ? `查询“${query}”的 P：写出整个答案的概率。`
      : `查询“${query}”的 P：该答案在各标签中所占的份额。`,
  noRight: '不知道这个查询的正确答案，因此显示各模型自己的答案。',
  finding: (k, small, smallShare, large, largeShare, points, low, high, p) =>
    `${k}：${small} 的正确率为 ${smallShare}，${large} 为 ${largeShare}；相差 ${points} 个百分点（95% 区间 ${low} 至 ${high}），p ${p}。`,
  findingOne: (k, model, share, low, high) =>
    `${k}：${model} 的正确率为 ${share}；95% 区间（对数据而言）${low} 至 ${high}。`,
  clear: '只有一个模型答对的数据偏向其中一方，偶然难以解释。',
  unclear: '这些数据看不出哪个模型更好。',
  caution:
    '所有模型都在同样的示例之后回答同一批数据。它们的差别不只是规模：训练文本、微调和量化也不同。',
  each: (count) => `，${count} 个模型各跑一遍`,
};
