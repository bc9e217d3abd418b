import { expect, it } from 'vitest';
import { timeZoneFault, timeZoneNames, Zone } from './index.js';

it('knows each zone by the one spelling of IANA, and says it to whoever writes another', () => {
  for (const name of timeZoneNames) expect([timeZoneFault(name), new Zone(name).name]).toEqual([undefined, name]);
  expect(['utc', 'europe/london', 'ASIA/KOLKATA', 'etc/gmt+5'].map((name) => timeZoneFault(name)?.split('write ')[1])).toEqual([
    'UTC.',
    'Europe/London.',
    'Asia/Kolkata.',
    'Etc/GMT+5.',
  ]);
  for (const name of ['Mars/Olympus', '', '+02:00', 'Factory']) expect(timeZoneFault(name)).toContain('is not an IANA time zone');
});
