// wllama 3.8.1, through its completions: the low-level calls of version 2 are gone.

const quiet = { debug() {}, log() {}, warn() {}, error: console.error };

export async function load({ file, threads, context }) {
  const { Wllama } = await import('/@wllama/wllama/esm/index.js');
  const wllama = new Wllama(
    { default: '/@wllama/wllama/esm/wasm/wllama.wasm' },
    { suppressNativeLog: true, logger: quiet },
  );
  // No WebGPU, and one sequence: the others would take memory for nothing.
  const options = { n_gpu_layers: 0, n_parallel: 1 };
  await wllama.loadModel([file], { ...options, n_threads: threads, n_ctx: context, n_batch: 512 });
  return {
    about: { build: 'default', threads: wllama.getNumThreads() },
    begins: wllama.mustAddBosToken(),

    async run(prompt, count) {
      const started = performance.now();
      let first = 0;
      let last = 0;
      let timings = null;
      const chunks = await wllama.createCompletion({
        prompt,
        max_tokens: count,
        temperature: 0,
        top_k: 1,
        ignore_eos: true,
        cache_prompt: false,
        stream: true,
      });
      for await (const chunk of chunks) {
        if (first === 0) first = performance.now();
        // The last chunk brings the counts and no token.
        if (chunk.timings) timings = chunk.timings;
        else last = performance.now();
      }
      return {
        tokens: timings.prompt_n + timings.cache_n,
        cachedTokens: timings.cache_n,
        firstMs: first - started,
        generated: timings.predicted_n,
        restMs: last - first,
      };
    },

    // Its prompt cache is on: that is how one would ask it.
    async fewShot(contexts, labels) {
      const answers = [];
      let tokensRun = 0;
      for (const prompt of contexts) {
        const answer = await wllama.createCompletion({
          prompt,
          max_tokens: 1,
          temperature: 0,
          logprobs: 100,
          cache_prompt: true,
        });
        tokensRun += answer.timings.prompt_n;
        answers.push(better(answer.choices[0].logprobs, labels));
      }
      return { answers, tokensRun };
    },

    close: () => wllama.exit(),
  };
}

function better(logprobs, labels) {
  const candidates = logprobs?.content?.[0]?.top_logprobs ?? [];
  const of = (label) => candidates.find(({ token }) => token === label)?.logprob ?? -Infinity;
  const each = labels.map(of);
  return each.indexOf(Math.max(...each));
}
