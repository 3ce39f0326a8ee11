import type { ladder as en } from '../en/ladder.ts';
import type { Translated } from '../types.ts';

export const ladder: Translated<typeof en> = {
  title: (answer, most) => `0–${most} 个示例之后“${answer}”的概率`,
  shortTitle: (answer, most) => `0–${most} 个示例之后的“${answer}”`,
  posterior: '仅在标签之间',
  none: '添加示例，就能看到同一个查询在 0、1、2……个示例之后的结果。',
  shots: (k) => (k === 0 ? '没有示例' : `${k} 个示例`),
  gap: (shots, why) => `${shots}：${why}`,
  unknown: '尚未运行',
  at: (shots, answer, p) => `${shots}：${answer} ${p}`,
  first: (name) => `首位是 ${name}`,
  owned: (mass) => `标签总概率 ${mass}`,
  join: '；',
  betweenSentences: '',
  finding: (answer, none, here, best) => {
    const before = `“${answer}”：没有示例时 ${none}`;
    if (here.k === 0 && best.k === 0) return `${before}，已是最高。`;
    if (here.k === 0) return `${before}，${best.k} 个示例时最高，为 ${best.p}。`;
    if (best.k === here.k) return `${before}，${here.k} 个示例时最高，为 ${here.p}。`;
    if (best.k === 0)
      return `“${answer}”：${here.k} 个示例时 ${here.p}，没有示例时最高，为 ${none}。`;
    return `${before}，${here.k} 个示例时 ${here.p}，${best.k} 个示例时最高，为 ${best.p}。`;
  },
  masses: (none, k, here) =>
    k === 0
      ? `这些标签合计得到 ${none} 的概率。`
      : `这些标签合计的概率从 ${none}（没有示例）变为 ${here}（${k} 个示例）。`,
  hatched: '首位是其他答案',
  mayGoOn: '此处的答案也可能只是更长单词的开头。',
};
