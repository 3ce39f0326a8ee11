/** What happens to an element from outside: its children change, and it comes near the viewport. */

/** Tells of both, until `disconnect` is called. */
export function watch(
  element: Element,
  { changed, near }: { changed(): void; near(): void },
): { disconnect(): void } {
  const mutations = new MutationObserver(changed);
  mutations.observe(element, {
    childList: true,
    characterData: true,
    subtree: true,
    // The numbers of a table.
    attributeFilter: ['value'],
  });
  // Half a screen before it is seen.
  const nearness = new IntersectionObserver(
    (entries) => {
      if (entries.some(({ isIntersecting }) => isIntersecting)) near();
    },
    { rootMargin: '50%' },
  );
  nearness.observe(element);
  return {
    disconnect() {
      mutations.disconnect();
      nearness.disconnect();
    },
  };
}
