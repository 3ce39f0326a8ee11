// wllama 2.3.1, through its low-level calls, which do no more than is measured.

export async function load({ file, threads, context }) {
  const { Wllama, LoggerWithoutDebug } = await import('/wllama-2/esm/index.js');
  const folder = '/wllama-2/esm';
  const wllama = new Wllama(
    {
      'single-thread/wllama.wasm': `${folder}/single-thread/wllama.wasm`,
      'multi-thread/wllama.wasm': `${folder}/multi-thread/wllama.wasm`,
    },
    { suppressNativeLog: true, logger: { ...LoggerWithoutDebug, warn: () => {} } },
  );
  await wllama.loadModel([file], { n_threads: threads, n_ctx: context, n_batch: 512 });
  await wllama.samplingInit({ temp: 0, top_k: 1 });
  const begins = wllama.mustAddBosToken();
  const tokenize = async (text) => [
    ...(begins ? [wllama.getBOS()] : []),
    ...(await wllama.tokenize(text)),
  ];
  const build = wllama.isMultithread() ? 'multi-thread' : 'single-thread';
  return {
    about: { build, threads: wllama.getNumThreads() },
    begins,

    async run(text, count) {
      const ids = await tokenize(text);
      await wllama.kvClear();
      const started = performance.now();
      await wllama.decode(ids, {});
      let { token } = await wllama.samplingSample();
      const first = performance.now();
      let generated = 1;
      while (generated < count) {
        await wllama.samplingAccept([token]);
        await wllama.decode([token], {});
        token = (await wllama.samplingSample()).token;
        generated += 1;
      }
      const restMs = performance.now() - first;
      return { tokens: ids.length, cachedTokens: 0, firstMs: first - started, generated, restMs };
    },

    // The part that a prompt shares with the one before stays in the cache; `createCompletion` with
    // `useCache` does the same, but does not give probabilities.
    async fewShot(contexts, labels) {
      const labelIds = await Promise.all(labels.map((label) => wllama.tokenize(label)));
      const answers = [];
      let tokensRun = 0;
      let before = [];
      await wllama.kvClear();
      for (const context of contexts) {
        const ids = await tokenize(context);
        const differs = ids.findIndex((id, i) => id !== before[i]);
        const kept = Math.min(differs === -1 ? ids.length : differs, ids.length - 1);
        if (before.length > 0) await wllama.kvRemove(kept, before.length - kept);
        await wllama.decode(ids.slice(kept), {});
        const candidates = await wllama.getLogits(1000);
        const p = labelIds.map(([id]) => candidates.find(({ token }) => token === id)?.p ?? 0);
        answers.push(p.indexOf(Math.max(...p)));
        tokensRun += ids.length - kept;
        before = ids;
      }
      return { answers, tokensRun };
    },

    close: () => wllama.exit(),
  };
}
