/**
 * `shotglass/element/define`: registers `<shot-glass>`. Importing it is all there is to do; where nothing can be
 * registered, as on a server, it does nothing.
 *
 * @packageDocumentation
 */
import { ShotGlassElement } from './index.js';

if (typeof customElements === 'object' && customElements.get('shot-glass') === undefined) {
  customElements.define('shot-glass', ShotGlassElement);
}

declare global {
  interface HTMLElementTagNameMap {
    'shot-glass': ShotGlassElement;
  }
}
