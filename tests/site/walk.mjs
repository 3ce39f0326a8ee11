// Follows the links of a site, in a page that is open in it.

/**
 * Fetches all that can be reached from some addresses of the site. Answers with their paths in it, and a sentence for each
 * that is wrong: a file is missing, a page would load something from another host, or a link leads above the site.
 */
export async function walk(page, site, first) {
  const linkedFrom = new Map(first.map((link) => [link, 'the first page']));
  const problems = [];
  for (const [link, from] of linkedFrom) {
    const { status, loads, leads } = await page.evaluate(read, link);
    if (status !== 200) problems.push(`${link}: ${status}, linked from ${from}`);
    for (const each of loads) {
      if (!each.startsWith(site)) problems.push(`${link} loads ${each}`);
    }
    const host = new URL(site).origin;
    for (const each of [...loads, ...leads].filter((other) => other.startsWith(host))) {
      const [next] = each.split(/[?#]/);
      if (!next.startsWith(site)) problems.push(`${link} leads out of the site, to ${next}`);
      else if (!linkedFrom.has(next)) linkedFrom.set(next, link);
    }
  }
  const visited = new Set([...linkedFrom.keys()].map((link) => link.slice(site.length)));
  return { visited, problems };
}

/** In the browser: what a file loads and where it leads, as whole addresses. */
async function read(link) {
  const response = await fetch(link);
  const nothing = { status: response.status, loads: [], leads: [] };
  const type = response.headers.get('content-type') ?? '';
  if (type.startsWith('text/css')) {
    const urls = (await response.text()).matchAll(/url\((["']?)(.*?)\1\)/g);
    const loads = [...urls].map(([, , url]) => new URL(url, link).href);
    return { ...nothing, loads: loads.filter((url) => !url.startsWith('data:')) };
  }
  if (!type.startsWith('text/html')) return nothing;
  const html = new DOMParser().parseFromString(await response.text(), 'text/html');
  const all = (selector, name) =>
    [...html.querySelectorAll(selector)].map((tag) => new URL(tag.getAttribute(name), link).href);
  const refresh = html.querySelector('meta[http-equiv="refresh" i]')?.content.split(/url=/i)[1];
  return {
    ...nothing,
    loads: [...all('[src]', 'src'), ...all('link[href]', 'href')],
    leads: [...all('a[href]', 'href'), ...(refresh ? [new URL(refresh, link).href] : [])],
  };
}
