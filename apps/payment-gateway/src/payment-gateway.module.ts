import { readFileSync } from 'node:fs';
import type { DynamicModule } from '@nestjs/common';
import { DirectoryConsumer, DueWorker, Inbox, KeepDirectory, SecretBox, type Platform, type RunningPart } from '@scantill/platform';
import type { Config } from './config.js';
import { ApplyNotifications } from './flows/apply-notifications.js';
import { ApplyOrders } from './flows/apply-orders.js';
import { ApplyReversals } from './flows/apply-reversals.js';
import { ChangePayments } from './flows/change-payments.js';
import { FindTimeline } from './flows/find-timeline.js';
import { InquiryBudget } from './flows/inquiry-budget.js';
import { MakeCalls, type CallLimits } from './flows/make-calls.js';
import { INQUIRIES_AT_ONCE_MAX, MakeInquiries } from './flows/make-inquiries.js';
import { OperatePayment } from './flows/operate-payment.js';
import { WantInquiries } from './flows/want-inquiries.js';
import { createNotificationsListener } from './inbound/notifications.listener.js';
import { addOperatorRoutes } from './inbound/operator.routes.js';
import { OrderEventsConsumer } from './inbound/order-events.consumer.js';
import { ReconciliationEventsConsumer } from './inbound/reconciliation-events.consumer.js';
import { TimelineController } from './inbound/timeline.controller.js';
import { readAccounts } from './outbound/accounts.js';
import { notificationVerdict } from './outbound/alipay-words.js';
import { AlipayPayments } from './outbound/alipay.payments.js';
import { Circuits } from './outbound/circuits.js';
import { EvidencePartitions } from './outbound/evidence-partitions.js';
import { EvidenceRepository } from './outbound/evidence.repository.js';
import { INQUIRY_DUE, InquiryRepository } from './outbound/inquiry.repository.js';
import { OperatorActionRepository } from './outbound/operator-action.repository.js';
import { PAYMENT_DUE, PaymentRepository } from './outbound/payment.repository.js';

/** Beyond the calls under way, a few wait in memory; the rest waits in the database. */
const WAITING_PER_CONNECTION = 16;
const START_WITHIN_MS = 10_000;
const LEASE_MARGIN_MS = 10_000;
/** Of what Alipay's files list and we do not know; for each client id. */
const SLOW_INQUIRIES_PER_SECOND = 1;

/**
 * Everything the service consists of, in the order in which it depends on each other.
 * @param environment where the accounts' keys may be; which variables, only the accounts file knows
 */
export function wire(platform: Platform, config: Config, environment: Readonly<Record<string, string | undefined>>) {
  const { database, metrics, log, clock, relay, directory } = platform;
  const accounts = readAccounts(config.PAYMENT_GATEWAY_ACCOUNTS_FILE, { timeoutMs: config.ALIPAY_TIMEOUT_MS, connections: config.ALIPAY_CONNECTIONS, environment });
  const alipay = new AlipayPayments({ clientIds: accounts.clientIds, clients: accounts.clients, circuits: new Circuits(log), notifyUrl: config.PAYMENT_GATEWAY_NOTIFY_URL, log, now: () => clock.now() });
  const limits: CallLimits = {
    concurrency: config.ALIPAY_CONNECTIONS, waitingMax: WAITING_PER_CONNECTION * config.ALIPAY_CONNECTIONS, startWithinMs: START_WITHIN_MS, leaseMs: START_WITHIN_MS + config.ALIPAY_TIMEOUT_MS + LEASE_MARGIN_MS,
  };
  const evidence = new EvidenceRepository(database, SecretBox.parse(readFileSync(config.PAYMENT_GATEWAY_EVIDENCE_KEY_FILE, 'utf8')));
  const payments = new PaymentRepository(database, evidence);
  const actions = new OperatorActionRepository(database);
  const changePayments = new ChangePayments(database, payments, relay);
  const budget = new InquiryBudget(config.ALIPAY_INQUIRIES_PER_SECOND);
  const makeCalls = new MakeCalls(database, payments, changePayments, { alipay, budget, limits, clock, log });
  const worker = new DueWorker({ kind: PAYMENT_DUE, database, clock, metrics, log, leaseMs: limits.leaseMs, claimMax: () => makeCalls.room, work: (ids) => makeCalls.lookAt(ids) });
  makeCalls.whenRoom(worker.wake);
  const inquiries = new InquiryRepository(database, evidence);
  const makeInquiries = new MakeInquiries({ database, inquiries, payments, alipay, budget, slowBudget: new InquiryBudget(SLOW_INQUIRIES_PER_SECOND), relay, clock, log });
  const inquiryWorker = new DueWorker({ kind: INQUIRY_DUE, database, clock, metrics, log, leaseMs: limits.leaseMs, claimMax: () => INQUIRIES_AT_ONCE_MAX, work: (ids) => makeInquiries.run(ids) });
  const applyOrders = new ApplyOrders(changePayments, makeCalls, { limits, clock, wakeWorker: worker.wake });
  const applyNotifications = new ApplyNotifications(changePayments, { clock, log, wakeWorker: worker.wake });
  const operatePayment = new OperatePayment(database, actions, changePayments, { clock, wakeWorker: worker.wake });
  addOperatorRoutes(platform.privateListener, { directory, operatePayment, log });
  const partitions = new EvidencePartitions(database, clock, log);
  const { pathname, search } = new URL(config.PAYMENT_GATEWAY_NOTIFY_URL);
  const door = createNotificationsListener({
    signedPath: pathname + search,
    verifierOf: accounts.verifierOf,
    verdictOf: (notification) => notificationVerdict(notification, clock.now()),
    apply: applyNotifications, clock, metrics, log,
  });
  const parts: RunningPart[] = [
    { name: 'evidence partitions', start: () => partitions.start(), stop: () => partitions.stop() },
    { name: 'Alipay clients', start: () => undefined, stop: () => alipay.close() },
    { name: 'due payments', start: () => worker.start(), stop: () => worker.stop() },
    { name: 'due inquiries', start: () => inquiryWorker.start(), stop: () => { makeInquiries.stop(); return inquiryWorker.stop(); } },
    { name: 'notification door', start: () => door.listen({ host: config.BIND_HOST, port: config.PAYMENT_GATEWAY_NOTIFY_PORT }), stop: () => door.close() },
  ];
  const module: DynamicModule = {
    module: PaymentGatewayModule,
    controllers: [OrderEventsConsumer, ReconciliationEventsConsumer, DirectoryConsumer, TimelineController],
    providers: [
      { provide: Inbox, useValue: platform.inbox },
      { provide: KeepDirectory, useValue: platform.keepDirectory },
      { provide: ApplyOrders, useValue: applyOrders },
      { provide: ApplyReversals, useValue: new ApplyReversals(changePayments, log) },
      { provide: WantInquiries, useValue: new WantInquiries(inquiries, { clock, log, wakeWorker: inquiryWorker.wake }) },
      { provide: FindTimeline, useValue: new FindTimeline(payments, evidence, actions) },
    ],
  };
  return { module, parts };
}

export class PaymentGatewayModule {}
