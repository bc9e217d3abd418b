import type { PeriodName } from '#contracts';
import { Button, Loader, NativeSelect, Popover, SegmentedControl } from '@mantine/core';
import { IconCalendar } from '../icons.js';
import { Suspense, useState } from 'react';
import { spanText } from '../format/times.js';
import { shownOf } from '../live/live.state.js';
import { useLive } from '../live/use-live.js';
import { periods, type View } from '../view/view.js';
import { fetched } from './fetched.js';

// The calendar is as large as the rest of the header, and opened once a day.
const RangePicker = fetched(() => import('./range-picker.js'));

interface Props {
  readonly view: View;
  readonly change: (change: Partial<View>) => void;
}

export function PeriodControl({ view, change }: Props) {
  const [open, setOpen] = useState(false);
  const today = useLive((state) => shownOf(state, 'headline')?.asOf ?? null);
  const choose = (period: string): void => {
    if (period !== 'custom') change({ period: period as PeriodName, from: null, to: null });
  };
  const named = periods.map(({ name, label }) => ({ value: name, label }));
  const isCustom = view.period === 'custom';
  const range = isCustom ? spanText(startOf(view.from), startOf(view.to), 'UTC') : 'Dates';
  return (
    <>
      <SegmentedControl className="wide-only" size="sm" aria-label="Period" data={named} value={view.period} onChange={choose} />
      <NativeSelect
        className="narrow-only"
        size="sm"
        aria-label="Period"
        data={isCustom ? [...named, { value: 'custom', label: 'Dates' }] : named}
        value={view.period}
        onChange={(event) => choose(event.currentTarget.value)}
      />
      <Popover opened={open} onChange={setOpen} position="bottom-end" shadow="md" trapFocus withinPortal={false}>
        <Popover.Target>
          <Button
            variant={isCustom ? 'light' : 'default'}
            size="sm"
            className="dates"
            data-testid="dates"
            aria-label={isCustom ? `Dates: ${range}` : 'Choose dates'}
            leftSection={<IconCalendar size={16} aria-hidden />}
            onClick={() => setOpen(!open)}
          >
            {range}
          </Button>
        </Popover.Target>
        <Popover.Dropdown>
          <Suspense fallback={<Loader size="sm" />}>
            <RangePicker
              from={view.from}
              to={view.to}
              today={today}
              choose={(from, to) => {
                change({ period: 'custom', from, to });
                setOpen(false);
              }}
            />
          </Suspense>
        </Popover.Dropdown>
      </Popover>
    </>
  );
}

/** A date of the shop as an instant, for showing it in UTC. */
function startOf(moment: string | null): string | null {
  return moment === null || moment.includes('T') ? moment : `${moment}T00:00:00Z`;
}
