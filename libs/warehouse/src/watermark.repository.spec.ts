import { expect, it } from 'vitest';
import { instantOf, textOf } from './watermark.repository.js';

it.each(['2011-12-09T12:50:00.000Z', '2024-02-29T23:59:59.999Z', '1970-01-01T00:00:00.000Z', '2105-01-31T00:00:07.050Z'])(
  'reads what ClickHouse prints of %s, with and without the fraction',
  (iso) => {
    expect(instantOf(textOf(new Date(iso)))).toEqual(new Date(iso));
    expect(instantOf(textOf(new Date(iso)).slice(0, 19))).toEqual(new Date(`${iso.slice(0, 19)}Z`));
  },
);
