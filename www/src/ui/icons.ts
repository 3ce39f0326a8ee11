import { html, svg, type TemplateResult } from 'lit';

/** Strokes on a 16 × 16 grid. */
const paths = {
  up: 'M8 13V3.5M4 7l4-4 4 4',
  down: 'M8 3v9.5M4 9l4 4 4-4',
  remove: 'M4 4l8 8M12 4l-8 8',
  more: 'M3.5 8h.01M8 8h.01M12.5 8h.01',
  shuffle: 'M2 5h2.5L11 12h3M2 12h2.5L6 10.3M9.3 6.8L11 5h3M12 3l2 2-2 2M12 10l2 2-2 2',
  plus: 'M8 3v10M3 8h10',
  undo: 'M6 3L3 6l3 3M3 6h6.5a3.5 3.5 0 010 7H6',
  share: 'M8 10V2.5M5 5l3-3 3 3M4 8H3v5.5h10V8h-1',
  save: 'M8 2.5v7.5M5 7l3 3 3-3M3 10.5v3h10v-3',
  redo: 'M10 3l3 3-3 3M13 6H6.5a3.5 3.5 0 000 7H10',
  pin: 'M5.5 2.5h5M6.5 2.5v4L4.5 9h7l-2-2.5v-4M8 9v4.5',
} as const;

export type IconName = keyof typeof paths;

export function icon(name: IconName): TemplateResult {
  return html`<svg class="glyph" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
    ${svg`<path d=${paths[name]} />`}
  </svg>`;
}
