import { ClickHouseFault, type ClickHouseErrorCode } from '../clickhouse.errors.js';

/** ClickHouse's numbers and names of what this endpoint itself refuses. */
const refusals = {
  readonly: [164, 'READONLY'],
  tooMany: [202, 'TOO_MANY_SIMULTANEOUS_QUERIES'],
  tooLarge: [307, 'TOO_MANY_BYTES'],
  notImplemented: [48, 'NOT_IMPLEMENTED'],
  badArguments: [36, 'BAD_ARGUMENTS'],
  syntax: [62, 'SYNTAX_ERROR'],
  authentication: [516, 'AUTHENTICATION_FAILED'],
  unknownSetting: [115, 'UNKNOWN_SETTING'],
} as const satisfies Record<string, readonly [number, string]>;

/** A refusal in the words of ClickHouse, so that every client reads it as one of the server's. */
export function refuse(kind: keyof typeof refusals, message: string): ClickHouseFault {
  const [number, name] = refusals[kind];
  return new ClickHouseFault('statement-refused', `Code: ${number}. DB::Exception: ${message} (${name})`, number);
}

/** What goes over the wire: the status as a ClickHouse server chooses it, its number, and its text. */
export function answerOf(error: unknown): { status: number; number: number; text: string } {
  const text = error instanceof Error ? error.message : String(error);
  const carried = error as { engineCode?: number; clickhouseCode?: number } | null;
  const ours = error instanceof ClickHouseFault ? numberByCode[error.code] : undefined;
  const number = carried?.engineCode ?? carried?.clickhouseCode ?? ours ?? Number(/Code: (\d+)/.exec(text)?.[1] ?? unknown);
  return { status: statusByNumber[number] ?? 500, number, text: text.startsWith('Code: ') ? text : `Code: ${number}. ${text}` };
}

/** UNKNOWN_EXCEPTION: nothing says that trying again helps. */
const unknown = 1002;

/** What may be tried again stays so for the client, which knows a fault by its number alone, also where no engine has given it one. */
const numberByCode: Readonly<Partial<Record<ClickHouseErrorCode, number>>> = {
  'engine-unavailable': 210, // NETWORK_ERROR
  // For the client the store is away; whether it comes back is not known here.
  'engine-closed': 210,
  'engine-busy': 202, // TOO_MANY_SIMULTANEOUS_QUERIES
  'out-of-memory': 241, // MEMORY_LIMIT_EXCEEDED
  'disk-full': 243, // NOT_ENOUGH_SPACE
  'write-lost': 75, // CANNOT_WRITE_TO_FILE_DESCRIPTOR
};

/** `exceptionCodeToHTTPStatus` of the server, where it is not 500. */
const statusByNumber: Readonly<Record<number, number>> = {
  36: 400, // BAD_ARGUMENTS
  46: 404, // UNKNOWN_FUNCTION
  47: 404, // UNKNOWN_IDENTIFIER
  48: 501, // NOT_IMPLEMENTED
  60: 404, // UNKNOWN_TABLE
  62: 400, // SYNTAX_ERROR
  73: 404, // UNKNOWN_FORMAT
  81: 404, // UNKNOWN_DATABASE
  115: 404, // UNKNOWN_SETTING
  159: 408, // TIMEOUT_EXCEEDED
  202: 503, // TOO_MANY_SIMULTANEOUS_QUERIES
  307: 413, // TOO_MANY_BYTES
  456: 400, // UNKNOWN_QUERY_PARAMETER
  516: 403, // AUTHENTICATION_FAILED
};
