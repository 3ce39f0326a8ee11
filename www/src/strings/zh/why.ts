import type { why as en } from '../en/why.ts';
import type { Translated } from '../types.ts';
import { chance, chanceThen } from './chance.ts';

export const why: Translated<typeof en> = {
  heading: '为什么',
  lede: '对这个提示词做实验，实时运行。',
  tabs: '实验',
  run: '运行',
  again: '重新运行',
  stop: '停止',
  running: '正在运行',
  needsModel: '载入模型后才能运行。',
  needsLabels: '请填写至少两个要比较的标签。',
  needsDemonstrations: (count) => `请增加示例数：这至少需要 ${count} 个示例。`,
  needsTable: '请回到表格：这个实验要改动提示词的各个部分，而自由文本没有这些部分。',
  needsRivals: '请在表格里加一个输出不同的示例，好与这个答案比较。',
  needsRows: '请粘贴已知正确输出的数据，或选择文件。',
  needsShots: '请至少选择一个示例数。',
  saysNothing: '请填写正确答案来测量它的概率：模型在这里什么也不写。',
  noUsableRows: '没有可用的数据：每一条不是已作示例，就是输出不在你的标签之中。',
  progress: (done, total) => `${done} / ${total}`,
  goOn: (done, total) => `继续（${done} / ${total}）`,
  notKept: '这次运行不再保存在浏览器中：存储已满，或另一个标签页在做同样的实验。',
  dropped: {
    damaged: '这个实验所保存的结果无法读取，已经丢弃。请重新运行。',
    older: '这个实验所保存的结果来自本页的另一个版本，已经丢弃。请重新运行。',
  },
  stopped: '已停止。这是目前的结果。',
  recorded: '预存：默认模型对这一提示词给出的数值。载入模型并运行，即可在此重新计算。',
  old: '先前的提示词或其他设置的结果。',
  answer: '正确答案',
  answerOf: '答案',
  asPredicted: '模型预测的答案',
  itsOwn: '留空：模型自己写出的答案',
  itsOwnIs: (answer) => `留空：模型自己写出的 ${answer}`,
  ruleOf: (rule) => `按${rule}计分。`,
  settings: (rule, comparison) => `按${rule}计分，${comparison}。`,
  rules: {
    sum: '总对数概率',
    perToken: '每词元对数概率',
    perCharacter: '每字符对数概率',
    perByte: '每字节对数概率',
  },
  comparisons: {
    nothing: '未校准',
    empty: '以没有上下文校准（PMI）',
    answer: '以“Answer: ”校准（GPT-3）',
    contentFree: '以空查询校准',
    batch: '以各条数据的平均值校准',
    channel: '噪声信道',
  },
  gap: '',
  mass: '总概率',
  notRun: '没有运行：太长',
  inNumbers: '具体数字',
  save: (name) => `保存 ${name}`,
  nats: (nats) => `${nats < 0 ? '−' : '+'}${Math.abs(nats).toFixed(2)}`,
  natsUnit: '奈特',
  pending: '…',
  lessLikely: '概率降低',
  moreLikely: '概率升高',
  effects: {
    what: '去掉什么',
    whole: '示例',
    every: '每个部分',
    caption: (answer) => `各项给 ln P(${answer}) 增加多少（奈特）`,
    shapley: '沙普利值：对其余示例的所有子集取平均。',
    lime: 'LIME',
    limeHint:
      'LIME（Ribeiro 等，2016）：对同一批提示词作线性拟合所得的斜率，示例越全的提示词权重越大。',
    leaveOneOut: '留一法：保留与去掉之差。',
    parts: '保留与去掉之差。',
    strongest: (n, direction) =>
      direction === 'more'
        ? `示例 ${n} 对这个答案帮助最大。`
        : `示例 ${n} 影响最大，而且不利于这个答案。`,
    alike: (count, direction) =>
      direction === 'more'
        ? `全部 ${count} 个示例的帮助大致相同。`
        : `全部 ${count} 个示例都不利于这个答案，程度大致相同。`,
    alikeParts: (direction) =>
      direction === 'more'
        ? '各个部分的帮助大致相同。'
        : '各个部分都不利于这个答案，程度大致相同。',
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
    caption: (answer, isFree) => `每种顺序下的 ${chance(answer, isFree)}，按最后一个输出分组`,
    last: (output) => `最后：${output}`,
    range: (low, high, answer, isFree) =>
      `仅仅换一换顺序，${chanceThen(answer, isFree)}就在 ${low} 到 ${high} 之间变动。`,
    alike: (low, high, answer, isFree) =>
      `顺序影响不大：${chanceThen(answer, isFree)}保持在 ${low} 到 ${high} 之间。`,
    flips: (flips, orders) =>
      flips === 0
        ? `${orders} 种顺序的预测都相同。`
        : `${orders} 种顺序里有 ${flips} 种的预测不同。`,
    present: '现在',
    presentBest: '现在（最高）',
    presentWorst: '现在（最低）',
    best: '最高',
    worst: '最低',
    use: '采用',
    useOrder: (order) => `采用顺序 ${order}`,
    legendSame: '预测与现在相同',
    legendOther: '预测不同',
    legendNow: '提示词现在的顺序',
    head: { order: '顺序', p: (isFree) => (isFree ? 'P' : '在各标签中'), predicted: '预测' },
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
      isFree ? '示例的输出不同时，各答案的概率' : '示例的输出不同时，各标签在标签之中的概率',
    finding: (answer, right, wrong, isFree) =>
      `输出正确时，${chanceThen(answer, isFree)}为 ${right}；每个示例的输出都错时为 ${wrong}。`,
    partial: '模型每读完一种，图就多一格。',
    head: '示例的输出',
  },
  calibrate: {
    caption: (isFree) =>
      `各答案在${isFree ? '所比较的答案' : '各标签'}之中的概率：原样提问、空查询、校准后`,
    asked: '原样提问',
    empty: '空查询',
    calibrated: '校准后',
    kept: (empty, p, winner, isFree) =>
      `查询为空时，模型已经偏向“${empty}”（在${isFree ? '所比较的答案' : '各标签'}中为 ${p}）。校准后，答案仍是“${winner}”。`,
    turned: (empty, p, winner, isFree) =>
      `查询为空时，模型已经偏向“${empty}”（在${isFree ? '所比较的答案' : '各标签'}中为 ${p}）。校准后，答案变成“${winner}”。`,
    ways: '所用的空查询，以及噪声信道得分',
    input: (input) => (input === '' ? '空的查询' : `查询“${input}”`),
    channel: '噪声信道：P(查询 | 答案) 所占的份额',
    head: {
      way: '查询',
      winner: '预测',
      p: (isFree) => (isFree ? '在所比较的答案中' : '在各标签中'),
    },
  },
  format: {
    caption: (answer, isFree) => `换成其他格式时的 ${chance(answer, isFree)}`,
    own: '这个提示词',
    agree: '各种格式的预测都相同。',
    differ: (others, all) => `另外 ${all} 种格式里有 ${others} 种的预测不同。`,
    instead: (answer) => `预测 ${answer}`,
  },
  /** What the experiments of a group ask about. */
  groups: { prompt: '当前提示词', inside: '模型内部', rows: '多条数据' },
  experiments: {
    influence: { name: '示例', idea: '哪个示例重要？逐一去掉，看答案怎样变化。' },
    order: { name: '顺序', idea: '顺序重要吗？同样的示例，最多 24 种顺序。' },
    labels: {
      name: '标签',
      idea: '标签必须正确吗？同样的输入，换成错误的、无意义的标签，或者去掉标签。',
    },
    calibrate: {
      name: '校准',
      idea: '这只是模型的偏向吗？用空查询提问，再除去这个偏向。',
    },
    format: { name: '格式', idea: '格式重要吗？同样的示例，换成其他模板。' },
    attribution: { name: '部分', idea: '答案取决于哪些词？把提示词的各个部分逐一去掉试试。' },
    lens: {
      name: '各层',
      idea: '答案在哪一层出现？随着示例增多，看每一层之后的预测。',
    },
    patch: {
      name: '修补',
      idea: '模型把示例的内容放在哪里？把当前提示词的状态放进示例输出不同的提示词。',
    },
    heads: {
      name: '注意力头',
      idea: '哪些注意力头会照抄前面的示例？看每个头关注什么。',
    },
    probe: {
      name: '探针',
      idea: '标签是否已在隐藏状态之中？线性分类器在每一层之后读取它。',
    },
    vector: {
      name: '向量',
      idea: '一个向量能否代替全部示例？把它放进没有示例的提示词。',
    },
    choose: {
      name: '选择',
      idea: '这个查询该配哪些示例？用五种方法从表格中选。',
    },
    manyShots: {
      name: '多示例',
      idea: '示例越多越好吗？从 1 个到 512 个，或者上下文放得下的全部。',
    },
    sentences: {
      name: '句子',
      idea: '两个句子哪个概率更高，差在哪个词？没有示例，也没有查询。',
    },
    evaluate: {
      name: '评测',
      idea: '答对的比例有多高？在留出的数据上，看准确率随示例数怎样变化。',
    },
    compare: {
      name: '评测',
      idea: '哪个提示词答对得更多？A 与现在的提示词用同一批数据、同样的选取。',
    },
    models: { name: '模型', idea: '规模换来了什么？同样的示例和数据，每个模型一条线。' },
  },
};
