/** 一句中文，后面附上软件包的英文原文：具体的名字和数字在那里。 */
export function withDetail(sentence: string, detail: string): string {
  return detail === '' ? sentence : `${sentence}（原文：${detail}）`;
}
