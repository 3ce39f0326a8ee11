import type { LessonWords } from '../../facts.ts';

export const fewShot: LessonWords = {
  title: '十分钟学会少样本提示',
  about: '提示词里的示例起什么作用，为什么有用，又在哪里不再有用。',
  steps: [
    (f) => ({
      caption: `模型只读到“horse”，没有指令，也没有示例，无从知道你要的是复数。它认为最可能的下一个词是“${f.word('plural', '', 0)}”，而“horses”的概率是 ${f.p('plural', '', 0)}。`,
    }),
    (f) => ({
      question: '现在问题前面有了一个示例：cat → cats。“horses”会成为最可能的词吗？',
      caption: `会。一个示例就让“horses”升到 ${f.p('plural', '', 1)}。模型本身没有变，变的只是问题前面的文字。`,
    }),
    (f) => ({
      caption: `加上第二个示例 box → boxes，“horses”升到 ${f.p('plural', '', 2)}。一个示例可以有多种理解，两个就看得出规律了。图中每根柱子都是同一个问题，依次多一个示例。`,
    }),
    (f) => ({
      caption: `这就是模型实际读到的文字。颜色越深，模型越没有料到。第一个答案“cats”的惊异度是 ${f.bits('plural', 4, 'cats')} 比特，第二个答案“boxes”是 ${f.bits('plural', 4, 'boxes')} 比特，第四个答案“knives”只有 ${f.bits('plural', 4, 'knives')} 比特。模型边读边看出了规律，这叫“上下文学习”。`,
    }),
    (f) => ({
      question: '回到两个示例，它们都只是加字母：cats、boxes。问“mouse”，模型会答“mice”吗？',
      caption: `会，概率为 ${f.p('plural', 'mouse', 2)}。两个规则复数教不会它“mice”，这个词只能来自训练。示例只是告诉它，你要的是什么。`,
    }),
    (f) => ({
      question: '还是两个示例。问“sheep”，模型会答“sheep”吗？',
      caption: `不会。它答“${f.word('plural', 'sheep', 2)}”，概率为 ${f.top('plural', 'sheep', 2)}；“sheep”只有 ${f.p('plural', 'sheep', 2)}，而只有一个示例时是 ${f.p('plural', 'sheep', 1)}。两个加字母的示例让它套用了一条在这里不成立的规则。示例并不总是越多越好。`,
    }),
    (f) => ({
      caption: `换一个任务：给出国家，回答首都。看过四个示例后，问韩国（South Korea），模型答“${f.word('capital', 'South Korea', 4)}”，概率为 ${f.top('capital', 'South Korea', 4)}。`,
    }),
    (f) => ({
      question: '摩洛哥（Morocco）的首都是拉巴特（Rabat）。看过同样四个示例，模型知道吗？',
      caption: `不知道。它答“${f.word('capital', 'Morocco', 4)}”，“Rabat”只有 ${f.p('capital', 'Morocco', 4)}。示例不会增加知识，只能引出已有的知识：${f.n('capital')} 个测试国家中，没有示例时答对 ${f.right('capital', 0)} 个，四个示例时答对 ${f.right('capital', 4)} 个。`,
    }),
    (f) => ({
      caption: `这里就是极限。看过八道算好的加法题，问 48 加 76，模型答“${f.word('arithmetic', '', 8)}”。它学会了用数字作答，却没有学会加法：${f.n('arithmetic')} 道测试题答对 ${f.right('arithmetic', 8)} 道。`,
    }),
    (f) => ({
      caption: `现在轮到你的任务。退出课程，在这个列表里选“新建任务…”，写两三个示例和一个问题。要回答你自己的文字，页面需要载入模型：${f.megabytes}，只下载一次。`,
    }),
  ],
};
