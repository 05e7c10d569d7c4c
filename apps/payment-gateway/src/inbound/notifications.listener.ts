import { ACKNOWLEDGEMENT, NOT_ACKNOWLEDGED, readNotification, replyHeaders, type PaymentNotification, type Verifier } from '@scantill/alipay';
import { closeInTime, MESSAGE_BYTES_MAX, type Clock, type Log, type Metrics } from '@scantill/platform';
import Fastify, { type FastifyInstance, type FastifyReply } from 'fastify';
import { Counter } from 'prom-client';
import type { ApplyNotifications, Notified } from '../flows/apply-notifications.js';

export interface NotificationsListenerOptions {
  /** Path and query of the URL that Alipay was given: what is signed, whatever a proxy made of it. */
  readonly signedPath: string;
  readonly verifierOf: (clientId: string) => Verifier | undefined;
  readonly verdictOf: (notification: PaymentNotification) => Notified['verdict'];
  readonly apply: ApplyNotifications;
  readonly clock: Clock;
  readonly metrics: Metrics;
  readonly log: Log;
}

const TOO_LARGE = 413;

/** Alipay's door, on a port of its own: the raw bytes are checked before anything reads them, and the fixed reply follows the commit. */
export function createNotificationsListener(options: NotificationsListenerOptions): FastifyInstance {
  const { apply, clock, log, metrics } = options;
  const refusals = new Counter({ name: 'scantill_notifications_refused_total', help: 'Notifications that were not believed', labelNames: ['reason'], registers: [metrics.registry] });
  const app = Fastify({ logger: false, bodyLimit: MESSAGE_BYTES_MAX });
  closeInTime(app);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  // As bytes: to a text Fastify would add a charset, and the reply is fixed to the letter.
  const reply = (to: FastifyReply, clientId: string, body: string) => to.headers(replyHeaders(clientId, clock.now())).send(Buffer.from(body));
  // What could not even be read, because it is too large for instance: its sender is unknown.
  app.setErrorHandler((error: { statusCode?: number }, _request, to) => {
    const status = error.statusCode ?? 500;
    refusals.inc({ reason: status === TOO_LARGE ? 'too-large' : 'unreadable' });
    log.warn({ err: error }, 'a notification was refused');
    return reply(to.status(status), '', NOT_ACKNOWLEDGED);
  });
  app.post('/*', async (request, to) => {
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const reading = readNotification({ path: options.signedPath, headers: request.headers, body }, options.verifierOf);
    if (reading.kind === 'refused') {
      refusals.inc({ reason: reading.reason });
      log.warn({ reason: reading.reason }, 'a notification was refused');
      return reply(to.status(reading.reason === 'malformed' || reading.reason === 'other-type' ? 200 : 401), reading.clientId ?? '', NOT_ACKNOWLEDGED);
    }
    const { clientId, notification } = reading;
    const headers = { 'client-id': clientId, 'request-time': String(request.headers['request-time']), signature: String(request.headers.signature) };
    try {
      await apply.receive({ paymentId: notification.paymentRequestId, verdict: options.verdictOf(notification), exchange: { headers, request: body, response: Buffer.from(ACKNOWLEDGEMENT) } });
    } catch (error) {
      log.warn({ err: error, paymentId: notification.paymentRequestId }, 'a notification could not be written; Alipay will send it again');
      return reply(to.status(503), clientId, NOT_ACKNOWLEDGED);
    }
    return reply(to, clientId, ACKNOWLEDGEMENT);
  });
  return app;
}
