import { roomNames, type RoomName } from '#contracts';
import { accessOf, liveRoomOf, type Access, type LiveRoomOptions, type RoomReader } from '#http';
import { Inject, Injectable } from '@nestjs/common';
import { ModulesContainer } from '@nestjs/core';
import { RealtimeError } from './realtime.errors.js';

/** A room that somebody declared. */
export interface DeclaredRoom extends LiveRoomOptions {
  readonly access: Access;
  readonly reader: RoomReader;
}

/** Finds the providers that are declared as live rooms, whatever lib they are in. */
@Injectable()
export class RoomCatalog {
  #rooms: ReadonlyMap<RoomName, DeclaredRoom> | undefined;

  constructor(@Inject(ModulesContainer) private readonly modules: ModulesContainer) {}

  /** @throws {RealtimeError} `room-unknown` naming those there are */
  find(name: string): DeclaredRoom {
    this.#rooms ??= this.collect();
    const room = this.#rooms.get(name as RoomName);
    if (room) return room;
    const known = roomNames.filter((each) => this.#rooms?.has(each)).join(', ');
    throw new RealtimeError('room-unknown', `There is no room ${name} here. ${known ? `There are: ${known}.` : 'There is none.'}`);
  }

  /** At boot: two readers of one room are a mistake that must not wait for the first viewer. */
  onModuleInit(): void {
    this.#rooms ??= this.collect();
  }

  private collect(): ReadonlyMap<RoomName, DeclaredRoom> {
    const rooms = new Map<RoomName, DeclaredRoom & { where: string }>();
    for (const module of this.modules.values()) {
      for (const { metatype, instance } of module.providers.values()) {
        const options = typeof metatype === 'function' ? liveRoomOf(metatype) : undefined;
        if (typeof metatype !== 'function' || !options) continue;
        const former = rooms.get(options.name);
        if (former) {
          throw new RealtimeError('room-declared-twice', `The room ${options.name} has two readers: ${former.where} and ${metatype.name}.`);
        }
        rooms.set(options.name, {
          ...options,
          access: accessOf(metatype) ?? 'admin',
          reader: instance as RoomReader,
          where: metatype.name,
        });
      }
    }
    return rooms;
  }
}
