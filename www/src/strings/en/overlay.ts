/** What sampling would make of the bars. */
export const overlay = {
  temperature: (value: number) => `temperature ${value}`,
  topK: (count: string) => `top-k ${count}`,
  topP: (value: number) => `top-p ${value}`,
  minP: (value: number) => `min-p ${value}`,
  key: (ways: string, count: string) =>
    count === '1'
      ? `The thin line: how often it is drawn with ${ways}. One token is left; hollow bars are never drawn. The numbers stay those of the model.`
      : `The thin line: how often it is drawn with ${ways}. ${count} tokens are left; hollow bars are never drawn. The numbers stay those of the model.`,
  drawn: (p: string) => `sampled at ${p}`,
  never: 'never sampled',
};
