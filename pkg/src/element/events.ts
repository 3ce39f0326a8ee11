/** The events of the element and their details. */
import type { Task } from '../prompt/task.js';
import type { ElementProblem } from './live/session.js';
import type { LiveResult } from './state/ask.js';
import type { View } from './state/view.js';

/** What an element shows; the detail of a `shotglass-state` event. */
export interface ElementState {
  task: Task;
  /** Number of demonstrations in the prompt. */
  shots: number;
  view: View;
}

/** The events of the element, by name. They bubble, even out of shadow trees. */
export interface ElementEvents {
  /** The reader moved the slider or edited the task. */
  'shotglass-state': CustomEvent<ElementState>;
  /** The model answered; in the view `'ladder'`, once for each number of shots that it was asked for. */
  'shotglass-result': CustomEvent<LiveResult>;
  /** Something that the element did on its own or for the reader has failed. The element also shows it. */
  'shotglass-error': CustomEvent<ElementProblem>;
}

declare global {
  interface HTMLElementEventMap extends ElementEvents {}
}
