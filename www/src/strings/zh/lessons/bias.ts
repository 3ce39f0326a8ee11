import type { LessonWords } from '../../facts.ts';

export const bias: LessonWords = {
  title: '是偏向吗？',
  about: '为什么不管文字写了什么，模型都可能偏爱某个标签，以及怎样查出来。',
  steps: [
    (f) => ({
      caption: `一条影评是好评还是差评？答案应当是两个标签之一：Negative（差评）或 Positive（好评）。没有示例时，这两个词合计只占 ${f.labels('sentiment', 0)} 的概率：模型还不知道要回答标签。`,
    }),
    (f) => ({
      caption: `看过四个示例，两个标签合计占 ${f.labels('sentiment', 4)}，这条好评也得到了“${f.word('sentiment', '', 4)}”。任务好像已经解决了。`,
    }),
    (f) => ({
      question: '这是一条差评，前面还是那四个示例，好评、差评各两个。答案会是 Negative 吗？',
      caption: `不会。${f.n('sentiment')} 条测试影评中有 ${f.rows('sentiment', 'Negative')} 条差评，模型却有 ${f.said('sentiment', 4, 'Positive')} 条回答 Positive，答对 ${f.right('sentiment', 4)} 条，与“一律回答 Positive”完全一样。答对一题，什么也说明不了。`,
    }),
    (f) => ({
      question: '现在四个示例全是 Positive，后面还是那条差评。答案会是 Negative 吗？',
      caption: `不会。Negative 只有 ${f.p('imbalanced', '', 4)}。模型偏爱在提示词里出现最多的标签，Zhao 等人（2021）称之为“多数标签偏差”。`,
    }),
    (f) => ({
      caption: `第六个示例是第一个 Negative，而且排在最后。Negative 的概率从 ${f.p('imbalanced', '', 5)} 变为 ${f.p('imbalanced', '', 6)}。离问题最近的示例影响最大，这叫“近因偏差”。所以要换几种顺序试试。`,
    }),
    (f) => ({
      caption: `新闻分为四类，唯一的示例属于 Business（商业）。于是 ${f.n('topics')} 篇文章中，模型有 ${f.said('topics', 1, 'Business')} 篇回答 Business，答对 ${f.right('topics', 1)} 篇。`,
    }),
    (f) => ({
      caption: `校准先测出这种偏向，再把它除掉：用一篇空文章去问，看模型这时仍然偏爱哪个标签。除掉之后，${f.n('topics')} 篇中答对 ${f.calibrated('topics', 1)} 篇，原来是 ${f.right('topics', 1)} 篇。载入模型后，“校准”可以用在你自己的提示词上。`,
    }),
    (f) => ({
      caption: `校准并不是万能的。四个示例全是 Positive 时，校准后 ${f.n('imbalanced')} 条中答对 ${f.calibrated('imbalanced', 4)} 条，原来是 ${f.right('imbalanced', 4)} 条。先测量，再决定要不要依靠它。`,
    }),
    (f) => ({
      question:
        '现在每个示例的标签都是错的：好评标成 Negative，差评标成 Positive。这条好评还会得到 Positive 吗？',
      caption: `会，概率为 ${f.p('flipped', '', 4)}。${f.n('flipped')} 条测试影评中，四个这样的示例之后，模型对 ${f.right('flipped', 4)} 条给出了真实标签，八个之后是 ${f.right('flipped', 8)} 条。它从这些示例里学到的，主要是答案的形式，而不是标签的含义（Min 等人，2022）。`,
    }),
    (f) => ({
      question: '五个示例中有一个是错的：red apple → vegetable。“green apple”会被归为 fruit 吗？',
      caption: `不会，答案是“${f.word('bad-example', '', 5)}”，“fruit”只有 ${f.p('bad-example', '', 5)}。一个错误示例就够了：有它时 ${f.n('bad-example')} 题答对 ${f.right('bad-example', 5)} 题，去掉它答对 ${f.right('bad-example', 4, 'mended')} 题。先检查示例，再怪模型。`,
    }),
  ],
};
