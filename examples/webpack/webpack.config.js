import { fileURLToPath } from 'node:url';

export default {
  mode: 'production',
  entry: './src/main.js',
  output: {
    path: fileURLToPath(new URL('public', import.meta.url)),
    // Only for a page that requires Trusted Types: webpack loads scripts of its own.
    trustedTypes: 'webpack',
  },
};
