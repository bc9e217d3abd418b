import type { AlertItem, AlertOrder } from '#contracts';
import { Button } from '@mantine/core';
import { useEffect, useRef, useState, type FormEvent } from 'react';
import type { Who } from '../data/use-who.js';
import { instantText } from '../format/times.js';
import { shownOf } from '../live/live.state.js';
import { useLive } from '../live/use-live.js';

export type FormName = Exclude<AlertOrder['command'], 'acknowledge' | 'rate'>;

interface Props {
  readonly form: FormName;
  readonly alert: AlertItem;
  readonly who: Who;
  readonly send: (order: AlertOrder) => void;
  readonly cancel: () => void;
}

interface Words {
  readonly label: string;
  readonly send: string;
  readonly suggestions: readonly string[];
}

const words: Readonly<Record<Exclude<FormName, 'snooze'>, Words>> = {
  assign: { label: 'To whom', send: 'Assign', suggestions: [] },
  act: { label: 'What was done', send: 'Record', suggestions: ['Called', 'Sent a mail', 'Sent a voucher'] },
  comment: { label: 'Comment', send: 'Add', suggestions: [] },
};

/** Days of the shop. */
const snoozes = [1, 3, 7, 14] as const;

/** What a command needs to be told, in place. Escape takes it back. */
export function CommandForm({ form, alert, who, send, cancel }: Props) {
  const box = useRef<HTMLFormElement>(null);
  useEffect(() => box.current?.querySelector<HTMLElement>('input, button')?.focus(), []);
  return (
    <form
      ref={box}
      className="command-form"
      data-testid="command-form"
      onSubmit={(event) => event.preventDefault()}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        // The card itself stays.
        event.preventDefault();
        cancel();
      }}
    >
      {form === 'snooze' ? <Snooze alert={alert} send={send} /> : <Text form={form} who={who} send={send} />}
    </form>
  );
}

function Snooze({ alert: { expiresAt }, send }: Pick<Props, 'alert' | 'send'>) {
  const now = useLive((state) => shownOf(state, 'alerts')?.asOf ?? null);
  const zone = useLive((state) => shownOf(state, 'alerts')?.data.timeZone ?? 'UTC');
  if (now === null) return <p className="note">The shop has no time yet: there is nothing to snooze until.</p>;
  // Asleep beyond its time it would never come back: such a snooze is refused, so it is not offered.
  const offered = snoozes
    .map((days) => ({ days, until: Date.parse(now) + days * 86_400_000 }))
    .filter(({ until }) => until < Date.parse(expiresAt))
    .map(({ days, until }) => ({ days, until: new Date(until).toISOString() }));
  if (offered.length === 0) return <p className="note">It expires at {instantText(expiresAt, zone)}: no snooze would end before that.</p>;
  return (
    <>
      <p className="note">It comes back after, by the shop’s clock:</p>
      <div className="buttons">
        {offered.map(({ days, until }) => (
          <Button
            key={days}
            size="xs"
            variant="default"
            title={`Until ${instantText(until, zone)}`}
            onClick={() => send({ command: 'snooze', until })}
          >
            {days === 1 ? '1 day' : `${days} days`}
          </Button>
        ))}
      </div>
    </>
  );
}

function Text({ form, who, send }: { readonly form: Exclude<FormName, 'snooze'> } & Pick<Props, 'who' | 'send'>) {
  const { label, send: verb, suggestions } = words[form];
  const [text, setText] = useState(form === 'assign' ? who.name : '');
  const said = text.trim();
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (said === '') return;
    if (form === 'assign') send({ command: form, assignee: said });
    else if (form === 'act') send({ command: form, action: said });
    else send({ command: form, text: said });
  };
  return (
    <>
      <label>
        <span>{label}</span>
        <input
          type="text"
          value={text}
          maxLength={200}
          autoComplete="off"
          onChange={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => {
            if (event.key === 'Enter') submit(event);
          }}
        />
      </label>
      <div className="buttons">
        {suggestions.map((each) => (
          <Button key={each} size="compact-xs" variant="default" onClick={() => setText(each)}>
            {each}
          </Button>
        ))}
        <Button type="submit" className="filled" size="xs" disabled={said === ''} onClick={submit}>
          {verb}
        </Button>
      </div>
    </>
  );
}
