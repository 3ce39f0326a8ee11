import type { inside as en } from '../en/inside.ts';
import type { Translated } from '../types.ts';

export const inside: Translated<typeof en> = {
  lens: {
    caption: '各层之后每个答案的概率，按示例数（k）排列，对数坐标',
    from: (layer) => `第 ${layer} 层起居首`,
    never: '未居首',
    caveat:
      '透镜把每一层都当作最后一层来读。靠前的层在训练时并不会这样被读取，因此说明不了多少：某个答案在那里领先，可能只是习惯使然。',
    head: {
      k: '示例数',
      lead: '居首起始层',
      ahead: '领先其他答案起始层',
      rank: '名次',
      layer: '层',
      top: '首位词元',
      p: 'P(首位)',
    },
    none: '–',
    looked: (answer) => `图中为“${answer}”的第一个词元。`,
    numbers: (k) => `各层数值（${k}）`,
    strip: '提示词的词元：选择表格的最后一个',
    grid: '逐个词元：各层之后概率最高的下一个词元',
    gridHint: '自下而上阅读。灰色：从这一层到最后一层，词元不再改变。',
    leads: (k, answer, layer, layers) =>
      `${k}时，从第 ${layer} 层（共 ${layers} 层）起，“${answer}”是概率最高的词元。`,
    behind: (k, answer) => `${k}时，最后一层之后“${answer}”不是概率最高的词元。`,
  },
  patch: {
    caption: (answer) => `换入某一词元、某一层的状态后，ln P(${answer}) 的差距恢复了多少`,
    token: '词元',
    layer: '层',
    hint: {
      outputs: '每一格是一次运行：示例的输出换掉之后，其中一个状态取自当前提示词。',
      pinned: '每一格是一次运行：在固定的提示词中，其中一个状态取自当前提示词。',
    },
    scale: '100%：答案的概率与当前提示词相同。0%：没有变化。粗体词元在两个提示词中不同。',
    stride: (stride) => `每 ${stride} 层只运行一层。`,
    joined: (width) => `最多 ${width} 个相邻词元一起更换。`,
    same: (tokens) => `两个提示词都有 ${tokens} 个词元。`,
    matched: (from, into) => `当前提示词有 ${from} 个词元，另一个有 ${into} 个，从末尾开始对齐。`,
    needsOther: '请增加示例数：这个实验会更换示例的输出。',
    between: (answer, from, into, isPinned) =>
      `P(${answer}) 在当前提示词之后为 ${from}，${isPinned ? '在固定的提示词之后' : '示例的输出换掉之后'}为 ${into}。`,
    little: '差距太小，无从分解。',
    carries: (text, share) => `在较低的层里，差距主要由“${text}”承载（最多 ${share}）。`,
    arrives: (layer) => `从第 ${layer} 层起，由最后一个词元承载。`,
  },
  heads: {
    layer: '层',
    headName: '头',
    pattern: '模式',
    patterns: {
      previous: { name: '前一个词元', caption: '对前一个词元的注意力份额，按层（纵）和头（横）' },
      same: { name: '相同词元', caption: '对先前相同词元的注意力份额，按层（纵）和头（横）' },
      induction: {
        name: '归纳',
        caption: '对先前相同词元之后那个词元的注意力份额，按层（纵）和头（横）',
      },
    },
    nothing: '这个提示词里没有重复的词元，因此无可观察。',
    hint: '对第一个词元的注意力不计入：注意力头找不到目标时，就会停在那里。选择一个头，即可在下方查看它的注意力。',
    head: (layer, head, share) => `第 ${layer} 层第 ${head} 个头：${share}`,
    named: (layer, head) => `第 ${layer} 层第 ${head} 个头`,
    counted: (count, chance) => `${count} 个词元的平均值。若平均分配注意力，则为 ${chance}。`,
    strongest: '最强的头',
    share: '份额',
    finding: {
      induction: (layer, head, share, chance) =>
        `第 ${layer} 层的第 ${head} 个头把 ${share} 的注意力放在先前相同词元之后的那个词元上（随机水平：${chance}）。`,
      previous: (layer, head, share, chance) =>
        `第 ${layer} 层的第 ${head} 个头把 ${share} 的注意力放在前一个词元上（随机水平：${chance}）。`,
    },
  },
};
