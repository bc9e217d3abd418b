/** What can go wrong at the seam. Whether trying again helps is a property of the code, never read from a message. */
const codes = {
  'engine-unavailable': { retryable: true },
  'engine-busy': { retryable: true },
  'out-of-memory': { retryable: true },
  'disk-full': { retryable: true },
  'write-lost': { retryable: true },
  'directory-held': { retryable: false },
  'engine-closed': { retryable: false },
  'statement-refused': { retryable: false },
  'bind-refused': { retryable: false },
  'migration-refused': { retryable: false },
  'migration-changed': { retryable: false },
  'migration-newer': { retryable: false },
} as const;

export type ClickHouseErrorCode = keyof typeof codes;

/** The one error of this lib. `engineCode` is ClickHouse's own number where there is one. */
export class ClickHouseFault extends Error {
  readonly retryable: boolean;
  constructor(
    readonly code: ClickHouseErrorCode,
    message: string,
    readonly engineCode?: number,
    options?: { cause?: unknown },
  ) {
    super(message, options);
    this.name = 'ClickHouseFault';
    this.retryable = codes[code].retryable;
  }
}

/** ClickHouse's error numbers after which the same statement may succeed. */
const byEngineCode: Readonly<Record<number, ClickHouseErrorCode>> = {
  75: 'write-lost', // CANNOT_WRITE_TO_FILE_DESCRIPTOR
  159: 'engine-busy', // TIMEOUT_EXCEEDED
  202: 'engine-busy', // TOO_MANY_SIMULTANEOUS_QUERIES
  209: 'engine-unavailable', // SOCKET_TIMEOUT
  210: 'engine-unavailable', // NETWORK_ERROR
  241: 'out-of-memory', // MEMORY_LIMIT_EXCEEDED
  243: 'disk-full', // NOT_ENOUGH_SPACE
  252: 'engine-busy', // TOO_MANY_PARTS
  425: 'engine-unavailable', // SYSTEM_ERROR
};

/** Turns whatever a client threw into a `ClickHouseFault`; `statement` is named so that the text leads to the place. */
export function toFault(error: unknown, statement: string): ClickHouseFault {
  if (error instanceof ClickHouseFault) return error;
  const message = error instanceof Error ? error.message : String(error);
  const { code: carried, clickhouseCode } = (error ?? {}) as { code?: unknown; clickhouseCode?: unknown };
  // The embedded engine's own errors carry words in `code` (`CHDB_INSERT`) and the number beside it.
  const number = [clickhouseCode, carried, /Code: (\d+)/.exec(message)?.[1]].map(Number).find((each) => each > 0) ?? NaN;
  const head = headOf(statement);
  const away = howAway(carried, message);
  if (away !== undefined) {
    return new ClickHouseFault('engine-unavailable', `ClickHouse does not answer (${away}); it is tried again.`, undefined, {
      cause: error,
    });
  }
  const code = /No space left on device|errno: 28|ENOSPC/.test(message) ? 'disk-full' : (byEngineCode[number] ?? 'statement-refused');
  if (code === 'disk-full') {
    return diskFull(statement, Number.isNaN(number) ? undefined : number, error);
  }
  return new ClickHouseFault(code, `ClickHouse refused "${head}": ${message}`, Number.isNaN(number) ? undefined : number, {
    cause: error,
  });
}

/** How a server is away, or undefined where it has answered. The client gives up a request that gets no answer without any code. */
function howAway(code: unknown, message: string): string | undefined {
  if (typeof code === 'string' && /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_)/.test(code)) return code;
  return message === 'Timeout error.' ? 'no answer in time' : undefined;
}

/** @param number ClickHouse's: a client over HTTP knows the fault by it */
export function diskFull(statement: string, number?: number, cause?: unknown): ClickHouseFault {
  const words = `The disk is full: ClickHouse could not run "${headOf(statement)}". Free some space; it goes on by itself.`;
  return new ClickHouseFault('disk-full', words, number, cause === undefined ? undefined : { cause });
}

/** The beginning of a statement, on one line: it leads to the place. */
export function headOf(statement: string): string {
  return statement.trim().replace(/\s+/g, ' ').slice(0, 160);
}
