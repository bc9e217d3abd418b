import type { RoomData, RoomName, RoomQuery, Snapshot } from '#contracts';
import { SetMetadata } from '@nestjs/common';

const roomKey = 'tideline:live-room';

/** What a room says of itself. */
export interface LiveRoomOptions {
  readonly name: RoomName;
  /**
   * Read again after this many real milliseconds, even when no figure moved: for what follows real time, and the net under
   * a lost hint. Nothing is sent when nothing differs.
   */
  readonly everyMs: number;
  /** What it is read after whenever that moves: figures of the shop (true), its alerts; false for what is made of neither. */
  readonly onMove: boolean | 'alerts';
}

/** What a room reads. */
export interface RoomAnswer<N extends RoomName = RoomName> {
  readonly data: RoomData<N>;
  /** Age of the data, as REST answers carry it. */
  readonly stamp: Pick<Snapshot, 'asOf' | 'generation' | 'watermark' | 'partial'>;
  /** Unix milliseconds at which the newest event in the data reached the ledger, where the room knows. */
  readonly newestAt?: number | null;
}

/** A provider that a room reads. Declared by `@LiveRoom` with `@Roles` beside it. */
export interface RoomReader<N extends RoomName = RoomName> {
  /** @param query with defaults filled in. @throws coded errors such as `shop-unknown`: whoever joins is told */
  read(shop: string, query: RoomQuery<N>): Promise<RoomAnswer<N>>;
}

/** Declares a provider as the reader of a live room: whoever serves rooms finds it, without knowing its lib. */
export function LiveRoom(options: Pick<LiveRoomOptions, 'name'> & Partial<LiveRoomOptions>): ClassDecorator {
  return SetMetadata(roomKey, { everyMs: 5_000, onMove: true, ...options } satisfies LiveRoomOptions);
}

/**
 * Where a module that moves something else than figures says so, for whoever serves its rooms in the same process. In other processes
 * what moved is heard of on its topic.
 */
export class RoomSignals {
  readonly #listeners: ((shop: string, what: 'alerts') => void)[] = [];

  moved(shop: string, what: 'alerts'): void {
    for (const listener of this.#listeners) listener(shop, what);
  }

  onMoved(listener: (shop: string, what: 'alerts') => void): void {
    this.#listeners.push(listener);
  }
}

/** What a class declares of its room, if it is one. */
export function liveRoomOf(target: object): LiveRoomOptions | undefined {
  return Reflect.getMetadata(roomKey, target) as LiveRoomOptions | undefined;
}
