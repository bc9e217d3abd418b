// What infra/docker/Dockerfile copies, and what its build asks for: the one must lie under the other.

/**
 * The stage of a Dockerfile that builds.
 * @param {string} dockerfile its text
 * @returns {{ copied: string[], scripts: string[] }} what it has of the repository, and the scripts of package.json that it runs
 */
export function buildStage(dockerfile) {
  const [, stage = ''] = /^FROM \S+ AS build$([\s\S]*?)(?=^FROM |$(?![\s\S]))/m.exec(dockerfile) ?? [];
  const copied = [...stage.matchAll(/^COPY (?!--from)(.+)$/gm)].flatMap(([, paths]) => paths.trim().split(/\s+/).slice(0, -1));
  return { copied, scripts: npmRuns(stage) };
}

/**
 * The files that scripts of package.json name by --config or -p, those of the scripts that they run included.
 * @param {Record<string, string>} scripts of package.json
 * @param {string[]} names
 * @returns {string[]} paths from the root
 * @throws when there is no such script
 */
export function filesNamedBy(scripts, names) {
  return names.flatMap((name) => {
    const line = scripts[name];
    if (line === undefined) throw new Error(`package.json has no script ${name}`);
    const own = [...line.matchAll(/(?:--config|--project|-p)[ =](\S+)/g)].map(([, path]) => path);
    return [...own, ...filesNamedBy(scripts, npmRuns(line))];
  });
}

/** Whether a path is one of those that are copied, or below one. */
export function isCopied(path, copied) {
  return copied.some((each) => path === each || path.startsWith(`${each}/`));
}

function npmRuns(text) {
  return [...text.matchAll(/npm run ([\w:-]+)/g)].map(([, name]) => name);
}
