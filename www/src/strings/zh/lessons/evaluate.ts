import type { LessonWords } from '../../facts.ts';

export const evaluate: LessonWords = {
  title: '怎样评测提示词',
  about: '测试数据、区间、基线，以及怎样让一个数字站得住脚。',
  steps: [
    (f) => ({
      caption: `“horses”，概率 ${f.p('plural', '', 4)}。看上去很有说服力，其实说明不了多少：这只是一个问题，而且是挑出来的。要评判一个提示词，得问很多问题。`,
    }),
    (f) => ({
      caption: `四个示例时，${f.n('plural')} 个测试名词答对 ${f.right('plural', 4)} 个。这些名词都不在示例里，答案不可能照抄提示词。这样的数据叫“留出数据”。`,
    }),
    (f) => ({
      caption: `一个示例时，${f.n('plural')} 个中答对 ${f.right('plural', 1)} 个，即 ${f.accuracy('plural', 1)}。这个数字有多准？题目这么少，95% 置信区间（Wilson）是 ${f.low('plural', 1)} 到 ${f.high('plural', 1)}。给出数字时，请一并给出区间。`,
    }),
    (f) => ({
      caption: `影评：${f.n('sentiment')} 条中，四个示例时答对 ${f.right('sentiment', 4)} 条，八个时 ${f.right('sentiment', 8)} 条。两个区间分别是 ${f.low('sentiment', 4)} 到 ${f.high('sentiment', 4)} 和 ${f.low('sentiment', 8)} 到 ${f.high('sentiment', 8)}，略有重叠。八个示例多半更好，但要有更多的题目才能确定。`,
    }),
    (f) => ({
      caption: `先和最简单的规则比一比。${f.n('sentiment')} 条影评中有 ${f.rows('sentiment', 'Positive')} 条好评，一律回答 Positive 就能答对 ${f.rows('sentiment', 'Positive')} 条。四个示例时，模型也只答对 ${f.right('sentiment', 4)} 条，并没有胜过这条规则。`,
    }),
    (f) => ({
      caption: `没有示例以及一个、两个、四个、八个示例时，${f.n('sentiment')} 条中依次答对 ${f.right('sentiment', 0)}、${f.right('sentiment', 1)}、${f.right('sentiment', 2)}、${f.right('sentiment', 4)}、${f.right('sentiment', 8)} 条。只报告其中最好的一个，就把运气也算了进去。请用一部分数据来选示例数，用另一部分数据来报告结果。`,
    }),
    (f) => ({
      caption: `用哪些示例也很要紧。用这五个示例，${f.n('bad-example')} 题答对 ${f.right('bad-example', 5)} 题；去掉其中出错的第三个，答对 ${f.right('bad-example', 4, 'mended')} 题。所以示例要随机抽取几次，每次用一个种子，并报告平均值和波动范围。`,
    }),
    (f) => ({
      caption: `怎样才算答对，也要事先定好。这些示例的答案前面有两个空格。忽略空格，${f.n('double-space')} 个答案中有 ${f.right('double-space', 4)} 个正确；要求第一个词元相同，则只有 ${f.begun('double-space', 4)} 个。请写明你用的规则。`,
    }),
    (f) => ({
      caption: `概率高不等于答案对。四个示例的问答题中，正确回答的平均概率是 ${f.sure('qa', 4, 'sureRight')}，错误回答是 ${f.sure('qa', 4, 'sureWrong')}，两者相差并不大。`,
    }),
    (f) => ({
      caption: `现在来评测你自己的提示词。“为什么”里的“评测”会把测试数据分开，按种子抽取示例，并给出区间。它需要模型：${f.megabytes}，只下载一次。`,
    }),
  ],
};
