const mark = 'base64:';
const byteOrderMark = '\uFEFF';
const decoder = new TextDecoder('utf-8', { fatal: true });

/** The text of a message, without a byte order mark in front; undefined for one that is not UTF-8, or has no value. */
export function textIn(value: Buffer | null): string | undefined {
  if (value === null) return undefined;
  try {
    return decoder.decode(value);
  } catch {
    return undefined;
  }
}

/** What the ledger keeps of a message. */
export function payloadOf(value: Buffer | null): string {
  return textIn(value) ?? `${mark}${(value ?? Buffer.alloc(0)).toString('base64')}`;
}

/**
 * The message that a ledger row was made of, as far as its verdict goes: judged again it gives the same row. The ledger keeps text as
 * it is, without the byte order mark in front, and what is not UTF-8 as `base64:` and its bytes.
 * @param payload of a ledger row
 * @returns null for a message without a value
 */
export function messageOf(payload: string): Buffer | null {
  if (payload === mark) return null;
  if (payload.startsWith(mark)) {
    const bytes = Buffer.from(payload.slice(mark.length), 'base64');
    // A text may begin like that of itself: bytes that are UTF-8 would never have been kept this way.
    return textIn(bytes) === undefined ? bytes : Buffer.from(payload);
  }
  // The first mark is not part of the text; one that is left would be taken for it.
  return Buffer.from(payload.startsWith(byteOrderMark) ? byteOrderMark + payload : payload);
}
