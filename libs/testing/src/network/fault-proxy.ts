import { Random } from '../scenarios/random.js';
import { once, setMaxListeners } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { Line, type NetworkFault, type Passed } from './line.js';

/** What a proxy did to what passes it. */
export interface Counts extends Passed {
  /** Connections that were taken. */
  readonly connections: number;
  /** Connections that were cut by a reset (RST), or because nobody listens any more. */
  readonly cut: number;
}

/**
 * A way from clients to one server that can be made slow, narrow, silent or broken: TCP on the loopback, byte for byte. Its clients must
 * know no other way; a Kafka broker has to advertise its address.
 */
export class FaultProxy {
  readonly #lines = new Set<Line>();
  readonly #passed = { up: 0, down: 0, delayed: 0, held: 0 };
  readonly #random: Random;
  #server: Server | undefined;
  #port = 0;
  #target = 0;
  #fault: NetworkFault | undefined;
  #width: NetworkFault | undefined;
  #over = new AbortController();
  #connections = 0;
  #cut = 0;

  private constructor(seed: number) {
    this.#random = new Random(seed);
  }

  /** Listens on a free port. @param seed of all that is random about the faults */
  static async open(seed: number): Promise<FaultProxy> {
    const proxy = new FaultProxy(seed);
    await proxy.listen();
    return proxy;
  }

  /** `127.0.0.1:port`, the same for as long as it lives. */
  get address(): string {
    return `127.0.0.1:${this.#port}`;
  }

  get counts(): Counts {
    return { ...this.#passed, connections: this.#connections, cut: this.#cut };
  }

  /** Where it leads: to be said before the first client comes. @param address `127.0.0.1:port` */
  leadTo(address: string): void {
    this.#target = Number(address.split(':').pop());
  }

  /** Lets clients send no faster than that, whatever else is wrong: what they have to send lasts longer. @param bytesPerSecond undefined: as fast as they can */
  narrow(bytesPerSecond: number | undefined): void {
    this.#width = bytesPerSecond === undefined ? undefined : { kind: 'bandwidth', bytesPerSecond };
  }

  /** From now on, for connections that stand and for those that come. */
  async begin(fault: NetworkFault): Promise<void> {
    await this.end();
    this.#fault = fault;
    for (const line of this.#lines) this.suffer(line);
    if (fault.kind === 'refused') {
      this.#server?.close();
      this.#server = undefined;
      for (const line of this.#lines) this.cut(line);
    }
  }

  /** All is well again for what comes. What went silent stays silent: its state is lost on the way, as in a router that was replaced. */
  async end(): Promise<void> {
    this.#fault = undefined;
    this.#over.abort();
    this.#over = new AbortController();
    // Every connection may wait for it.
    setMaxListeners(0, this.#over.signal);
    for (const line of this.#lines) line.over();
    if (!this.#server) await this.listen();
  }

  async close(): Promise<void> {
    this.#server?.close();
    for (const line of this.#lines) line.destroy();
    // The sockets are gone with the next turn.
    await sleep(0);
  }

  private async listen(): Promise<void> {
    const server = createServer((near) => this.take(near)).listen(this.#port, '127.0.0.1');
    await once(server, 'listening');
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  private take(near: Socket): void {
    this.#connections += 1;
    const line = new Line(near, connect(this.#target, '127.0.0.1'), {
      passed: this.#passed,
      random: this.#random,
      fault: () => this.#fault,
      width: () => this.#width,
      over: () => this.#over.signal,
      cut: () => this.cut(line),
      gone: () => this.#lines.delete(line),
    });
    this.#lines.add(line);
    this.suffer(line);
  }

  private suffer(line: Line): void {
    if (this.#fault) line.suffer(this.#fault);
  }

  private cut(line: Line): void {
    if (line.reset()) this.#cut += 1;
  }
}
