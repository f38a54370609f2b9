import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A TCP proxy on loopback behind which the host seems far away. */
export interface LatencyProxy {
  readonly port: number;
  close(): Promise<void>;
}

/**
 * Forwards connections to `host`:`port` and delays each direction by half of `roundTrip` (milliseconds); a new
 * connection waits one round trip first, as the TCP handshake would. Bandwidth is not limited.
 */
export async function latencyProxy(host: string, port: number, roundTrip: number): Promise<LatencyProxy> {
  const sockets = new Set<Socket>();
  const keep = (socket: Socket): Socket => {
    sockets.add(socket);
    socket.setNoDelay(true);
    // A broken connection shows at the programs under test, at both ends.
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
    return socket;
  };
  const server = createServer({ allowHalfOpen: true, pauseOnConnect: true }, async (near) => {
    keep(near);
    await sleep(roundTrip);
    const far = keep(connect({ host, port, allowHalfOpen: true }));
    // One that ends in peace still has bytes under way: its end is delayed like them.
    far.on('close', (broken) => broken && near.destroy());
    near.on('close', (broken) => broken && far.destroy());
    delayed(near, far, roundTrip / 2);
    delayed(far, near, roundTrip / 2);
    near.resume();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

// Timers of one length fire in the order in which they were set, so that bytes keep theirs.
function delayed(from: Socket, to: Socket, milliseconds: number): void {
  from.on('data', (chunk) => setTimeout(() => to.destroyed || to.write(chunk), milliseconds));
  from.on('end', () => setTimeout(() => to.destroyed || to.end(), milliseconds));
}
