import type { LessonWords } from '../../facts.ts';

export const tour: LessonWords = {
  title: '导览',
  about: '六步看懂首屏。',
  steps: [
    (f) => ({
      caption: `这个滑块决定问题前面有几个示例。在 0 处没有示例，模型不知道你要什么：“horses”只有 ${f.p('plural', '', 0)}。`,
    }),
    (f) => ({
      caption: `在 1 处，提示词以 cat → cats 开头，“horses”升到 ${f.p('plural', '', 1)}。你可以自己把滑块拖到 4，也可以直接看下一步。`,
    }),
    (f) => ({
      caption: `在 4 处，“horses”是 ${f.p('plural', '', 4)}。这里是提示词的原文，颜色表示惊异度，也就是模型有多没料到这个词。“cats”是 ${f.bits('plural', 4, 'cats')} 比特，“boxes”是 ${f.bits('plural', 4, 'boxes')} 比特，“knives”只有 ${f.bits('plural', 4, 'knives')} 比特：这时模型已经料到是复数了。`,
    }),
    (f) => ({
      caption: `这些词不用下载就能问。问“mouse”，模型答“${f.word('plural', 'mouse', 4)}”，概率为 ${f.p('plural', 'mouse', 4)}。`,
    }),
    (f) => ({
      caption: `你自己的任务从这里的“新建任务…”开始：写几个示例和一个问题。页面会载入模型（${f.megabytes}，只下载一次）。模型在你的设备上运行，你输入的内容不会离开本机。`,
    }),
    (f) => ({
      caption: `有些事靠示例教不会。看过四道算好的加法题，问 48 加 76，模型答“${f.word('arithmetic', '', 4)}”；${f.n('arithmetic')} 道测试题答对 ${f.right('arithmetic', 4)} 道。这么小的模型只会延续规律，不会计算。`,
    }),
  ],
};
