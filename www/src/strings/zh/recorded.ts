import type { recorded as en } from '../en/recorded.ts';
import type { Translated } from '../types.ts';

export const recorded: Translated<typeof en> = {
  noAnswer: '载入模型后即可看到回答。',
  onlyWords: '这个查询只预存了词的概率。载入模型后可查看其余内容。',
};
