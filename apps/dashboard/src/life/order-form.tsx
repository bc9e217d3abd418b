import type { AlertOrder } from '#contracts';
import { Button } from '@mantine/core';
import { useEffect, useRef, useState, type FormEvent } from 'react';
import type { Who } from '../data/use-who.js';
import { instantText } from '../format/times.js';

export type FormName = Exclude<AlertOrder['command'], 'acknowledge' | 'rate'>;

/** The clock that a case lives by. */
export interface CaseClock {
  readonly zone: string;
  /** null: there is no time yet. */
  readonly now: string | null;
  /** How its snoozes are introduced, and which are offered. */
  readonly words: string;
  readonly snoozes: readonly { readonly label: string; readonly ms: number }[];
  /** What one does about a case of this kind, mostly. */
  readonly deeds: readonly string[];
}

interface Props {
  readonly form: FormName;
  readonly expiresAt: string | null;
  readonly clock: CaseClock;
  readonly who: Who;
  readonly send: (order: AlertOrder) => void;
  readonly cancel: () => void;
}

interface Words {
  readonly label: string;
  readonly send: string;
}

const words: Readonly<Record<Exclude<FormName, 'snooze'>, Words>> = {
  assign: { label: 'To whom', send: 'Assign' },
  act: { label: 'What was done', send: 'Record' },
  comment: { label: 'Comment', send: 'Add' },
};

/** What a command needs to be told, in place. Escape takes it back. */
export function OrderForm({ form, expiresAt, clock, who, send, cancel }: Props) {
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
      {form === 'snooze' ? (
        <Snooze expiresAt={expiresAt} clock={clock} send={send} />
      ) : (
        <Text form={form} clock={clock} who={who} send={send} />
      )}
    </form>
  );
}

function Snooze({ expiresAt, clock, send }: Pick<Props, 'expiresAt' | 'clock' | 'send'>) {
  const { now, zone, words: introduced, snoozes } = clock;
  if (now === null) return <p className="note">The shop has no time yet: there is nothing to snooze until.</p>;
  // Asleep beyond its time it would never come back: such a snooze is refused, so it is not offered.
  const offered = snoozes
    .map(({ label, ms }) => ({ label, at: Date.parse(now) + ms }))
    .filter(({ at }) => expiresAt === null || at < Date.parse(expiresAt))
    .map(({ label, at }) => ({ label, until: new Date(at).toISOString() }));
  if (offered.length === 0 && expiresAt !== null)
    return <p className="note">It expires at {instantText(expiresAt, zone)}: no snooze would end before that.</p>;
  return (
    <>
      <p className="note">{introduced}</p>
      <div className="buttons">
        {offered.map(({ label, until }) => (
          <Button
            key={label}
            size="xs"
            variant="default"
            title={`Until ${instantText(until, zone)}`}
            onClick={() => send({ command: 'snooze', until })}
          >
            {label}
          </Button>
        ))}
      </div>
    </>
  );
}

function Text({ form, clock, who, send }: { readonly form: Exclude<FormName, 'snooze'> } & Pick<Props, 'clock' | 'who' | 'send'>) {
  const { label, send: verb } = words[form];
  const suggestions = form === 'act' ? clock.deeds : [];
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
