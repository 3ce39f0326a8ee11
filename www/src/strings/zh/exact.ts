import { formatCount } from '../../numerals.ts';
import type { exact as en } from '../en/exact.ts';
import type { Translated } from '../index.ts';

export const exact: Translated<typeof en> = {
  exact: '模型看到的提示词',
  stripLabel: '提示词的词元',
  stripHint: '指向一个词元，可以看到它的编号和字节。',
  stripPlain: '载入模型后，这里会显示它怎样切分词元。',
  tokenDetail: (place, id, bytes) => `词元 ${formatCount(place)}：编号 ${id}，字节 ${bytes}`,
  tokenCount: (tokens, contextLength) =>
    `${formatCount(tokens)} / ${formatCount(contextLength)} 个词元`,
  characterCount: (characters) => `${formatCount(characters)} 个字符`,
  legend: '颜色',
  copy: '复制',
  copied: '已复制',
  roles: {
    instruction: '指令',
    input: '输入',
    output: '输出',
    template: '模板',
    query: '查询',
    appended: '追加',
  },
  appendedLabel: '追加到提示词后面',
  unappend: '撤回最后一个',
  clearAppended: '清除',
};
