import { describe, expect, it } from 'vitest';
import { compileTime } from './local-time.js';
import { parseMapping } from './mapping.js';

function reader(timeZone: string, formats: string, timeOfDay = '12:00'): (text: string) => string | undefined {
  const read = compileTime(
    parseMapping(
      `{ name: t, currency: GBP, timeZone: ${timeZone}, columns: { document: a, time: b, price: c }, time: { formats: [${formats}], timeOfDay: '${timeOfDay}' } }`,
      'test.yaml',
    ),
  );
  return (text) => {
    const instant = read(text);
    return instant === undefined ? undefined : new Date(instant).toISOString();
  };
}

describe('times of a file', () => {
  const london = reader('Europe/London', 'YYYY-MM-DD HH:mm:ss');

  it('become UTC, in winter and in summer', () => {
    expect(london('2010-12-01 08:26:00')).toBe('2010-12-01T08:26:00.000Z');
    expect(london('2011-07-01 08:26:00')).toBe('2011-07-01T07:26:00.000Z');
  });

  it('move forward by the gap where they do not exist', () => {
    expect(london('2011-03-27 00:59:59')).toBe('2011-03-27T00:59:59.000Z');
    // 01:00 to 02:00 never was: 01:30 is what the clock showed as 02:30.
    expect(london('2011-03-27 01:30:00')).toBe('2011-03-27T01:30:00.000Z');
    expect(london('2011-03-27 02:00:00')).toBe('2011-03-27T01:00:00.000Z');
  });

  it('are the earlier of two where they exist twice', () => {
    expect(london('2011-10-30 00:59:59')).toBe('2011-10-29T23:59:59.000Z');
    expect(london('2011-10-30 01:00:00')).toBe('2011-10-30T00:00:00.000Z');
    expect(london('2011-10-30 01:59:59')).toBe('2011-10-30T00:59:59.000Z');
    expect(london('2011-10-30 02:00:00')).toBe('2011-10-30T02:00:00.000Z');
  });

  it('follow zones whose change is half an hour, at midnight, or in the south', () => {
    const lordHowe = reader('Australia/Lord_Howe', 'YYYY-MM-DD HH:mm');
    expect(lordHowe('2021-10-03 02:15')).toBe('2021-10-02T15:45:00.000Z');
    expect(lordHowe('2021-04-04 01:45')).toBe('2021-04-03T14:45:00.000Z');
    expect(reader('America/Sao_Paulo', 'YYYY-MM-DD HH:mm')('2018-11-04 00:30')).toBe('2018-11-04T03:30:00.000Z');
    expect(reader('Asia/Kolkata', 'YYYY-MM-DD HH:mm')('2020-02-01 05:30')).toBe('2020-02-01T00:00:00.000Z');
  });

  it('take the fixed time of day where the file has only dates', () => {
    expect(reader('Europe/Berlin', 'DD.MM.YYYY')('09.12.2011')).toBe('2011-12-09T11:00:00.000Z');
    expect(reader('Europe/Berlin', 'DD.MM.YYYY', '00:30')('09.06.2011')).toBe('2011-06-08T22:30:00.000Z');
  });

  it('try every format, the first that fits decides', () => {
    const several = reader('UTC', 'M/D/YYYY H:mm, YYYY-MM-DDTHH:mm:ss.SSS, DD.MM.YYYY');
    expect(several('12/1/2010 8:26')).toBe('2010-12-01T08:26:00.000Z');
    expect(several('2010-12-01T08:26:01.250')).toBe('2010-12-01T08:26:01.250Z');
    expect(several(' 01.12.2010 ')).toBe('2010-12-01T12:00:00.000Z');
  });

  it.each(['', 'x', '2011-02-29 10:00:00', '2011-04-31 10:00:00', '2011-13-01 10:00:00', '2011-00-10 10:00:00', '2011-01-01 24:00:00'])(
    'refuse %j',
    (text) => {
      expect(london(text)).toBeUndefined();
    },
  );

  it.each(['2011-01-01 10:60:00', '2011-01-01 10:00:60', '2011-01-01 10:00', '2011-01-01 10:00:00Z'])('refuse %j', (text) => {
    expect(london(text)).toBeUndefined();
  });

  it('know the 29th of February of a leap year', () => {
    expect(london('2012-02-29 10:00:00')).toBe('2012-02-29T10:00:00.000Z');
  });
});
