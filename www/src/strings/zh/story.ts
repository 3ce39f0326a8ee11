import { formatCount } from '../../util/numerals.ts';
import type { story as en } from '../en/story.ts';
import type { Translated } from '../types.ts';

export const story: Translated<typeof en> = {
  heading: '背后的故事',
  lede: '一个模型怎样学会做一项任务，其中哪一步就发生在这个页面上。',

  causal: {
    heading: '提示词为什么会起作用',
    idea: '每个词元只能看自己和它前面的词元，看不到后面。所以前面写下的一切，不管是指令还是示例，都能影响接下来的内容，而权重一个也不用改。',
    triangle:
      '每一行是正在读的词元，每一列是被读的词元。左下三角是满的：每个词元都读自己和前面的词元。对角线以上是空的。',
    reads: '这个词元读……',
    read: '……这些',
    choose: '选一个词元，看它把注意力放在哪里。',
    needsModel: '载入模型，就能看到提示词里每个词元把注意力放在哪里。',
    strip: '提示词的词元；请选择正在读的那一个',
    token: (index, token) => `第 ${formatCount(index + 1)} 个词元，${token}`,
    share: (share) => `分到 ${share}`,
    itself: '它自己',
    first: '第一个词元',
    ahead: '在后面，读不到',
    layer: '层',
    allLayers: '所有层的平均',
    oneLayer: (layer, layers) => `第 ${layer} 层（共 ${layers} 层）`,
    head: '头',
    allHeads: '所有头的平均',
    oneHead: (head, heads) => `第 ${head} 个头（共 ${heads} 个）`,
    ofHead: (head, heads) => `第 ${head} 个头（共 ${heads} 个）`,
    heads: (heads) => `${heads} 个注意力头的平均`,
    table: (token) => `${token} 的注意力`,
    attended: '词元',
    shareHead: '份额',
    rest: (count) => `其余 ${formatCount(count)} 个词元`,
    scale: (share) => `最深的颜色：${share}。`,
    sink: '第一个词元超出了色标（斜纹）：没有目标可看的注意力头会停在那里，不管它写的是什么。这叫“注意力汇”（attention sink）。',
    caveat: '注意力说明词元看了哪里，并不解释答案为什么是这样。',
  },

  scale: {
    heading: '规模换来了什么',
    idea: '同样的任务，交给最小的和最大的 GPT-\u20603。',
    large: '1750 亿参数',
    small: '1.25 亿参数',
    shots: ['零', '单', '少'],
    tasks: {
      addition: { name: '两位数加法', measure: '准确率，%' },
      trivia: { name: 'TriviaQA 问答', measure: '准确率，%' },
      lambada: { name: 'LAMBADA 填词', measure: '准确率，%' },
      superglue: { name: 'SuperGLUE 理解', measure: '平均分，%' },
    },
    picture: (task, large, small) => `${task}。1750 亿参数：${large}。1.25 亿参数：${small}。`,
    table: '具体数字',
    task: '任务',
    model: '模型',
    meaning:
      '对小模型来说，示例主要换来正确的格式：一个示例就让它的 SuperGLUE 平均分从 40.6 升到 54.4，其中 WiC 从 0 升到 50.0，只是瞎猜的水平；加法却停在 2.0。大模型做加法，没有示例时是 76.9，有几个示例时是 100.0。本页的默认模型有 1.35 亿参数，预计会靠近下面那条线。',
    live: '这件事可以在本页实测：用自己的模型，做上面的任务。',
    liveLink: '为什么 → 模型',
    note: '1.25 亿：转录自表 H.1。1750 亿：表 3.2、3.3、3.8、3.9；其 SuperGLUE 分数来自测试服务器，只有少样本。LAMBADA 的单样本和少样本提示词是填空形式。',
  },

  limits: {
    heading: '这么小的模型做不到什么',
    text: '默认模型 SmolLM2-135M-Instruct 知道的事实很少，也不会计算：开发者报告，基础模型在 TriviaQA 上得 4.1%，在小学算术题（GSM8K，五个示例）上得 1.4%。概率高，只说明这个词元在这里常见，不说明它是真的。它主要用英文训练而成；它擅长的，是把看得到的规律接着写下去。',
  },
};
