import type { pair as en } from '../en/pair.ts';
import type { Translated } from '../types.ts';

export const pair: Translated<typeof en> = {
  what: '评测什么',
  alone: '现在的提示词',
  both: 'A 与现在的提示词',
  ownRowsOfA: (count) => `固定任务自带的 ${count} 条数据，两个提示词都用它们`,
  shared: (count) => `两个提示词都至少有 ${count} 个示例可供选取。`,
  against: { what: '另一个提示词', outputs: '当前提示词换掉输出', pinned: '固定的提示词' },
  needsPinned: '先固定一个提示词，才能与它比较。',
  obstacles: {
    text: 'A 是自由文本，没有示例可供选取。请对调，回到表格，再重新固定。',
    freeA: 'A 没有标签，现在的提示词有，因此无法用同一批数据评测两者。请给两者相同的标签。',
    freeNow: 'A 有标签，现在的提示词没有，因此无法用同一批数据评测两者。请给两者相同的标签。',
    labels: (a, now) =>
      `两者的标签不同（A：${a}；现在：${now}），因此无法用同一批数据评测。请给两者相同的标签。`,
    rows: (a, now) =>
      `“${a}”与“${now}”的测试数据不同。请粘贴两者都要回答的数据，或者留出一部分示例。`,
    same: 'A 与现在的提示词最多只有查询和示例数不同，评测结果会完全一样。请修改指令、模板或示例。',
  },
  curve: (isFree) =>
    isFree
      ? 'A 与现在的提示词在同一批数据上的完全匹配率，附 95% 威尔逊区间'
      : 'A 与现在的提示词在同一批数据上的准确率，附 95% 威尔逊区间',
  first: '先评测 A。两者都完成某个示例数之后，才显示那里的比较。',
  a: 'A',
  now: '现在',
  head: {
    shots: '示例数',
    difference: '现在 − A（百分点）',
    interval: '95% 区间（百分点）',
    onlyA: '只有 A 答对',
    onlyNow: '只有现在答对',
    p: 'p',
  },
  range: (low, high) => `${low} 至 ${high}`,
  finding: (k, a, now, points, low, high, p) =>
    `${k}：A 的正确率为 ${a}，现在为 ${now}；相差 ${points} 个百分点（95% 区间 ${low} 至 ${high}），p ${p}。`,
  clear: '只有一方答对的数据偏向其中一方，偶然难以解释。',
  unclear: '这些数据看不出哪一个更好。',
  test: (several) =>
    several
      ? 'p：对数据的精确符号检验，每条数据在所有选取和顺序中只计一次。差值的区间：Newcombe 1998，方法 10。'
      : 'p：麦克尼马尔精确检验，只看仅有一方答对的数据。差值的区间：Newcombe 1998，方法 10。',
  several: '每个示例数单独检验：检验的个数越多，越容易碰到很小的 p。',
  methods: {
    side: (which, name, template, demonstrations) =>
      `${which} 为“${name}”，模板“${template}”，${demonstrations} 个示例`,
    instruction: (instruction) => `，指令“${instruction}”`,
    shots: (shots) => `k = ${shots}`,
    same: '两者用同一批数据和同样的种子',
    test: '差值附 Newcombe 1998 的配对区间，对数据作麦克尼马尔精确检验或符号检验',
  },
};
