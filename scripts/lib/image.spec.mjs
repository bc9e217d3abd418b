import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { buildStage, filesNamedBy, isCopied } from './image.mjs';

const dockerfile = `FROM node AS build
COPY package.json .npmrc ./
COPY apps apps
RUN npm run build && npm prune

FROM node
COPY --from=build /dist dist
COPY infra infra
`;

describe('the image', () => {
  it('has in its build what the stage of the build copies, and no other', () => {
    expect(buildStage(dockerfile)).toEqual({ copied: ['package.json', '.npmrc', 'apps'], scripts: ['build'] });
    expect(buildStage('FROM node AS build\nCOPY libs libs\nRUN npm run a').copied).toEqual(['libs']);
  });

  it('reaches what its scripts name, through the scripts that they run', () => {
    const scripts = {
      build: 'tsc -p tsconfig.json && npm run page',
      page: 'vite build --config apps/page/vite.config.ts',
      other: 'x -p y',
    };
    expect(filesNamedBy(scripts, ['build'])).toEqual(['tsconfig.json', 'apps/page/vite.config.ts']);
    expect(() => filesNamedBy(scripts, ['gone'])).toThrow(/no script gone/);
  });

  it('takes a path for copied when it or a folder above it is', () => {
    expect(isCopied('apps/page/vite.config.ts', ['apps'])).toBe(true);
    expect(isCopied('apps.json', ['apps'])).toBe(false);
  });

  it('builds from what it copies', () => {
    const { scripts } = JSON.parse(readFileSync('package.json', 'utf8'));
    const stage = buildStage(readFileSync('infra/docker/Dockerfile', 'utf8'));
    const named = filesNamedBy(scripts, stage.scripts);
    expect(named.length).toBeGreaterThan(1);
    expect(named.filter((path) => !isCopied(path, stage.copied))).toEqual([]);
  });
});
