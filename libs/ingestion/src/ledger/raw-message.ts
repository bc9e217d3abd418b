const mark = 'base64:';
const byteOrderMark = '\uFEFF';

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
    return isText(bytes) ? Buffer.from(payload) : bytes;
  }
  // The first mark is not part of the text; one that is left would be taken for it.
  return Buffer.from(payload.startsWith(byteOrderMark) ? byteOrderMark + payload : payload);
}

function isText(bytes: Buffer): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}
