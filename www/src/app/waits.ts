/** The places of the page whose experiments may wait to be asked for: the ladder, the exact prompt, and its fixes. */
export type Place = 'ladder' | 'exact' | 'fixes';

/** What the button of each place says; null where nothing waits. */
export type Waits = Readonly<Record<Place, string | null>>;
