import { namesThisMachine, originAllowed } from '#http';
import type { INestApplicationContext } from '@nestjs/common';
import { IoAdapter } from '@nestjs/platform-socket.io';
import type { IncomingMessage } from 'node:http';
import type { Server, ServerOptions } from 'socket.io';

export interface LiveAdapterOptions {
  /** Whether nobody needs a token: then only requests that name this machine are let in. */
  readonly open: boolean;
  /** Origins besides our own whose pages may connect. */
  readonly origins: readonly string[];
}

/** Largest message from a client: they only join and leave. */
const messageBytes = 16 * 1024;

/**
 * socket.io on the API's own server. Host and origin are judged in `allowRequest`, which sees polling and websocket alike:
 * socket.io's `cors` does not guard websockets. Connection-state recovery stays off: it lets sockets in past the middleware
 * that asks who they are. A client that has gone is noticed within twenty seconds, so nothing older waits in its buffers.
 */
export class LiveAdapter extends IoAdapter {
  constructor(
    app: INestApplicationContext,
    private readonly options: LiveAdapterOptions,
  ) {
    super(app);
  }

  override createIOServer(port: number, options?: ServerOptions): Server {
    const { open, origins } = this.options;
    const settings: Partial<ServerOptions> = {
      ...options,
      serveClient: false,
      maxHttpBufferSize: messageBytes,
      pingInterval: 10_000,
      pingTimeout: 10_000,
      connectTimeout: 10_000,
      ...(origins.length === 0 ? {} : { cors: { origin: [...origins], credentials: true } }),
      allowRequest: (request: IncomingMessage, answer: (refusal: string | null | undefined, allowed: boolean) => void) => {
        if (open && !namesThisMachine(request)) return answer('This instance answers to localhost and 127.0.0.1 only.', false);
        if (!originAllowed(request, origins)) return answer('Pages of this origin may not connect. See TIDELINE_ORIGINS.', false);
        answer(null, true);
      },
    };
    return super.createIOServer(port, settings as ServerOptions);
  }
}
