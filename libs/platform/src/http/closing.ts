import type { FastifyInstance } from 'fastify';

/** Enough for calls under way to be answered. */
const GRACE_MS = 3_000;

/** A connection that never carried a call, as callers leave behind who gave up, would hold Node's server for a minute when it closes. */
export function closeInTime(app: FastifyInstance): void {
  app.addHook('preClose', (done) => {
    setTimeout(() => app.server.closeAllConnections(), GRACE_MS).unref();
    done();
  });
}
