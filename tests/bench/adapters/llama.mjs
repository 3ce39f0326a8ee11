// Native llama.cpp, through node-llama-cpp, in this process.

import { getLlama, LlamaLogLevel } from 'node-llama-cpp';

let started = null;

export async function load({ path, threads, context }) {
  // 0: the count of threads is what is asked for, and not a hint.
  started ??= getLlama({
    gpu: false,
    build: 'never',
    maxThreads: 0,
    logLevel: LlamaLogLevel.error,
  });
  const llama = await started;
  const model = await llama.loadModel({ modelPath: path });
  const state = await model.createContext({ contextSize: context, threads, batchSize: 512 });
  const sequence = state.getSequence();
  const { bos, shouldPrependBosToken: begins } = model.tokens;
  const tokenize = (text) => [...(begins ? [bos] : []), ...model.tokenize(text)];
  return {
    about: { build: 'native', threads: state.currentThreads },
    begins,

    async run(text, count) {
      const ids = tokenize(text);
      await sequence.clearHistory();
      const started = performance.now();
      let first = 0;
      let last = 0;
      let generated = 0;
      const greedy = { temperature: 0, yieldEogToken: true };
      for await (const _ of sequence.evaluate(ids, greedy)) {
        last = performance.now();
        if (generated === 0) first = last;
        generated += 1;
        if (generated === count) break;
      }
      const times = { firstMs: first - started, generated, restMs: last - first };
      return { tokens: ids.length, cachedTokens: 0, ...times };
    },

    async fewShot(contexts, labels) {
      const labelIds = labels.map((label) => model.tokenize(label)[0]);
      const answers = [];
      let tokensRun = 0;
      await sequence.clearHistory();
      for (const context of contexts) {
        const ids = tokenize(context);
        await sequence.adaptStateToTokens(ids, false);
        const rest = ids.slice(sequence.nextTokenIndex);
        const last = rest.length - 1;
        const wanted = [rest[last], { generateNext: { probabilities: true } }];
        const output = await sequence.controlledEvaluate([...rest.slice(0, last), wanted]);
        const p = labelIds.map((id) => output[last].next.probabilities.get(id) ?? 0);
        answers.push(p.indexOf(Math.max(...p)));
        tokensRun += rest.length;
      }
      return { answers, tokensRun };
    },

    async close() {
      await state.dispose();
      await model.dispose();
    },
  };
}
