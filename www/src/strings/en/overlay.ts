/** How sampling would change the bars. */
export const overlay = {
  temperature: (value: number) => `temperature ${value}`,
  topK: (count: string) => `top-k ${count}`,
  topP: (value: number) => `top-p ${value}`,
  minP: (value: number) => `min-p ${value}`,
  key: (ways: string, count: string) =>
    count === '1'
      ? `The thin line shows how often a token is sampled with ${ways}. One token remains; hollow bars are never sampled. The numbers are still the model’s own.`
      : `The thin line shows how often a token is sampled with ${ways}. ${count} tokens remain; hollow bars are never sampled. The numbers are still the model’s own.`,
  drawn: (p: string) => `sampled ${p} of the time`,
  never: 'never sampled',
};
