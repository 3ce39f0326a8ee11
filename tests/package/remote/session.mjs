// What a recorded server is asked. `record.mjs` asks the real one, and `recorded.test.mjs` its recording.

/** A context, and continuations of which one has a character of several tokens. */
export const context = 'Q: é\nA:';
export const continuations = [' b', ' é'];

/** Every call, and what came of it. */
export async function session(model) {
  return {
    info: model.info,
    capabilities: model.capabilities,
    tokens: await model.tokenize(context),
    text: await model.detokenize([65, 66]),
    scores: await model.score(context, continuations),
    prediction: await model.predict(context, { topK: 5 }),
    surprisal: await model.surprisal('a b', { topK: 2 }),
    completion: await model.complete(context, { maxTokens: 3, candidates: 2 }),
    logprobs: await settled(model.logprobs(context)),
  };
}

/** An error as its code. */
async function settled(promise) {
  return promise.then(
    (numbers) => [...numbers],
    ({ code }) => code,
  );
}
