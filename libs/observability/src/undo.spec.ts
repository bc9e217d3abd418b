import { describe, expect, it } from 'vitest';
import { Undo } from './undo.js';

/** Steps that say their number when their turn comes; some fail then. */
function steps(count: number, failing: readonly number[]): { undo: Undo; went: number[] } {
  const undo = new Undo();
  const went: number[] = [];
  for (let number = 1; number <= count; number += 1)
    undo.push(() => {
      went.push(number);
      return failing.includes(number) ? Promise.reject(new Error(`Step ${number} failed.`)) : Promise.resolve();
    });
  return { undo, went };
}

describe('undoing', () => {
  it('goes through every step, the last first and each once', async () => {
    const { undo, went } = steps(3, []);
    await undo.run();
    await undo.run();
    expect(went).toEqual([3, 2, 1]);
  });

  it('goes on behind a step that fails, and says then what did', async () => {
    const one = steps(3, [3]);
    await expect(one.undo.run()).rejects.toThrow(/^Step 3 failed\.$/);
    expect(one.went).toEqual([3, 2, 1]);
    const two = steps(3, [3, 1]);
    await expect(two.undo.run()).rejects.toThrow('Step 3 failed. Step 1 failed.');
    expect(two.went).toEqual([3, 2, 1]);
  });

  it('hides nothing of why it was asked for', async () => {
    const { undo, went } = steps(2, [2]);
    const error = new Error('The port is taken.');
    expect(await undo.because(error)).toBe(error);
    expect(went).toEqual([2, 1]);
    expect(error.message).toBe('The port is taken. Besides, not all could be undone: Step 2 failed.');
    const whole = new Error('The port is taken.');
    expect(await steps(1, []).undo.because(whole)).toMatchObject({ message: 'The port is taken.' });
  });
});
