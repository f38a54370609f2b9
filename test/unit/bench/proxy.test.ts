import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { expect, test } from 'vitest';
import { latencyProxy } from '../../bench/proxy.js';

test('what goes through keeps its bytes and its order, and takes a round trip more', async () => {
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    socket.on('error', () => socket.destroy());
    socket.pipe(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const proxy = await latencyProxy('127.0.0.1', (server.address() as AddressInfo).port, 40);
  const began = performance.now();
  const socket = connect(proxy.port, '127.0.0.1');
  const sent = Buffer.from(Array.from({ length: 200_000 }, (_, index) => (index * 7 + (index >> 8)) & 255));
  socket.end(sent);
  const received = Buffer.concat(await socket.toArray());
  const milliseconds = performance.now() - began;
  expect(received.equals(sent)).toBe(true);
  // One round trip for the handshake, one for the echo; timers may be a millisecond early.
  expect(milliseconds).toBeGreaterThan(76);
  await proxy.close();
  server.close();
  await once(server, 'close');
});

test('it ends the near connection where the far end refuses', async () => {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  const proxy = await latencyProxy('127.0.0.1', port, 2);
  const socket = connect(proxy.port, '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'close');
  await proxy.close();
});
