import { formatCount } from '../../util/numerals.ts';
import type { tree as en } from '../en/tree.ts';
import type { Translated } from '../types.ts';

export const tree: Translated<typeof en> = {
  heading: '下一个单词',
  about: '关于这些数字',
  lede: '词元已合并成完整的单词。展开一个，看后面会接什么。',
  stop: '停止',
  goOn: '继续',
  label: '提示词之后可能出现的单词',
  word: '单词',
  p: 'p',
  pTitle: '给定提示词和前面的单词时的条件概率',
  joint: '联合',
  jointTitle: '从提示词起整条路径的联合概率',
  append: '追加',
  appendPath: (path) => `追加 ${path}`,
  end: '文本结束',
  rest: '其余全部',
  waiting: '正在查找单词…',
  row: (word, p, joint) => (joint === null ? `${word}，${p}` : `${word}，${p}，联合概率 ${joint}`),
  atMost: (p) => `至多 ${p}`,
  also: (count) => `另有 ${count} 种拼法`,
  lowerBound: '这些都是下界：罕见的拼法没有搜索。“其余全部”补足到 100%。',
  cost: (predictions) => `模型运行了 ${formatCount(predictions)} 次。`,
  restDetail: (open) => `其中 ${open} 属于没有搜索过的单词开头。`,
  hint: '指向一个单词，可以看到它由哪些词元拼成。',
  stopped: '已停止：可能还有别的单词。',
};
