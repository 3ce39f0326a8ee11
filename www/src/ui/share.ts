import { noChange } from 'lit';
import { Directive, directive, type ElementPart, type PartInfo, PartType } from 'lit/directive.js';

/**
 * Gives an element its share, 0 to 1, as the custom property `--p`. Written through the CSS object model: a `style`
 * attribute, which Lit's own directive starts with, is what a strict content security policy forbids.
 */
class ShareDirective extends Directive {
  #last: number | undefined;

  constructor(part: PartInfo) {
    super(part);
    if (part.type !== PartType.ELEMENT)
      throw new Error('share() belongs in an element, not in an attribute');
  }

  override render(_p: number | undefined): typeof noChange {
    return noChange;
  }

  override update(part: ElementPart, [p]: [number | undefined]): typeof noChange {
    if (p !== this.#last) {
      const { style } = part.element as HTMLElement;
      if (p === undefined) style.removeProperty('--p');
      else style.setProperty('--p', String(p));
      this.#last = p;
    }
    return noChange;
  }
}

export const share = directive(ShareDirective);
