import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import Fastify from 'fastify';
import { closeInTime } from './closing.js';

describe('a listener that closes', () => {
  it('answers the call under way, and does not wait for a connection that never carried one', async () => {
    const app = Fastify();
    closeInTime(app);
    app.get('/slow', async () => {
      await new Promise((resolve) => setTimeout(resolve, 300));
      return 'answered';
    });
    await app.listen({ host: '127.0.0.1', port: 0 });
    const { port } = app.server.address() as AddressInfo;
    const silent = connect(port, '127.0.0.1').on('error', () => undefined);
    await once(silent, 'connect');
    const answer = fetch(`http://127.0.0.1:${port}/slow`);
    await once(app.server, 'request');
    const startedAtMs = performance.now();
    await app.close();
    expect(performance.now() - startedAtMs).toBeLessThan(10_000);
    await expect((await answer).text()).resolves.toBe('answered');
    silent.destroy();
  });
});
