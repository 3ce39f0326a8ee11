import type { probing as en } from '../en/probing.ts';
import type { Translated } from '../types.ts';

export const probing: Translated<typeof en> = {
  needsLabels: '请选择有标签的任务，例如“情感”：这个任务的输出各不相同，没有一个出现第二次。',
  oneLabel: '请加入至少两种标签的示例：探针要学会区分它们。',
  reading: '读完每一条数据后，曲线就会出现。',
  caption: '各层在留出数据上的准确率，附 95% 威尔逊区间',
  layer: '层',
  way: '方法',
  interval: '95% 区间',
  regression: '探针',
  prototypes: '原型',
  validation: '交叉验证',
  at: (kind, layer) => `${kind}，第 ${layer} 层`,
  every: '每一层',
  prompt: (k) => `k = ${k}`,
  chosen: (rows) =>
    `大圆点表示用表格中 ${rows} 个示例做交叉验证选出的层。曲线的最高点看起来比实际更好。`,
  finding: (layer, layers, share, rows, low, high) =>
    `第 ${layer} 层（共 ${layers} 层）的探针在 ${rows} 条数据上的正确率为 ${share}（95% 区间 ${low} 至 ${high}）。`,
  right: (k, share) => (k === 0 ? `没有示例时为 ${share}` : `有 ${k} 个示例时为 ${share}`),
  beside: (all) => `提示词的正确率：${all.join('，')}。`,
  vector: {
    line: '放入向量',
    caption: (answer, shots) => `没有示例，在某一层放入 ${shots} 个示例的向量时的 P(${answer})`,
    first: '最可能的答案',
    finding: (answer, best, layers, p, zero, few, shots) =>
      `在第 ${best} 层（共 ${layers} 层）放入一个向量后，P(${answer}) 为 ${p}；没有示例时为 ${zero}，有 ${shots} 个示例时为 ${few}。`,
    steer: '引导',
    direction: '方向',
    kinds: {
      examples: () => '示例带来的变化',
      answer: (answer) => `朝向 ${answer}`,
    },
    adds: {
      examples: (_, layer) =>
        `在第 ${layer} 层之后，把示例在最后一个词元处带来的平均变化加到状态上。`,
      answer: (answer, layer) =>
        `在第 ${layer} 层之后，在最后一个词元处加上输出为 ${answer} 的输入的平均状态与其余输入的平均状态之差。`,
    },
    head: { examples: '概率', answer: '在各标签中' },
    coefficient: '系数',
    file: '文件按系数 1 保存这些方向，可用作 llama.cpp 的控制向量。llama.cpp 在每个词元处都加上它们，这里则从最后一个词元起。',
    notSaved: 'llama.cpp 不支持这么低的层的控制向量，因此没有可保存的文件。',
  },
};
