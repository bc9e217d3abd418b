import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Collects all memory that nothing refers to: more than once, since what is referred to weakly by such goes the next time. */
export function collectGarbage(): void {
  for (let time = 0; time < 3; time += 1) collect();
}
