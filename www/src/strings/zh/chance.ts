/** 标签的概率只在各标签之中计算；其他文本的概率在全部文本中计算。 */
export const chance = (answer: string, isFree: boolean) =>
  isFree ? `P(${answer})` : `P(${answer})（在各标签中）`;

/** 后面紧接汉字时用：半角括号之后有空格，全角括号之后没有。 */
export const chanceThen = (answer: string, isFree: boolean) =>
  isFree ? `${chance(answer, isFree)} ` : chance(answer, isFree);
