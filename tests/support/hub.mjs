// Puts a test's server in the place of Hugging Face, in the main thread and in workers: `node --import` this file with
// SHOTGLASS_TEST_HUB.

const { SHOTGLASS_TEST_HUB: hub } = process.env;
const { fetch } = globalThis;

globalThis.fetch = (url, init) =>
  fetch(String(url).replace(/^https:\/\/huggingface\.co(?=\/)/, hub), init);
