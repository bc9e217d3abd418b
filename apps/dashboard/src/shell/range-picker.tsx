import '@mantine/dates/styles.css';
import { DatePicker, type DatesRangeValue } from '@mantine/dates';
import { useState } from 'react';
import { addDays } from '../view/view.js';

interface Props {
  /** Included; null where none is chosen. */
  readonly from: string | null;
  /** Excluded. */
  readonly to: string | null;
  /** The shop's now: the calendar opens there. */
  readonly today: string | null;
  readonly choose: (from: string, to: string) => void;
}

/** Two days of the shop. People name the last day; the API wants the day after it. */
export default function RangePicker({ from, to, today, choose }: Props) {
  const [value, setValue] = useState<DatesRangeValue<string>>([from?.slice(0, 10) ?? null, to === null ? null : addDays(to, -1)]);
  return (
    <DatePicker
      type="range"
      allowSingleDateInRange
      firstDayOfWeek={1}
      value={value}
      defaultDate={(value[0] ?? today ?? new Date().toISOString()).slice(0, 10)}
      ariaLabels={{
        nextMonth: 'Next month',
        previousMonth: 'Previous month',
        monthLevelControl: 'Choose the month',
        yearLevelControl: 'Choose the year',
        nextYear: 'Next year',
        previousYear: 'Previous year',
        nextDecade: 'Next decade',
        previousDecade: 'Previous decade',
      }}
      onChange={(range) => {
        setValue(range);
        const [first, last] = range;
        if (first !== null && last !== null) choose(first, addDays(last, 1));
      }}
    />
  );
}
