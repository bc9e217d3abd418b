import type { Metrics } from '#observability';

/** Counters and timings of live rooms. */
export class RealtimeMetrics {
  readonly #sockets;
  readonly #rooms;
  readonly #snapshots;
  readonly #query;

  constructor(metrics: Metrics) {
    this.#sockets = metrics.gauge('tideline_live_sockets', 'Open live connections');
    this.#rooms = metrics.gauge('tideline_live_rooms', 'Live rooms that somebody watches');
    this.#snapshots = metrics.counter('tideline_live_snapshots_total', 'Snapshots sent, and not sent because a socket was slow', [
      'room',
      'result',
    ]);
    this.#query = metrics.histogram(
      'tideline_live_query_seconds',
      'Time to read a room',
      [0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 5],
      ['room'],
    );
  }

  sockets(count: number): void {
    this.#sockets.set(count);
  }
  rooms(count: number): void {
    this.#rooms.set(count);
  }
  sent(room: string, sockets: number): void {
    if (sockets > 0) this.#snapshots.inc({ room, result: 'sent' }, sockets);
  }
  skipped(room: string, sockets: number): void {
    if (sockets > 0) this.#snapshots.inc({ room, result: 'skipped' }, sockets);
  }
  read(room: string, milliseconds: number): void {
    this.#query.observe({ room }, milliseconds / 1000);
  }
}
