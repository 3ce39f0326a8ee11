import { formatCount } from '../../util/numerals.ts';
import type { answer as en } from '../en/answer.ts';
import type { Translated } from '../types.ts';

export const answer: Translated<typeof en> = {
  views: '答案的视图',
  viewNames: { words: '单词', labels: '标签', tokens: '词元', text: '文本' },
  answer: '答案',
  tableCaption: '概率最高的后续词元，以及其余全部词元',
  nextToken: '下一个词元',
  probability: '概率',
  p: 'p',
  logprob: '对数概率',
  logprobTitles: {
    nats: '对数概率：概率的自然对数，单位奈特',
    bits: '对数概率：概率以 2 为底的对数，单位比特',
  },
  bytes: '字节',
  tokenBytes: (id, hex, count) => `编号 ${formatCount(id)}，${count} 个字节：${hex}`,
  scales: '刻度',
  unit: '对数概率',
  units: { nats: '奈特', bits: '比特' },
  axis: '坐标轴',
  axes: { linear: '线性', log: '对数' },
  rank: '名次',
  show: '显示',
  rest: (count) => `其余 ${formatCount(count)} 个词元`,
  appendToken: (token, p, rank) => `追加 ${token}：${p}，第 ${formatCount(rank)} 名`,
  appendHint: '最可能的下一个词元。点一下就把它追加到提示词后面。',
  notAppendable: '这只是半个字符，不能单独追加',
  entropy: '熵',
  nats: '奈特',
  choices: (choices) => `不确定的程度相当于在 ${choices} 个同样可能的词元中选一个`,
  cost: (tokens, cached, duration) => `${tokens} 个词元（重用 ${cached} 个），${duration}`,
  running: '模型正在运行',
  runningTokens: (done, total) => `${formatCount(done)} / ${formatCount(total)} 个词元`,
  topToken: (token, p) => `首位词元：${token}，${p}`,
};
