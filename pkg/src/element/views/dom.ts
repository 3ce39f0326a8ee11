/** Nodes without a parser: nothing that a model or an author wrote is ever read as HTML. */

type Child = Node | string | null;

/** True writes an attribute without a value, false and null leave it out. */
type Attributes = Record<string, string | number | boolean | null>;

/** An element with attributes and children. */
export function h<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[Name] {
  const element = document.createElement(name);
  setAttributes(element, attributes);
  element.append(...children.filter((child) => child !== null));
  return element;
}

/** Changes only what is different, so that observers and live regions hear of nothing else. */
export function setAttributes(element: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    const wanted = value === true ? '' : value === false || value === null ? null : String(value);
    if (element.getAttribute(name) === wanted) continue;
    if (wanted === null) element.removeAttribute(name);
    else element.setAttribute(name, wanted);
  }
}

/** Writes text only where it is another one. */
export function setText(node: Node, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}

/** Puts exactly these children. What is there and stays is not moved, or it would lose the focus. */
export function setChildren(parent: Element, children: readonly (Node | null)[]): void {
  const wanted = children.filter((child) => child !== null);
  for (const child of [...parent.childNodes]) if (!wanted.includes(child)) child.remove();
  for (const [i, child] of wanted.entries()) {
    const there = parent.childNodes[i] ?? null;
    if (there !== child) parent.insertBefore(child, there);
  }
}

/** A sentence for those who hear the page. */
export function spokenOnly(text: string): HTMLSpanElement {
  return h('span', { class: 'heard' }, text);
}
