/** Why something that was kept or shared cannot be read. */
export type Why = 'newer' | 'damaged' | 'long' | 'wrong' | 'other';

/** What was handed in is not what it should be; `where` names the part, if it is one. */
export class Unreadable extends Error {
  constructor(
    readonly why: Why,
    readonly where = '',
  ) {
    super(where === '' ? why : `${why}: ${where}`);
    this.name = 'Unreadable';
  }
}
