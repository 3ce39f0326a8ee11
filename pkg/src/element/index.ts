/**
 * `shotglass/element`: the class behind `<shot-glass>`, without registering it. `shotglass/element/define` does.
 *
 * @packageDocumentation
 */
export type { LiveResult } from './ask.js';
export { type View, views } from './attributes.js';
export { ShotGlassElement } from './element.js';
export type { ElementEvents, ElementState } from './events.js';
export type { ElementProblem } from './live.js';
