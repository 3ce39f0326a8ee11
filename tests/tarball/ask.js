// What every case asks the model, wherever it runs and however the package came there.

const prompt = 'Q: cat\nA: cats\n\nQ: box\nA: boxes\n\nQ: horse\nA:';

/** Loads the model with the package, and predicts once. */
export async function ask({ Model, defaultModel }, source) {
  const { sha256 } = defaultModel;
  const model = await Model.load(source, { sha256, activationBits: 16 });
  const { candidates, rest } = await model.predict(prompt, { topK: 10 });
  model.close();
  return {
    candidates: candidates.map(({ text, p }) => [text, p]),
    rest: rest.p,
    build: model.info.build,
    keeping: model.info.keeping.state,
  };
}
