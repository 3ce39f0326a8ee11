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
  scales: '列与刻度',
  columnsName: '列',
  columns: { probability: '概率', all: '全部' },
  unit: '对数概率',
  units: { nats: '奈特', bits: '比特' },
  axis: '坐标轴',
  axes: { linear: '线性', log: '对数' },
  rank: '名次',
  show: '显示',
  rest: (count) => (count === null ? '其余所有词元' : `其余 ${formatCount(count)} 个词元`),
  topOnly: (top, all, rest) =>
    all === null
      ? `服务器只给出概率最高的 ${formatCount(top)} 个词元，其余共占 ${rest}。`
      : `服务器只给出 ${formatCount(all)} 个词元中概率最高的 ${formatCount(top)} 个，其余共占 ${rest}。`,
  appendToken: (token, p, rank) => `追加 ${token}：${p}，第 ${formatCount(rank)} 名`,
  appendHint: '最可能的下一个词元。点一下就把它追加到提示词后面。',
  notAppendable: '这只是半个字符，不能单独追加',
  entropy: '熵',
  entropyTitle:
    '模型对下一个词元有多不确定：在整个词表上惊异度的平均值。若某个词元必然出现，熵为 0。',
  nats: '奈特',
  choices: (choices) => `不确定的程度相当于在 ${choices} 个同样可能的词元中选一个`,
  costServer: (tokens, duration) =>
    tokens === null ? `服务器用时 ${duration}` : `${tokens} 个词元，服务器用时 ${duration}`,
  cost: (tokens, cached, duration) => `${tokens} 个词元（重用 ${cached} 个），${duration}`,
  running: '模型正在运行',
  longRun: (tokens, timeLeft) => (timeLeft ? `${tokens}，${timeLeft}` : tokens),
  stopRun: '停止',
  runStopped: '已停止，这段提示词还没有得到回答。',
  runAgain: '运行',
  runningTokens: (done, total) => `${formatCount(done)} / ${formatCount(total)} 个词元`,
  topToken: (token, p) => `首位词元：${token}，${p}`,
};
