import type { Plugin } from 'vite';

/** What the pages of this project may load, and from where. */
export const policy = [
  "default-src 'self'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "worker-src 'self'",
  // The default model comes from Hugging Face, which redirects to a host of its own choosing.
  // Another address without https is one of a server on this machine, or of a page without https itself.
  "connect-src 'self' https: http:",
  // The page draws its pictures from a Blob of its own, which is also how they become PNG.
  "img-src 'self' blob:",
  "manifest-src 'self'",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** Writes the policy into the built page. The development server needs inline styles, so it has none. */
export function contentSecurityPolicy(): Plugin {
  return {
    name: 'shotglass-content-security-policy',
    apply: 'build',
    transformIndexHtml: () => [
      {
        tag: 'meta',
        attrs: { 'http-equiv': 'Content-Security-Policy', content: policy },
        injectTo: 'head-prepend',
      },
    ],
  };
}
