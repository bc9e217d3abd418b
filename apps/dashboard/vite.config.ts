import react from '@vitejs/plugin-react';
import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** `vite build --config apps/dashboard/vite.config.ts` writes `dist/dashboard`, which the API serves at `/`. */
export default defineConfig({
  root: here('.'),
  // The one lib a browser may import; the package's own `imports` would lead to the build for Node.
  resolve: { alias: { '#contracts': here('../../libs/contracts/src/index.ts') } },
  plugins: [react()],
  build: {
    outDir: here('../../dist/dashboard'),
    emptyOutDir: true,
    target: 'es2023',
    // The policy of the API allows no data: scripts, and a font or picture in a file is cached by its name.
    assetsInlineLimit: 0,
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            // Pages that load late share the contracts with the first one. In a chunk of their own they would run before the entry,
            // hence before zod is told not to evaluate: so what tells it goes with them, and runs first as the source has it.
            { name: 'contracts', test: /node_modules[\\/]zod[\\/]|libs[\\/]contracts[\\/]|zod-without-eval/ },
          ],
        },
      },
    },
    // The chart library is loaded late, and large by nature.
    chunkSizeWarningLimit: 700,
  },
  server: {
    host: '127.0.0.1',
    // The API takes deeds of its own pages alone: it has to see the Host that the browser sees.
    proxy: {
      '/api': { target: 'http://127.0.0.1:7070', changeOrigin: false },
      '/socket.io': { target: 'http://127.0.0.1:7070', ws: true },
    },
  },
});
