import { formatProbability } from 'shotglass/format';
import {
  alsoName,
  alsoRight,
  begun,
  calibrated,
  mass,
  right,
  said,
  shots,
  sizeOf,
  sure,
  withoutAnother,
} from '../../measured/figures.ts';
import type { presets as en } from '../en/presets.ts';
import type { Translated } from '../types.ts';
import { words } from './words.ts';

const percent = (p: number) => formatProbability(p, words.oneIn);

/** The presets in Chinese. What the model reads stays English. */
export const presets: Translated<typeof en> = {
  antonym: {
    name: '反义词',
    shows: (m) =>
      `任务：给出英文单词的反义词（hot → cold）。没有任何指令，示例本身就说清了任务。${sizeOf(m)} 个词中，没有示例时答对 ${right(m, 0)} 个，1 个示例时 ${right(m, 1)} 个，4 个时 ${right(m, 4)} 个，8 个时 ${right(m, 8)} 个。`,
  },
  arithmetic: {
    name: '算术',
    shows: (m) =>
      `任务：用英文提问的两位数加法。这是模型真实的极限。示例教会了它答案的形式是一个数，却没有教会它做加法：${sizeOf(m)} 题中，没有示例时答对 ${right(m, 0)} 题，4 个示例时 ${right(m, 4)} 题，8 个时 ${right(m, 8)} 题；4 个示例时，首位数字正确的有 ${begun(m, 4)} 题。这个分词器把数字逐位切开，前面的空格自成一个词元。`,
  },
  'bad-example': {
    name: '陷阱：一个错误的示例',
    shows: (m) =>
      `任务：判断英文里的食物是水果（fruit）还是蔬菜（vegetable）。有一个示例把红苹果标成了蔬菜。带着它，模型在 ${sizeOf(m)} 题中答对 ${right(m, 5)} 题，认为青苹果是水果的概率为 ${percent(shots(m, 5).p)}；去掉它，答对 ${right(m, 4, 'mended')} 题，概率为 ${percent(shots(m, 4, 'mended').p)}。换成去掉其他任何一个示例，概率最高只有 ${percent(withoutAnother(m, 2))}：见“为什么”中的“示例”。`,
  },
  capital: {
    name: '首都',
    shows: (m) =>
      `任务：写出国家首都的英文名（France → Paris）。示例不会带来知识，但能调出模型已有的知识：${sizeOf(m)} 个首都中，没有示例时说对 ${right(m, 0)} 个，1 个示例时 ${right(m, 1)} 个，2 个时 ${right(m, 2)} 个，4 个时 ${right(m, 4)} 个，8 个时 ${right(m, 8)} 个。它不知道的，示例也教不会。`,
  },
  cloze: {
    name: '完形填空',
    shows: (m) =>
      `任务：填出英文小故事的最后一个词。Brown 等人发现，要有好几个示例，模型才明白空格的意思；这里也是如此：${sizeOf(m)} 题中，没有示例时答对 ${right(m, 0)} 题，1 个示例时 ${right(m, 1)} 题，8 个时 ${right(m, 8)} 题。`,
  },
  code: {
    name: '代码',
    shows: (m) =>
      `任务：把英文描述的条件写成 Python 代码。语法不难，有些没有示例也能写对；示例也并非越多越好：${sizeOf(m)} 题中，没有示例时答对 ${right(m, 0)} 题，4 个示例时 ${right(m, 4)} 题，8 个时 ${right(m, 8)} 题。`,
  },
  'double-space': {
    name: '陷阱：两个空格',
    shows: (m) =>
      `任务：写出英文动词的过去式（climb → climbed）。示例的输出前有两个空格，而答案按一个空格来评分。4 个示例时，“climbed”的概率为 ${percent(shots(m, 4).p)}；如果处处都是一个空格，则为 ${percent(shots(m, 4, 'mended').p)}。${sizeOf(m)} 个答案中，以正确词元开头的从 ${begun(m, 4, 'mended')} 个降到 ${begun(m, 4)} 个。去掉首尾空格后的文本看不出问题：分别有 ${right(m, 4)} 个和 ${right(m, 4, 'mended')} 个正确。`,
  },
  extract: {
    name: '信息抽取',
    shows: (m) =>
      `任务：从英文句子里取出地点。答案就在文本里；示例说明要取其中哪一部分，用几个词来写。${sizeOf(m)} 题中，没有示例时答对 ${right(m, 0)} 题，1 个示例时 ${right(m, 1)} 题，2 个时 ${right(m, 2)} 题。`,
  },
  flipped: {
    name: '陷阱：颠倒的标签',
    shows: (m) =>
      `任务：判断英文影评是好评（Positive）还是差评（Negative）。每个示例的标签都与事实相反，模型却几乎不跟着走：4 个示例时，${sizeOf(m)} 题中仍有 ${right(m, 4)} 题给出真实标签，而标签正确时是 ${right(m, 4, 'mended')} 题；8 个示例时分别为 ${right(m, 8)} 题和 ${right(m, 8, 'mended')} 题。它从示例中学到的主要是形式和一种偏向，而不是含义。`,
  },
  imbalanced: {
    name: '陷阱：只有一种标签',
    shows: (m) =>
      `任务：判断英文影评是好评（Positive）还是差评（Negative）。前 4 个示例全是 Positive，于是 ${sizeOf(m)} 题中它有 ${said(m, 4, 1)} 题回答 Positive。校准也救不了：答对 ${calibrated(m, 4)} 题，原来是 ${right(m, 4)} 题。换成两种标签各 2 个同样不行：那条差评得到 Negative 的概率从 ${percent(shots(m, 4).p)} 升到 ${percent(shots(m, 4, 'mended').p)}，但回答 Positive 的仍有 ${said(m, 4, 1, 'mended')} 题。8 个示例时，排在最后的是 Negative，它就有 ${said(m, 8, 0)} 题回答 Negative。`,
  },
  'past-tense': {
    name: '过去式',
    shows: (m) =>
      `任务：写出英文动词的过去式（walk → walked）。提示词里没有说要做什么，只有示例在说。${sizeOf(m)} 个动词（包括不规则动词）中，没有示例时答对 ${right(m, 0)} 个，1 个示例时 ${right(m, 1)} 个，2 个时 ${right(m, 2)} 个，4 个时 ${right(m, 4)} 个。`,
  },
  plural: {
    name: '复数',
    shows: (m) =>
      `任务：写出英文名词的复数（cat → cats）。提示词里没有说要做什么，只有示例在说。${sizeOf(m)} 个名词中，没有示例时答对 ${right(m, 0)} 个，1 个示例时 ${right(m, 1)} 个，2 个时 ${right(m, 2)} 个，4 个时 ${right(m, 4)} 个。`,
  },
  qa: {
    name: '问答',
    shows: (m) =>
      `任务：用英文回答简短的问题。有了示例，回答才合乎计分的形式：${sizeOf(m)} 题中，没有示例时答对 ${right(m, 0)} 题，4 个示例时 ${right(m, 4)} 题。但有把握不等于正确：4 个示例时，正确回答的平均概率为 ${percent(sure(m, 4, 'sureRight'))}，错误回答也有 ${percent(sure(m, 4, 'sureWrong'))}。`,
  },
  'question-type': {
    name: '问题类型',
    shows: (m) =>
      `任务：判断英文问题问的是什么，例如人物（Person）、地点（Location）或数字（Number）。六个类别，各用一个词元表示，其中“Ab”是“Abbreviation”的开头。一个示例有帮助，更多的示例反而误导了模型：${sizeOf(m)} 题中，没有示例时答对 ${right(m, 0)} 题，1 个示例时 ${right(m, 1)} 题，6 个时 ${right(m, 6)} 题，其中有 ${said(m, 6, 5)} 题回答 Ab。`,
  },
  sentiment: {
    name: '情感分类',
    shows: (m) =>
      `任务：判断英文影评是好评（Positive）还是差评（Negative）。示例首先教会模型，答案是两个词之一：没有示例时，这两个词合计占全部概率的 ${percent(mass(m, 0))}，4 个示例时占 ${percent(mass(m, 4))}。选哪一个则是另一回事：${sizeOf(m)} 题中，没有示例时答对 ${right(m, 0)} 题；4 个示例时答对 ${right(m, 4)} 题，有 ${said(m, 4, 1)} 题回答 Positive；8 个示例时答对 ${right(m, 8)} 题。`,
  },
  'sentiment-zh': {
    name: '情感（中文评论）',
    shows: (m) =>
      `任务：判断一条中文短评是正面还是负面。它是为读得懂中文的模型准备的。${sizeOf(m)} 条短评中，${alsoName(m)} 没有示例时答对 ${alsoRight(m, 0)} 条，1 个示例时 ${alsoRight(m, 1)} 条，2 个时 ${alsoRight(m, 2)} 条，4 个时 ${alsoRight(m, 4)} 条。SmolLM2-135M-Instruct 主要用英文训练，4 个示例时答对 ${right(m, 4)} 条，和始终给同一个标签的成绩一样。`,
  },
  table: {
    name: '表格的下一格',
    shows: (m) =>
      `任务：接着填写英文表格，在下一格写出同一行里的年份。表头之下给出几行，让模型接着填。要照抄的内容就在同一行里，这样的规律一学就会：${sizeOf(m)} 行中，只有表头时答对 ${right(m, 0)} 行，上面有 1 行时 ${right(m, 1)} 行，有 2 行时 ${right(m, 2)} 行。`,
  },
  topics: {
    name: '新闻主题',
    shows: (m) =>
      `任务：把英文新闻分到世界（World）、体育（Sports）、商业（Business）或科技（Technology）。四个类别，都写在指令里。只有 1 个示例时（标签是 Business），${sizeOf(m)} 篇中它有 ${said(m, 1, 2)} 篇回答 Business，答对 ${right(m, 1)} 篇。没有文章时它怎么说，就是它的偏向；除去这个偏向（校准），答对 ${calibrated(m, 1)} 篇。4 个示例时，不校准答对 ${right(m, 4)} 篇。`,
  },
  translate: {
    name: '翻译',
    shows: (m) =>
      `任务：把英文单词译成法文（cheese → fromage）。让少样本提示一举成名的那张图（GPT-3 论文图 2.1），换了一批词。这么小的模型没有足够的词汇：${sizeOf(m)} 个词中，没有示例时译对 ${right(m, 0)} 个，4 个示例时 ${right(m, 4)} 个，8 个时 ${right(m, 8)} 个。`,
  },
  unscramble: {
    name: '字母复原',
    shows: (m) =>
      `任务：把打乱字母的英文单词复原。这是模型真实的极限：单词的字母被循环移位，而模型读到的是词元，不是字母。${sizeOf(m)} 个词中，没有示例时复原 ${right(m, 0)} 个，4 个示例时 ${right(m, 4)} 个，8 个时 ${right(m, 8)} 个。`,
  },
  writing: {
    name: '写作',
    shows: () =>
      '任务：按同样的语气续写英文短句。没有哪个回答是标准答案，所以这里没有计分。两行示例定下语气；换一个温度或种子再生成，看看会写出什么。图中的概率始终是温度为 1 时的概率。',
  },
};
