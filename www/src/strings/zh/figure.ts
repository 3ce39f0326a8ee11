import { formatCount } from '../../util/numerals.ts';
import type { figure as en } from '../en/figure.ts';
import type { Translated } from '../types.ts';

export const figure: Translated<typeof en> = {
  save: (figure) => `保存图表：${figure}`,
  svg: 'SVG，用于印刷和编辑',
  png: 'PNG，两倍大小',
  csv: 'CSV，图中的数字',
  copyMethods: '复制方法说明',
  copied: '已复制',
  denied: '浏览器不允许页面代为复制。请选中这一行并复制：',
  noPng: '这个浏览器无法把这张图存为 PNG。请改存为 SVG。',
  close: '关闭',
  tokens: '概率最高的后续词元',
  words: '概率最高的后续词',
  labels: '各标签的概率',
  query: (query) => `查询：${query}`,
  rest: (count) => (count === null ? '其余所有词元' : `其余 ${formatCount(count)} 个词元`),
  entropy: (entropy) => `熵 ${entropy} 奈特。`,
  unknown: '未运行',
  underColumns: '每根柱下方：概率，以及首位的答案。',
  mean: '平均值与 95% 区间',
  eachRun: '一个种子和一种顺序',
  commonest: (share) => `总是回答最常见的标签（${share}）`,
  diagonal: '完美校准',
  methods: {
    model: (name, sha256, bits) => `${name}（SHA-256 ${sha256}…），激活值 ${bits} 位`,
    shots: (shots, all) => `k = ${shots}，共有 ${all} 个示例`,
    template: (template) => `模板“${template}”`,
    scoring: (rule, reference) => `标签按${rule}计分，${reference}`,
    rows: (count) => `评测 ${count} 条数据`,
    seeds: (seeds) => `种子 ${seeds}`,
    orders: (orders) => `每次抽取 ${orders} 种顺序`,
    softmax: '在整个词表上、温度为 1 的 softmax',
    version: (version) => `shotglass ${version}`,
  },
};
