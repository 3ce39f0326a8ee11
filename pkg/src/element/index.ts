/**
 * `shotglass/element`: the class behind `<shot-glass>`, without registering it. `shotglass/element/define` does.
 *
 * @packageDocumentation
 */
export type { LiveResult } from './ask.js';
export { type View, views } from './attributes.js';
export {
  type ElementEvents,
  type ElementState,
  ShotGlassElement,
} from './element.js';
export type { ElementProblem } from './live.js';
