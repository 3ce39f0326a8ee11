/** What the answer is shown as. */
export type View = 'labels' | 'tokens' | 'text';

/** The views, as they can be written. */
export const views: readonly View[] = ['labels', 'tokens', 'text'];

/** The view of that name; null if there is none. */
export function viewNamed(text: string): View | null {
  return views.find((view) => view === text) ?? null;
}
