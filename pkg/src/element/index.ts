/**
 * `shotglass/element`: the class of `<shot-glass>`. Importing it does not register the element; importing
 * `shotglass/element/define` does.
 *
 * @packageDocumentation
 */

export { ShotGlassElement } from './element.js';
export type { ElementEvents, ElementState } from './events.js';
export type { ElementProblem } from './live/session.js';
export type { LiveResult } from './state/ask.js';
export { type View, views } from './state/view.js';
