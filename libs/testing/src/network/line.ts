import type { Random } from '../scenarios/random.js';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What is wrong between a client and its server. */
export type NetworkFault =
  /** Each piece comes so much later, and up to `jitterMs` more. No piece overtakes another one. */
  | { readonly kind: 'latency'; readonly ms: number; readonly jitterMs: number }
  /** All connections share this, each way. */
  | { readonly kind: 'bandwidth'; readonly bytesPerSecond: number }
  /** Each connection ends with an RST after some bytes, in the middle of whatever they are. */
  | { readonly kind: 'reset'; readonly leastBytes: number; readonly mostBytes: number }
  /**
   * Sockets stay open and new ones are accepted, and nothing comes through any more, in either direction.
   * With `from` only where a client sends something like that; then from there on.
   */
  | { readonly kind: 'half-open'; readonly from?: (sent: Buffer) => boolean }
  /** Nobody listens; what was connected is cut. */
  | { readonly kind: 'refused' };

/** Bytes. */
export interface Passed {
  /** From clients to the server. */
  readonly up: number;
  readonly down: number;
  /** That came through later. */
  readonly delayed: number;
  /** That never came through. */
  readonly held: number;
}

/** What a line has of its proxy. */
export interface LineParts {
  readonly passed: { -readonly [name in keyof Passed]: Passed[name] };
  readonly random: Random;
  readonly fault: () => NetworkFault | undefined;
  /** How much clients get through at all times. */
  readonly width: () => NetworkFault | undefined;
  /** Aborted when the fault ends: whoever waits because of it goes on. */
  readonly over: () => AbortSignal;
  readonly cut: () => void;
  readonly gone: () => void;
}

type Way = 'up' | 'down';

/** So that a narrow way is shared evenly. */
const pieceBytes = 8 * 1024;
/** When each narrow way has let through all that was given to it; milliseconds of this process. */
const free = new WeakMap<NetworkFault, Record<Way, number>>();

/** One connection on its way through the proxy: the client's side is near, the server's far. */
export class Line {
  #silent = false;
  /** Bytes until it is cut. */
  #left = Infinity;

  constructor(
    private readonly near: Socket,
    private readonly far: Socket,
    private readonly parts: LineParts,
  ) {
    for (const socket of [near, far]) socket.setNoDelay(true).on('error', () => undefined);
    void Promise.all([this.carry(near, far, 'up'), this.carry(far, near, 'down')]).then(parts.gone);
  }

  suffer(fault: NetworkFault): void {
    if (fault.kind === 'half-open' && !fault.from) this.#silent = true;
    if (fault.kind === 'reset') this.#left = this.parts.random.whole(fault.leastBytes, fault.mostBytes);
  }

  over(): void {
    this.#left = Infinity;
    // The server learns only now that a client left while nothing came through.
    if (this.#silent && this.near.destroyed) this.far.destroy();
  }

  /** @returns whether there was something left to cut */
  reset(): boolean {
    if (this.near.destroyed) return false;
    this.near.resetAndDestroy();
    this.far.resetAndDestroy();
    return true;
  }

  destroy(): void {
    this.near.destroy();
    this.far.destroy();
  }

  private async carry(from: Socket, to: Socket, way: Way): Promise<void> {
    try {
      for await (const chunk of from as AsyncIterable<Buffer>) {
        for (let at = 0; at < chunk.length; at += pieceBytes) await this.pass(chunk.subarray(at, at + pieceBytes), to, way);
      }
    } catch {
      // It was reset; so is the other side.
    }
    // Nobody hears that a silent one has ended.
    if (!this.#silent) to.destroySoon();
  }

  private async pass(piece: Buffer, to: Socket, way: Way): Promise<void> {
    const { parts } = this;
    const fault = parts.fault();
    if (fault?.kind === 'half-open' && way === 'up' && fault.from?.(piece)) this.#silent = true;
    const width = way === 'up' ? parts.width() : undefined;
    if (width) await sleep(this.waitOf(width, piece.length, way));
    const wait = fault ? this.waitOf(fault, piece.length, way) : 0;
    if (wait > 0) {
      parts.passed.delayed += piece.length;
      await sleep(wait, undefined, { signal: parts.over() }).catch(() => undefined);
    }
    if (this.#silent) {
      parts.passed.held += piece.length;
      return;
    }
    const whole = piece.length <= this.#left;
    const through = whole ? piece : piece.subarray(0, this.#left);
    this.#left -= through.length;
    parts.passed[way] += through.length;
    // No faster than it is taken: nothing piles up here.
    await new Promise((done) => to.write(through, done));
    if (!whole) parts.cut();
  }

  private waitOf(fault: NetworkFault, bytes: number, way: Way): number {
    if (fault.kind === 'latency') return fault.ms + this.parts.random.next() * fault.jitterMs;
    if (fault.kind !== 'bandwidth') return 0;
    const now = performance.now();
    const ways = free.get(fault) ?? { up: now, down: now };
    free.set(fault, ways);
    ways[way] = Math.max(ways[way], now) + (bytes * 1_000) / fault.bytesPerSecond;
    return ways[way] - now;
  }
}
