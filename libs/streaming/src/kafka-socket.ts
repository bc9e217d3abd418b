import { Socket } from 'node:net';

/** What kafkajs asks for when it wants a connection. */
interface Wanted {
  readonly host: string;
  readonly port: number;
  readonly onConnect: () => void;
}

type Done = (error?: Error | null) => void;

const keepAliveMs = 60_000;
/** Requests that wait for the other members of a group: JoinGroup, SyncGroup. */
const patientKeys: ReadonlySet<number> = new Set([11, 14]);
/** Longer than a rebalance may take. */
const patientMs = 45_000;
const lengthBytes = 4;
const whatEnds: ReadonlySet<string | symbol> = new Set(['end', 'error', 'timeout']);

/** The connections of kafkajs. @param silentMs how long an answer may be owed without a byte of it before the connection is given up */
export function kafkaSocket(silentMs: number): (wanted: Wanted) => Socket {
  return ({ host, port, onConnect }) => {
    const socket = new KafkaSocket(silentMs);
    socket.setKeepAlive(true, keepAliveMs);
    return socket.connect(port, host, onConnect);
  };
}

/**
 * A connection that spares kafkajs what it does not survive:
 * - it keeps the beginning of an answer over the end of a connection, and takes what the next one brings for the rest of it: nothing it
 *   asks is answered from then on. So answers are handed on whole;
 * - a request that timed out leaves its connection in use, and on one through which nothing comes any more every other request times out
 *   as well. So a connection that owes an answer for too long ends with an error, and kafkajs makes a new one.
 */
export class KafkaSocket extends Socket {
  /** What came of an answer that is not whole yet. */
  #chunks: Buffer[] = [];
  #bytes = 0;
  /** How long each request that is not answered yet may wait; the broker answers in order. */
  readonly #owed: number[] = [];
  #heardAt = performance.now();
  #lookedAt = performance.now();

  constructor(private readonly silentMs: number) {
    super();
    const everyMs = Math.min(silentMs / 4, 1_000);
    const watch = setInterval(() => this.look(everyMs), everyMs).unref();
    this.once('close', () => clearInterval(watch));
  }

  override write(request: Uint8Array | string, encoding?: BufferEncoding | Done, done?: Done): boolean {
    if (this.#owed.length === 0) this.#heardAt = performance.now();
    const key = Buffer.isBuffer(request) && request.length > lengthBytes + 1 ? request.readInt16BE(lengthBytes) : undefined;
    this.#owed.push(key !== undefined && patientKeys.has(key) ? Math.max(patientMs, this.silentMs) : this.silentMs);
    return typeof encoding === 'function' ? super.write(request, encoding) : super.write(request, encoding, done);
  }

  override emit(event: string | symbol, ...args: unknown[]): boolean {
    // kafkajs has let go of it and may have a new one, to which it would do what it does to one that ended.
    if (this.writableEnded && whatEnds.has(event)) return true;
    if (event !== 'data') return super.emit(event, ...args);
    this.#heardAt = performance.now();
    const chunk = args[0] as Buffer;
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    for (let length = this.lengthOfNext(); length !== undefined && this.#bytes >= length; length = this.lengthOfNext()) {
      this.#owed.shift();
      for (const part of this.first(length)) super.emit('data', part);
    }
    return true;
  }

  /** Of the answer that comes next, its length field included; undefined while that is not there. */
  private lengthOfNext(): number | undefined {
    if (this.#bytes < lengthBytes) return undefined;
    if ((this.#chunks[0]?.length ?? 0) < lengthBytes) this.#chunks = [Buffer.concat(this.#chunks)];
    return lengthBytes + (this.#chunks[0]?.readInt32BE() ?? 0);
  }

  /** The first so many bytes, in the pieces in which they came: an answer may be of megabytes. */
  private first(bytes: number): Buffer[] {
    const taken: Buffer[] = [];
    this.#bytes -= bytes;
    for (let left = bytes; left > 0;) {
      const chunk = this.#chunks.shift() ?? Buffer.alloc(left);
      const part = chunk.subarray(0, left);
      if (part.length < chunk.length) this.#chunks.unshift(chunk.subarray(part.length));
      taken.push(part);
      left -= part.length;
    }
    return taken;
  }

  private look(everyMs: number): void {
    const now = performance.now();
    // A process that was stopped for a while has not read what came meanwhile.
    if (now - this.#lookedAt > 2 * everyMs) this.#heardAt = now;
    this.#lookedAt = now;
    const [patience] = this.#owed;
    if (patience === undefined || now - this.#heardAt < patience) return;
    if (this.writableEnded) this.destroy();
    else this.destroy(new Error(`The broker has owed an answer for ${patience / 1_000} s.`));
  }
}
