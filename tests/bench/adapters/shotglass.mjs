// shotglass, through its package, as any page would use it.

import { newTokens } from '../prompts.mjs';

export async function load({ file, build, threads }) {
  const { Model } = await import('/shotglass/dist/index.js');
  const model = await Model.load(file, { build, threads });
  const { info } = model;
  if (info.build !== build || info.threads !== threads) {
    model.close();
    throw new Error(`it runs the build ${info.build} with threads: ${info.threads}`);
  }
  return {
    about: { build: info.build, threads: info.threads },
    begins: info.addsBos,

    async run(text, count) {
      const started = performance.now();
      const prediction = await model.predict(text, { topK: 1 });
      const firstMs = performance.now() - started;

      let first = 0;
      let generated = 0;
      let last = 0;
      for await (const step of model.generate(text, { maxTokens: count })) {
        if (step.finish === 'end') break;
        last = performance.now();
        if (generated === 0) first = last;
        generated += 1;
      }
      const { tokens, cachedTokens } = prediction;
      return { tokens, cachedTokens, firstMs, generated, restMs: last - first };
    },

    async fewShot(contexts, labels) {
      const answers = [];
      let tokensRun = 0;
      for (const context of contexts) {
        let progress = null;
        const onProgress = (now) => {
          progress = now;
        };
        const scores = await model.score(context, labels, { onProgress });
        const logprobs = scores.map(({ logprob }) => logprob);
        answers.push(logprobs.indexOf(Math.max(...logprobs)));
        tokensRun += progress.tokensTotal - progress.cachedTokens;
      }
      // The last token of a continuation is predicted and need not be run.
      const ids = async (text) => (await model.tokenize(text)).map(({ id }) => id).slice(0, -1);
      const texts = contexts.flatMap((context) => labels.map((label) => context + label));
      return { answers, tokensRun, tokensNew: newTokens(await Promise.all(texts.map(ids))) };
    },

    close: () => model.close(),
  };
}
