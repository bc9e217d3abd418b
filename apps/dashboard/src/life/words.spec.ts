import { describe, expect, it } from 'vitest';
import { stepWords, withTimes } from './words.js';

describe('words of the server', () => {
  it('have their instants in a zone that people know, all of them', () => {
    const said = 'Already acknowledged by ann at 2011-12-09T23:30:00.000Z, not at 2011-07-01T12:00:00Z.';
    expect(withTimes(said, 'Europe/Paris')).toBe('Already acknowledged by ann at 10 Dec 2011, 00:30:00, not at 1 Jul 2011, 14:00:00.');
  });

  it('of the log say who, and what was refused', () => {
    expect(stepWords({ step: 'acknowledged', by: 'ann' })).toBe('Acknowledged by ann');
    expect(stepWords({ step: 'opened', by: null })).toBe('Opened');
    expect(stepWords({ step: null, by: 'bob' })).toBe('Refused to bob');
  });
});
