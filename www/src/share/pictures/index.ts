/** The pictures that the page makes of itself, fetched when the reader asks for one. */
import './lab-share-picture.ts';

export { card } from './card.ts';
export { picture } from './picture.ts';
