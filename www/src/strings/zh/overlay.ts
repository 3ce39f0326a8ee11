import type { overlay as en } from '../en/overlay.ts';
import type { Translated } from '../types.ts';

export const overlay: Translated<typeof en> = {
  temperature: (value) => `温度 ${value}`,
  topK: (count) => `top-k ${count}`,
  topP: (value) => `top-p ${value}`,
  minP: (value) => `min-p ${value}`,
  key: (ways, count) =>
    `细线表示用${ways}抽样时抽到该词元的概率。剩下 ${count} 个词元；空心的条不会被抽到。数字仍是模型自己的概率。`,
  drawn: (p) => `抽样概率 ${p}`,
  never: '不会抽到',
};
