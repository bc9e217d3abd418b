import { joinRequest, leaveRequest, socketEvents, type JoinAnswer } from '#contracts';
import { notSignedIn, Principals, PRINCIPALS, type Principal } from '#http';
import { LOGGER, type Logger } from '#observability';
import { Inject } from '@nestjs/common';
import {
  ConnectedSocket,
  MessageBody,
  SubscribeMessage,
  WebSocketGateway,
  type OnGatewayConnection,
  type OnGatewayDisconnect,
  type OnGatewayInit,
} from '@nestjs/websockets';
import type { DefaultEventsMap, Server, Socket } from 'socket.io';
import { LiveHub } from './live-hub.js';
import { RealtimeError, wordsOf } from './realtime.errors.js';
import type { LiveSocket } from './room.js';

type PrincipalSocket = Socket<DefaultEventsMap, DefaultEventsMap, DefaultEventsMap, { principal: Principal }>;

/** Packets that may wait in a connection before it counts as slow: its rooms may move in one instant. */
const waitingPackets = 4;

/** The door to the live rooms: who is it, which room, and out again. */
@WebSocketGateway()
export class LiveGateway implements OnGatewayInit<Server>, OnGatewayConnection, OnGatewayDisconnect<Socket> {
  constructor(
    @Inject(LiveHub) private readonly hub: LiveHub,
    @Inject(PRINCIPALS) private readonly principals: Principals,
    @Inject(LOGGER) private readonly log: Logger,
  ) {}

  afterInit(server: Server): void {
    server.use((socket, next) => {
      const token = (socket.handshake.auth as { token?: unknown }).token;
      const principal = this.principals.of(socket.handshake.headers, typeof token === 'string' ? token : undefined);
      if (principal) {
        (socket as PrincipalSocket).data.principal = principal;
        return next();
      }
      const refusal = notSignedIn();
      next(Object.assign(new Error(refusal.message), { data: { code: refusal.code, detail: refusal.message } }));
    });
    // Encoded once for all: each socket is in a room of its own id.
    this.hub.sendBy({
      snapshot: (sockets, snapshot) => void server.to([...sockets]).emit(socketEvents.snapshot, snapshot),
      trouble: (sockets, trouble) => void server.to([...sockets]).emit(socketEvents.trouble, trouble),
      hangUp: (sockets) => server.in([...sockets]).disconnectSockets(),
    });
  }

  handleConnection(): void {
    this.hub.connected();
  }

  handleDisconnect(socket: Socket): void {
    this.hub.disconnected(socket.id);
  }

  @SubscribeMessage(socketEvents.join)
  async join(@ConnectedSocket() socket: PrincipalSocket, @MessageBody() body: unknown): Promise<JoinAnswer> {
    try {
      const asked = joinRequest.safeParse(body);
      if (!asked.success) throw invalid(socketEvents.join, asked.error);
      const snapshot = await this.hub.join(live(socket), socket.data.principal, asked.data);
      return { ok: true, room: snapshot.room, snapshot };
    } catch (error) {
      const words = wordsOf(error);
      if (words.code === 'internal') this.log.error({ err: error }, 'join failed');
      return { ok: false, ...words };
    }
  }

  /** Leaving a room that one is not in is no fault: the socket is where it wanted to be. */
  @SubscribeMessage(socketEvents.leave)
  leave(@ConnectedSocket() socket: Socket, @MessageBody() body: unknown): { ok: true } | { ok: false; code: string; detail: string } {
    const asked = leaveRequest.safeParse(body);
    if (!asked.success) return { ok: false, ...wordsOf(invalid(socketEvents.leave, asked.error)) };
    this.hub.leave(socket.id, asked.data.room);
    return { ok: true };
  }
}

function invalid(event: string, { issues }: { issues: readonly { path: readonly PropertyKey[]; message: string }[] }): RealtimeError {
  const faults = issues.map(({ path, message }) => (path.length === 0 ? message : `${path.map(String).join('.')}: ${message}`));
  return new RealtimeError('request-invalid', `This cannot be a ${event}: ${faults.join('; ')}.`);
}

function live(socket: Socket): LiveSocket {
  return {
    id: socket.id,
    get ready() {
      // What the transport holds has been handed to the system; what waits here has not.
      const { readyState, writeBuffer } = socket.conn as unknown as { readyState: string; writeBuffer: readonly unknown[] };
      return readyState === 'open' && writeBuffer.length < waitingPackets;
    },
  };
}
