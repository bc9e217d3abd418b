import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * The all-in-one program as few files: it is made of two thousand modules, ours and Nest's most of all, and to find and link each takes two
 * seconds of a core at every start. Made of what tsc has written, so both are one program.
 */
export default defineConfig({
  root,
  ssr: {
    noExternal: true,
    // With native parts, files of their own, or not installed: Nest asks for what it can do without.
    external: ['chdb', 'onnxruntime-node', 'swagger-ui-dist', 'class-transformer', 'class-validator', '@nestjs/microservices'],
  },
  build: {
    ssr: true,
    target: 'node20',
    outDir: 'dist/program',
    sourcemap: true,
    minify: false,
    rolldownOptions: {
      input: { tideline: 'dist/apps/tideline/main.js', 'world-thread': 'dist/libs/simulation/src/live/world-thread.js' },
      output: { entryFileNames: '[name].js', chunkFileNames: '[name].js' },
    },
  },
});
