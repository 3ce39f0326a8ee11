import type { why as en } from '../en/why.ts';
import type { Translated } from '../types.ts';

export const why: Translated<typeof en> = {
  heading: '为什么',
  lede: '对这个提示词做的实验。每一个都由模型重新运行，没有现成的答案。',
  tabs: '实验',
  run: '运行',
  again: '重新运行',
  stop: '停止',
  running: '正在运行',
  needsModel: '载入模型后才能运行。',
  needsLabels: '请至少写出两个要比较的标签。',
  needsDemonstrations: (count) => `这至少需要 ${count} 个示例：请增加示例数。`,
  needsTable: '这个实验要改动提示词的各个部分，而自由文本没有部分可言：请回到表格。',
  needsRivals: '请在表格里加一个输出不同的示例，好与这个答案比较。',
  needsRows: '这需要已知正确输出的数据：请粘贴，或选择文件。',
  needsShots: '请至少选择一个示例数。',
  saysNothing: '模型在这里什么也不写。请给出正确答案，再测它的概率。',
  noUsableRows: '没有一条数据可以评测：输入已在示例之中，或输出不是任何标签。',
  progress: (done, total) => `${done} / ${total}`,
  stopped: '已停止：这是到那时为止的结果。',
  old: '来自先前的提示词或别的设置。',
  answer: '正确答案',
  answerOf: '答案',
  asPredicted: '预测的那个',
  itsOwn: '留空：模型自己写出的答案',
  itsOwnIs: (answer) => `留空：模型自己写出的 ${answer}`,
  settings: (rule, comparison) => `计分：${rule}；对照：${comparison}。`,
  rules: {
    sum: '对数概率之和',
    perToken: '按词元平均',
    perCharacter: '按字符平均',
    perByte: '按字节平均',
  },
  comparisons: {
    nothing: '无',
    empty: '没有上下文（PMI）',
    answer: '“Answer: ”（GPT-3）',
    contentFree: '没有内容的查询（校准）',
  },
  gap: '',
  mass: '总质量',
  notRun: '没有运行：放不下',
  inNumbers: '具体数字',
  save: (name) => `保存 ${name}`,
  nats: (nats) => `${nats < 0 ? '−' : '+'}${Math.abs(nats).toFixed(2)}`,
  natsUnit: '奈特',
  pending: '…',
  lessLikely: '更不可能',
  moreLikely: '更可能',
  effects: {
    what: '去掉什么',
    whole: '示例',
    every: '每个部分',
    caption: (answer) => `各项给 ln P(${answer}) 增加多少（奈特）`,
    shapley: '沙普利值：对其余示例的所有子集取平均。',
    leaveOneOut: '留一法：有它减去没有它。',
    parts: '有它减去没有它。',
    strongest: (n, direction) =>
      direction === 'more'
        ? `示例 ${n} 对这个答案帮助最大。`
        : `示例 ${n} 影响最大，而且不利于这个答案。`,
    strongestPart: (text, direction) =>
      direction === 'more'
        ? `“${text}”对这个答案帮助最大。`
        : `“${text}”影响最大，而且不利于这个答案。`,
    fromTo: (none, all, answer) => `没有示例时 P(${answer}) 为 ${none}，有示例时为 ${all}。`,
    now: (all, answer) => `现在 P(${answer}) 为 ${all}。`,
    total: '合计',
    roles: {
      instruction: '指令',
      demonstration: '示例',
      input: '输入',
      output: '输出',
      query: '查询',
    },
  },
  order: {
    caption: (answer) => `每种顺序下的 P(${answer})，按最后一个输出分组`,
    last: (output) => `最后：${output}`,
    range: (low, high, answer) => `仅仅换一换顺序，P(${answer}) 就在 ${low} 到 ${high} 之间变动。`,
    flips: (flips, orders) =>
      flips === 0
        ? `${orders} 种顺序的预测都相同。`
        : `${orders} 种顺序里有 ${flips} 种的预测翻转了。`,
    present: '现在',
    best: '最高',
    worst: '最低',
    use: '采用',
    useOrder: (order) => `采用顺序 ${order}`,
    legendSame: '预测与现在相同',
    legendOther: '预测不同',
    legendNow: '提示词现在的顺序',
    head: { order: '顺序', p: 'P', predicted: '预测' },
  },
  variants: {
    gold: '正确',
    random: '随机',
    flipped: '对调',
    abstract: 'foo/bar',
    none: '去掉',
  },
  variantsFree: {
    gold: '正确',
    random: '打乱',
    flipped: '错位',
    abstract: 'foo/bar',
    none: '去掉',
  },
  labels: {
    caption: (isFree) =>
      isFree ? '示例的输出不同时，各答案的概率' : '示例的输出不同时，各标签的后验概率',
    finding: (answer, right, wrong) =>
      `输出正确时 P(${answer}) 为 ${right}；每一行的输出都错时为 ${wrong}。`,
    partial: '模型每读完一种，图就多一格。',
    head: '示例的输出',
  },
  calibrate: {
    caption: '各答案的后验概率：原样提问、没有内容的查询、校准后',
    asked: '原样提问',
    empty: '没有内容',
    calibrated: '校准后',
    kept: (empty, p, winner) =>
      `查询没有内容时，模型已经偏向 ${empty}（${p}）。校准后，答案仍是 ${winner}。`,
    turned: (empty, p, winner) =>
      `查询没有内容时，模型已经偏向 ${empty}（${p}）。校准后，答案变成 ${winner}。`,
    ways: '“没有内容”指什么，以及通道方向',
    input: (input) => (input === '' ? '空的查询' : `查询“${input}”`),
    channel: '通道方向：P(查询 | 答案)',
    head: { way: '查询', winner: '预测', p: '后验' },
  },
  format: {
    caption: (answer) => `换成别的格式时的 P(${answer})`,
    own: '这个提示词',
    agree: '各种格式的预测都相同。',
    differ: (others, all) => `另外 ${all} 种格式里有 ${others} 种的预测不同。`,
    instead: (answer) => `预测 ${answer}`,
  },
  experiments: {
    influence: { name: '示例', idea: '哪个示例起了作用？逐一去掉，看答案会损失多少。' },
    order: { name: '顺序', idea: '示例的顺序要紧吗？同样的示例，最多试 24 种顺序。' },
    labels: {
      name: '标签',
      idea: '示例的输出必须正确吗？同样的输入，换成错的、没有意义的输出，或者去掉输出。',
    },
    calibrate: {
      name: '校准',
      idea: '这个答案只是模型的偏向吗？用没有内容的查询问同一个提示词，再除以那时的概率。',
    },
    format: { name: '格式', idea: '示例周围的措辞要紧吗？同一个任务换几种模板。' },
    attribution: { name: '部分', idea: '答案取决于哪些词？把提示词的各个部分逐一去掉试试。' },
    evaluate: {
      name: '评测',
      idea: '有多少是对的？在模型没见过的数据上，看准确率随示例数怎样变化。',
    },
  },
};
