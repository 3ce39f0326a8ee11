import type { lint as en } from '../en/lint.ts';
import type { Translated } from '../types.ts';

export const lint: Translated<typeof en> = {
  findings: '空白字符问题',
  mend: '修正',
  mendNamed: (title) => `修正：${title}`,
  more: (count) => `另有 ${count} 处`,
  byHand: '这里该填什么，只有你知道。',
  needsModel: '载入模型，看修正怎样改变答案。',
  effect: '概率最高的下一个词元',
  before: '现在',
  after: '修正后',
  parts: { instruction: '指令', query: '查询', text: '' },
  codes: {
    'trailing-space': {
      title: '以空格结尾',
      why: '大多数词首词元自带空格。末尾已有空格时，模型只能接一个不带空格的词首，而这种情形它几乎没见过；一个多余的空格就曾让整场评测作废（EleutherAI/lm-evaluation-harness#2695）。',
    },
    'double-space': {
      title: '连续两个空格',
      why: '两个空格和一个空格是不同的词元。示例会因此教模型写出答案里本不该有的东西。',
    },
    'missing-space': {
      title: '输出前缺空格',
      why: '单词紧贴前文时，会切分成与平常不同、也更罕见的词元。',
    },
    'separator-inside': {
      title: '示例内部有分隔符',
      why: '在模型看来，那是一个示例的结束和另一个示例的开始。',
    },
    'inconsistent-end': {
      title: '末尾空白不一致',
      why: '有些输入或输出以空白结尾，有些没有：人看不见这种差别，模型却可能把它当成规律的一部分。',
    },
    'delimiter-mismatch': {
      title: '缺少分隔符',
      why: '一部分在哪里结束、下一部分从哪里开始，要么没有标志，要么有两个。',
    },
    'carriage-return': {
      title: 'Windows 换行符',
      why: '回车符会在每个换行前多出一个词元，而模型学过的文本里几乎没有它。',
    },
    tab: {
      title: '文本中有制表符',
      why: '多半是从电子表格带来的。制表符和空格是不同的词元。',
    },
    'odd-space': {
      title: '非标准空格',
      why: '它们看上去像空格，或者什么也看不见，其实是别的字符，模型要逐字节去读。',
    },
    'empty-output': {
      title: '有示例没有输出',
      why: '它在教模型什么也不回答。',
    },
    'query-empty': {
      title: '查询为空',
      why: '提示词什么也没有问，答案也就没有意义。',
    },
  },
};
