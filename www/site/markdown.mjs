// Markdown of this project as HTML. Links to other Markdown lead to the pages that are made of it.

import MarkdownIt from 'markdown-it';

const markdown = new MarkdownIt({ html: true });
markdown.renderer.rules.fence = (tokens, at) => code(tokens[at].content);
markdown.core.ruler.push('links to pages', ({ tokens }) => {
  for (const token of tokens.flatMap(({ children }) => children ?? [])) {
    const href = token.attrGet('href');
    if (href && !/^\w+:/.test(href)) token.attrSet('href', href.replace(/\.md(?=#|$)/, '.html'));
  }
});

/** A block of code, which may be wider than the page: the keyboard can scroll it. */
export function code(text) {
  return `<pre tabindex="0"><code>${markdown.utils.escapeHtml(text)}</code></pre>\n`;
}

/** The page of a text: its first heading, its first paragraph as plain text, and all of it as HTML. */
export function read(text) {
  const tokens = markdown.parse(text, {});
  const first = (type) => {
    const at = tokens.findIndex((token) => token.type === type);
    if (at < 0) throw new Error(`No ${type} in: ${text.slice(0, 80)}`);
    return plain(tokens[at + 1].children);
  };
  return {
    title: first('heading_open'),
    description: first('paragraph_open'),
    html: markdown.render(text),
  };
}

function plain(tokens) {
  return tokens.map(({ type, content }) => (type === 'softbreak' ? ' ' : content)).join('');
}
