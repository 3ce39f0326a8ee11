/** BM25, by MiniSearch. It is loaded only when it is used: the other experiments have no dependency. */

/**
 * Scores of documents for a query, 0 or more: `Σ idf(w) · f (k + 1) / (f + k (1 − b + b |d| / mean |d|))` over the
 * words `w` of the query (Robertson & Zaragoza 2009, §3.2), where `f` is how often `w` occurs in the document and
 * `idf(w) = ln(1 + (N − n + ½) / (n + ½))` of the `n` of `N` documents that have it; k = 1.2, b = 0.75. The length
 * `|d|` of a document is its number of distinct words, as MiniSearch counts.
 */
export async function bm25(documents: readonly string[]): Promise<(query: string) => number[]> {
  const { default: MiniSearch } = await import('minisearch');
  const index = new MiniSearch<{ id: number; text: string }>({
    fields: ['text'],
    tokenize: words,
    searchOptions: { bm25: { k: 1.2, b: 0.75, d: 0 } },
  });
  index.addAll(documents.map((text, id) => ({ id, text })));
  return (query) => {
    const scores = documents.map(() => 0);
    // MiniSearch multiplies a score by the number of words that the document shares with the query.
    for (const { id, score, queryTerms } of index.search(query)) {
      scores[id] = score / queryTerms.length;
    }
    return scores;
  };
}

/** The words of a text in lower case. In Chinese, which has no spaces, each character counts as a word. */
export function words(text: string): string[] {
  return (
    text.toLowerCase().match(/\p{Script=Han}|(?:(?!\p{Script=Han})[\p{L}\p{M}\p{N}])+/gu) ?? []
  );
}
