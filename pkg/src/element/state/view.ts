/** The form in which an element shows the answer. */
export type View = 'labels' | 'tokens' | 'text' | 'ladder';

/** All views, as written in the attribute. */
export const views: readonly View[] = ['labels', 'tokens', 'text', 'ladder'];

/** The view of this name; null if there is none. */
export function viewNamed(text: string): View | null {
  return views.find((view) => view === text) ?? null;
}
