// What is not the same in a browser as in Node, and could be broken by a bundler or a security policy.

/** Answers what came of it; see `passed` in `pages.test.mjs`. */
export async function checks({ Model }) {
  const model = await Model.load('model.gguf');
  const long = 'The quick brown fox jumps over the lazy dog. '.repeat(30);
  const controller = new AbortController();
  const onProgress = ({ tokensDone }) => tokensDone > 60 && controller.abort();
  const abort = await model
    .predict(long, { signal: controller.signal, onProgress })
    .catch((e) => e);
  const { cachedTokens, tokens } = await model.predict(long);
  model.close();

  const file = await (await fetch('model.gguf')).blob();
  const again = await Model.load(file);
  again.close();
  const streamed = await Model.load((await fetch('model.gguf')).body);
  streamed.close();
  const missing = await Model.load('missing.gguf').catch((e) => e);

  return {
    abort: abort.name,
    resumes: cachedTokens > 60 && cachedTokens < tokens,
    sameFile: again.info.sha256 === model.info.sha256 && streamed.info.sha256 === model.info.sha256,
    missing: missing.code,
  };
}
