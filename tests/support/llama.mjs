// llama.cpp's distributions, for tests that compare them with others.

import { getLlama, LlamaLogLevel } from 'node-llama-cpp';

/** llama.cpp on the processor; to be disposed of. */
export function startLlama() {
  return getLlama({ gpu: false, build: 'never', logLevel: LlamaLogLevel.error });
}

/**
 * The log-probabilities of the token after each prompt of ids, as exactly as llama.cpp computes them. `more` are options of
 * its context.
 */
export async function askLlama(model, prompts, more = {}) {
  const longest = Math.max(...prompts.map((ids) => ids.length));
  const context = await model.createContext({
    contextSize: longest + 20,
    batchSize: longest + 20,
    threads: 2,
    // It rounds keys and values to 16 bits.
    flashAttention: false,
    experimentalKvCacheKeyType: 'F32',
    experimentalKvCacheValueType: 'F32',
    ...more,
  });
  const sequence = context.getSequence();
  const everything = { temperature: 1, topK: 0, topP: 1, minP: 0 };
  const rows = [];
  for (const ids of prompts) {
    await sequence.clearHistory();
    const last = ids.length - 1;
    const input = ids.map((id, i) =>
      i === last ? [id, { generateNext: { logits: true, options: everything } }] : id,
    );
    rows.push(logSoftmax((await sequence.controlledEvaluate(input))[last].next.logits));
  }
  await context.dispose();
  return rows;
}

/** logits → natural-log probabilities. */
function logSoftmax(logits) {
  const row = new Float64Array(logits.size);
  for (const [id, logit] of logits) row[id] = logit;
  const highest = row.reduce((a, b) => Math.max(a, b));
  const total = row.reduce((sum, logit) => sum + Math.exp(logit - highest), 0);
  return row.map((logit) => logit - highest - Math.log(total));
}

/** KL(p ‖ q) of log-probabilities. Each term has q − p added, which leaves none negative. */
export function divergence(p, q) {
  return p.reduce(
    (sum, a, id) => sum + Math.exp(a) * (a - q[id]) + Math.exp(q[id]) - Math.exp(a),
    0,
  );
}
