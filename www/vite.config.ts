import { defineConfig } from 'vite';
import { chinesePage } from './vite/chinese.ts';
import { notices, noticesOfWorkers } from './vite/notices.ts';
import { offline } from './vite/offline.ts';
import { contentSecurityPolicy } from './vite/policy.ts';
import { preloadFonts, preloadLab } from './vite/preload.ts';
import { servedModel } from './vite/served-model.ts';

// Cross-origin isolation lets the package use threads where it can; the lab works without it.
const headers = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

export default defineConfig({
  // Relative, so that the built lab runs from any folder of any site.
  base: './',
  appType: 'mpa',
  plugins: [
    servedModel(process.env.SHOTGLASS_MODEL),
    contentSecurityPolicy(),
    preloadFonts(),
    preloadLab(),
    notices(),
    chinesePage(),
    offline(),
  ],
  build: {
    target: ['chrome114', 'firefox121', 'safari17'],
    // The policy allows no data: URLs, so nothing is inlined.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 600,
  },
  worker: { format: 'es', plugins: () => [noticesOfWorkers()] },
  server: { headers },
  preview: { headers },
});
