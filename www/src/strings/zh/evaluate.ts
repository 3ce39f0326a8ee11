import type { evaluate as en } from '../en/evaluate.ts';
import type { Translated } from '../types.ts';

export const evaluate: Translated<typeof en> = {
  rows: '数据',
  ownRows: (count) => `这个任务自带的 ${count} 条数据，都不在示例之中`,
  pastedRows: (count) => `${count} 条数据`,
  fileRows: (count, name) => `${name} 中的 ${count} 条数据`,
  noRows: '还没有数据。',
  paste: '粘贴数据或选择文件',
  pasteLabel: '要评测的数据',
  pasteHint: (most) => `带表头的表：CSV、制表符、JSON 行或 Markdown。最多运行 ${most} 条。`,
  placeholder: 'input,output',
  choose: '选择文件…',
  useOwn: '用任务自带的数据',
  input: '输入所在列',
  output: '输出所在列',
  oneColumn: '这张表需要两列：一列输入，一列输出。',
  moreProblems: (count) => `还有 ${count} 条也是如此。`,
  holdOut: '留出',
  holdOutOf: (rows) => `条用于测试（表格中共有 ${rows} 个示例）`,
  holdOutHint: (hasLabels) =>
    `${hasLabels ? '按标签抽取' : '随机抽取'}，任何提示词里都不会出现它们。填 0 则评测上面的数据。`,
  heldOutRows: (count) => `从表格中留出的 ${count} 条数据`,
  shots: '示例数',
  pool: (count) => `可供选取的示例有 ${count} 个。`,
  calibration: '校准',
  calibrations: {
    nothing: '无',
    contentFree: '无内容校准：空查询（Zhao et al. 2021）',
    batch: '批校准：全部数据的平均（Zhou et al. 2023）',
    empty: 'PMI：没有上下文（Holtzman et al. 2021）',
    answer: '以“Answer: ”校准（Brown et al. 2020）',
    channel: '噪声信道：P(输入 | 标签)（Min et al. 2022）',
  },
  calibratedBy: {
    nothing: '未校准。',
    contentFree: '无内容校准。',
    batch: '批校准。',
    empty: 'PMI：以没有上下文校准。',
    answer: '以“Answer: ”校准。',
    channel: '噪声信道。',
  },
  seeds: '选取次数',
  orders: '顺序数',
  draws: '示例的选取',
  drawsHint:
    '第一次按表格原样取示例，以后每次随机选取另一些，每种顺序重新排列它们。短线之间的差距来自运气，不是学习。',
  cost: (rows, prompts, runs) => `${rows} 条数据 × ${prompts} 个提示词 = 运行 ${runs} 次`,
  costTime: (time) => `，约 ${time}`,
  seedAt: (seed) => (seed === 0 ? '，按表格原样' : `，种子 ${seed}`),
  orderAt: (order) => `，顺序 ${order}`,
  shotsAt: (k) => (k === 0 ? '没有示例' : `${k} 个示例`),
  curve: (isFree) =>
    isFree
      ? '完全匹配率随示例数的变化，附 95% 威尔逊区间'
      : '准确率随示例数的变化，附 95% 威尔逊区间',
  curveSpread: '；每条短线是一次选取和一种顺序',
  findingSpread: (k, share, sd, prompts, min, max, low, high) => {
    const interval = `按数据计算的 95% 区间为 ${low} 到 ${high}。`;
    if (prompts === 1) return `${k}：正确率 ${share}；${interval}`;
    const over =
      sd === null
        ? `${prompts} 种顺序的平均正确率为 ${share}`
        : `正确率 ${share} ± ${sd}（各次选取示例的平均 ± 标准差）`;
    return `${k}：${over}，${min} 到 ${max}；${interval}`;
  },
  finding: (k, share, correct, n, low, high) =>
    `${k}：正确率 ${share}（${n} 条中答对 ${correct} 条）；按数据计算的 95% 区间为 ${low} 到 ${high}。`,
  commonest: (share) => `虚线：总是回答最常见的标签，${share}`,
  head: {
    shots: '示例数',
    accuracy: '准确率',
    interval: '95% 区间（数据）',
    sd: '标准差（选取）',
    ece: 'ECE',
    spread: '最差 – 最好',
    perplexity: '困惑度',
  },
  at: '查看详情',
  confusion: '混淆矩阵',
  confusionCorner: '正确 ↓ 预测 →',
  reliability: '可靠性：准确率随置信度（在各标签中）的变化',
  reliabilityHint: (ece) => `每个置信度下的准确率。完美校准落在对角线上。ECE-10：${ece}。`,
  confidence: '置信度（在各标签中）',
  bin: (from, to) => `${from} 至 ${to}`,
  reliabilityHead: { bin: '置信度', n: '条数', confidence: '平均置信度', accuracy: '准确率' },
  none: '–',
  eachRow: '逐条查看',
  rowsShown: (from, to, all) => `第 ${from} 至 ${to} 条，共 ${all} 条`,
  earlier: '前面的数据',
  later: '后面的数据',
  rowHead: { input: '输入', right: '正确', predicted: '预测' },
  wrong: '错',
  cautions: {
    tuning:
      '几个示例数是在同一批数据上测的，其中最好的看上去比实际更好。请用一部分数据选择示例数，用另一部分报告结果。',
    few: (rows) => `只有 ${rows} 条数据：比较之前先看区间。`,
    missing: (label) => `没有一条数据的标签是 ${label}，因此这些数字与它无关。`,
    seen: (count, first) => `略去 ${count} 条：输入已是示例（“${first}”），答案可能就在提示词里。`,
    unknown: (count, first) => `略去 ${count} 条：输出不在你的标签之中（“${first}”）。`,
    surplus: (count, most) => `略去 ${count} 条：随机抽取 ${most} 条运行。`,
    tooLong: (shots) => `${shots}：提示词超出上下文长度，没有运行。`,
  },
  paper: {
    caption: (task, metric) => `与 GPT-3 对照：${task}，${metric}（%）`,
    metrics: { accuracy: '准确率', 'exact match': '完全匹配', BLEU: 'BLEU' },
    model: '模型',
    zero: '零样本',
    one: '单样本',
    few: '少样本',
    here: '本页',
    small: 'GPT-3 125M',
    large: 'GPT-3 175B',
    notYet: '–',
    fewIs: (here, paper) => `少样本：本页为 ${here}，论文为 ${paper}。`,
    fewHere: (here) => `少样本：本页为 ${here}；论文的示例数不同。`,
    items: (large) =>
      `Brown et al. 2020：175B 取自表 ${large}；125M 转录自表 H.1。题目不同：本页的题目是自编的，而且很少。`,
    bleu: 'Brown et al. 2020，表 H.1，转录。BLEU 不是答对的比例，因此本页没有数字可以与它比较。',
  },
};
