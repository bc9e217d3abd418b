import type { ReactNode } from 'react';
import type { Icon } from '../icons.js';

interface Props {
  readonly icon: Icon;
  readonly testid: string;
  /** Where the figures are not to be relied on as they stand. */
  readonly warns?: boolean;
  readonly children: ReactNode;
}

/** A line below the title: what one has to know before one reads the figures. */
export function Remark({ icon: Shape, testid, warns, children }: Props) {
  return (
    <p className="remark" data-tone={warns ? 'warn' : undefined} data-testid={testid}>
      <Shape size={16} aria-hidden />
      <span>{children}</span>
    </p>
  );
}

/** What is to be typed, as the registry words it. */
const command = /(npm run [^.,]+|model promote [^.,]+)/g;

/** Words of the server; what is to be typed stands out. */
export function WithCommands({ words }: { readonly words: string }) {
  return words.split(command).map((part, place) => (place % 2 === 1 ? <code key={place}>{part}</code> : part));
}
