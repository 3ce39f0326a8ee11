/**
 * `shotglass/element/define`: registers `<shot-glass>` when it is imported. It does nothing where elements cannot be
 * registered, as on a server.
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
