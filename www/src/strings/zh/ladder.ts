import type { ladder as en } from '../en/ladder.ts';
import type { Translated } from '../types.ts';

export const ladder: Translated<typeof en> = {
  ofToken: (answer) => `${answer} 的概率随示例数的变化`,
  ofLabel: (answer) => `${answer} 的后验随示例数的变化`,
  mass: '总质量',
  none: '有了示例，这里会显示同一个查询在 0、1、2……个示例之后的结果。',
  shots: (k) => `${k} 个示例`,
  gap: (shots, why) => `${shots}：${why}`,
  unknown: '尚未运行',
  at: (shots, answer, p) => `${shots}：${answer} ${p}`,
  first: (name) => `首位是 ${name}`,
  owned: (mass) => `标签总质量 ${mass}`,
  join: '；',
  betweenSentences: '',
  finding: (answer, none, here, best) => {
    const before = `没有示例时 ${answer} 为 ${none}`;
    if (here.k === 0 && best.k === 0) return `${before}，加上示例也不会更高。`;
    if (here.k === 0) return `${before}，最高为 ${best.k} 个示例时的 ${best.p}。`;
    if (best.k === here.k) return `${before}，${here.k} 个示例时为 ${here.p}，达到最高。`;
    if (best.k === 0)
      return `${here.k} 个示例时 ${answer} 为 ${here.p}，没有示例时反而最高：${none}。`;
    return `${before}，${here.k} 个示例时为 ${here.p}，最高为 ${best.k} 个示例时的 ${best.p}。`;
  },
  masses: (none, k, here) =>
    k === 0
      ? `这些标签占整个分布的 ${none}。`
      : `这些标签占整个分布的份额：没有示例时 ${none}，${k} 个示例时 ${here}。`,
  hatched: '别的答案居首',
};
