import type { choosing as en } from '../en/choosing.ts';
import type { Translated } from '../types.ts';
import { chance, chanceThen } from './chance.ts';

export const choosing: Translated<typeof en> = {
  choose: {
    caption: (answer, shots, rows, isFree) =>
      `从 ${rows} 个示例中用五种方法各选 ${shots} 个时的 ${chance(answer, isFree)}`,
    methods: {
      similar: '最相似',
      oneShot: '单独最好',
      bm25: '共同词',
      random: '随机',
      worst: '最不相似',
    },
    how: {
      similar: 'KATE：输入的平均隐藏状态最接近',
      oneShot: {
        answer: 'EPR 的分数：只给其中一个示例时，正确答案的概率最高',
        neighbours: 'EPR 的分数，用最相似的三个示例的答案计算：这个查询的答案未知',
      },
      bm25: 'BM25：与查询共有少见的词',
      random: '以种子 1 抽取',
      worst: '平均隐藏状态最远；对答案来说未必最差',
    },
    order: '每种方法选出的最好的示例排在最后，紧挨着查询。',
    use: '使用这些',
    useOf: (method) => `使用这些：${method}`,
    all: '表格中的示例已全部显示，所以只有顺序不同。请减少示例数，或添加数据。',
    leftOut: (count) => `有 ${count} 个示例的输入就是查询，已排除。`,
    finding: (similar, random, answer, isFree) =>
      `用最相似的示例时，${chanceThen(answer, isFree)}为 ${similar}；用随机示例时为 ${random}。`,
    findingRows: (rows, similar, random) =>
      `在 ${rows} 条留出数据上，最相似的示例答对 ${similar} 条，随机示例答对 ${random} 条。`,
    bars: (rows, isFree) =>
      `${isFree ? '完全匹配率' : '准确率'}：${rows} 条留出数据，各有自己的示例，附 95% 威尔逊区间`,
    barsHint: '任何方法都看不到留出数据的答案。“单独最好”用的是表格中最相似的三个示例的答案。',
    head: { method: '选择方法', examples: '示例', correct: '答对', interval: '95% 区间' },
    correct: (correct, n) => `${correct} / ${n}`,
  },
  manyShots: {
    caption: (answer, isFree) => `不同示例数下的 ${chance(answer, isFree)}（对数坐标）`,
    accuracy: (rows, isFree) =>
      `${rows} 条留出数据上的${isFree ? '完全匹配率' : '准确率'}，附 95% 威尔逊区间`,
    finding: (first, last, from, to, answer, isFree) =>
      `有 ${from} 个示例时，${chanceThen(answer, isFree)}为 ${first}；有 ${to} 个时为 ${last}。`,
    findingRows: (rows, first, last) =>
      `${rows} 条留出数据中，开始时答对 ${first} 条，最后答对 ${last} 条。`,
    ended: (shots) => `${shots} 个示例放不进上下文。`,
    more: (rows) => `表格有 ${rows} 个示例。粘贴或打开更大的表格可以继续，最多 512 个。`,
    head: { shots: '示例数', correct: '答对', interval: '95% 区间' },
  },
  sentences: {
    what: '要比较的句子',
    own: '你的两个句子',
    preset: '我们的句对',
    first: '第一句',
    second: '第二句',
    needs: '请填写两个不同的句子。',
    captionPairs: '合格的句子概率更高的比例，按类型，附 95% 威尔逊区间',
    caption: '每个词元在第一句中的 ln P 减去在第二句中的',
    finding: (correct, n, low, high) =>
      `${n} 对中有 ${correct} 对是合格的句子概率更高（95% 区间 ${low} 至 ${high}）。`,
    findingTwo: (which, nats, times) =>
      `${which === 'first' ? '第一句' : '第二句'}的概率更高，差 ${nats} 奈特：是另一句的 ${times} 倍。`,
    findingEqual: '两句的概率相等。',
    decisive: (first, second) =>
      first === second
        ? `差别主要来自“${first}”，它取决于前面的内容。`
        : `差别主要来自“${first}”与“${second}”。`,
    nothing: '（无）',
    all: '全部句对',
    wrong: '另一句概率更高的句对',
    none: '没有。',
    every: (count) => `全部 ${count} 对`,
    notRun: (count) => `有 ${count} 对无法计分。`,
    head: { paradigm: '类型', good: '合格', bad: '不合格', difference: '差（奈特）' },
    differs: '不同',
    paradigms: {
      'subject-verb agreement': '主谓一致',
      'anaphor agreement': '反身代词一致',
      'determiner-noun agreement': '限定词与名词一致',
      'irregular forms': '不规则形式',
      islands: '孤岛限制',
      'negative polarity': '否定极项',
      'argument structure': '论元结构',
      quantifiers: '量词',
    },
  },
};
