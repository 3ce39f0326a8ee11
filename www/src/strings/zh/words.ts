import type { words as en } from '../en/words.ts';
import type { Translated } from '../types.ts';

export const words: Translated<typeof en> = {
  oneIn: (count) => `${count} 分之 1`,
  spokenPercent: (percent) => `百分之 ${percent}`,
  lessThanOnePercent: '不到百分之一',
  moreThan99Percent: '百分之 99 以上',
  comma: '，',
  semicolon: '；',
  colon: '：',
  stop: '。',
  between: '',
  under1Ms: '不到 1 毫秒',
  secondsLeft: (seconds) => (seconds === 0 ? '还剩几秒' : `还剩 ${seconds} 秒`),
  minutesLeft: (minutes) => `还剩 ${minutes} 分钟`,
  parameters: (count) =>
    count >= 1e8 ? `${Number((count / 1e8).toFixed(2))} 亿` : `${Math.round(count / 1e4)} 万`,
  characters: {
    space: '空格',
    newline: '换行',
    tab: '制表符',
    carriageReturn: '回车符',
  },
  several: (count, character) => `${count} 个${character}`,
  bytes: (hex) => `字节 ${hex}`,
};
