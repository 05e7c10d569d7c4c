import type { Operation } from '@scantill/alipay';
import { assert, unreachable } from '@scantill/kernel';
import type { FastifyReply } from 'fastify';
import type { BrokenLine } from '../faults/broken-line.js';
import type { Fault, FaultOf } from '../faults/fault.js';
import type { FaultPlan } from '../faults/fault-plan.js';
import type { Alipay, Caller } from './alipay.js';
import type { Exchanges } from './exchanges.js';
import { perform } from './operations/perform.js';
import type { Payment } from './payment.js';
import { customResult, type Answer } from './results.js';
import { sendForged, sendHttpError, sendSigned, sendUnsigned, type Envelope } from './send.js';

/** How long `pay` waits for the notification that overtakes it; less than a merchant's patience. */
const OVERTAKEN_WITHIN_MS = 8_000;

/** A call that may be performed: its caller is known and its body is JSON. */
export interface Call {
  readonly operation: Operation;
  readonly body: unknown;
  readonly caller: Caller;
}

export interface FaultyAccess {
  readonly plan: FaultPlan;
  readonly line: BrokenLine;
  readonly exchanges: Exchanges;
}

/** One call on its way to an answer, or to none. */
interface Passage {
  readonly alipay: Alipay;
  readonly access: FaultyAccess;
  readonly call: Call;
  readonly envelope: Envelope;
  readonly reply: FastifyReply;
}

/** Answers as the fault plan wants it. */
export async function answerFaultily(alipay: Alipay, access: FaultyAccess, incoming: Pick<Passage, 'call' | 'envelope' | 'reply'>): Promise<FastifyReply> {
  const passage: Passage = { alipay, access, ...incoming };
  const fault = access.plan.next(incoming.call.operation, requestIdOf(alipay, incoming.call));
  return fault ? meet(passage, fault) : sendSigned(incoming.reply, incoming.envelope, await performed(passage));
}

async function meet(passage: Passage, fault: Fault): Promise<FastifyReply> {
  const { access: { line }, envelope, reply } = passage;
  switch (fault.kind) {
    case 'no-answer': return line.hold(reply);
    case 'connection-reset': return line.reset(reply);
    case 'http-status': return sendHttpError(reply, fault.status);
    case 'answer': return sendSigned(reply, envelope, { result: customResult(fault.resultCode, fault.resultStatus) });
    case 'slow': return sendSigned(reply, envelope, await slowly(passage, fault));
    case 'unsigned': return sendUnsigned(reply, await performed(passage));
    case 'bad-signature': return sendForged(reply, envelope, await performed(passage));
    case 'lost-after-effect': {
      await performed(passage);
      return fault.by === 'no-answer' ? line.hold(reply) : line.reset(reply);
    }
    case 'u-after-effect': {
      await performed(passage);
      return sendSigned(reply, envelope, { result: customResult(fault.resultCode, 'U') });
    }
    case 'pay-after-expiry': return sendSigned(reply, envelope, await dawdling(passage, fault));
    case 'pay-crossing-cancel': return sendSigned(reply, envelope, await crossing(passage, fault));
    case 'refund-asynchronous': return sendSigned(reply, envelope, await performed(withCaller(passage, { asynchronous: { ms: fault.ms, outcome: fault.outcome } })));
    case 'dropped': case 'delayed': case 'duplicated': case 'reordered': case 'before-pay-answer': case 'wrong-amount': case 'wrong-currency':
      assert(false, `${fault.kind} happens to notifications only`);
      return reply;
    default: return unreachable(fault);
  }
}

/** Does what was asked for. A code that was issued by it may be paid and notified before anybody hears of the code. */
async function performed({ alipay, access, call, reply }: Passage): Promise<Answer> {
  const answer = perform(alipay, call);
  access.exchanges.count(call.operation, answer);
  if (call.operation !== 'pay' || !('orderCodeForm' in answer)) return answer;
  const payment = paymentOf(alipay, call);
  if (payment?.status === 'PROCESSING' && access.plan.next('code-issued', payment.requestId)) await overtake(alipay, payment, access.line.wait(OVERTAKEN_WITHIN_MS, reply));
  return answer;
}

async function overtake({ ledger, notifier, customerConfirms }: Alipay, payment: Payment, patience: Promise<void>): Promise<void> {
  const delivered = notifier.firstDelivery(payment);
  customerConfirms(ledger.code(payment));
  if (payment.notification === 'pending') await Promise.race([delivered, patience]);
}

async function slowly(passage: Passage, { ms, effect }: FaultOf<'slow'>): Promise<Answer> {
  const { access: { line }, reply } = passage;
  if (effect === 'late') await line.wait(ms, reply);
  const answer = await performed(passage);
  if (effect === 'at-once') await line.wait(ms, reply);
  return answer;
}

async function dawdling(passage: Passage, { ms }: FaultOf<'pay-after-expiry'>): Promise<Answer> {
  const { alipay, call } = passage;
  const answer = await performed(withCaller(passage, { dawdles: true }));
  const payment = paymentOf(alipay, call);
  if (payment?.status !== 'PROCESSING') return answer;
  alipay.latecomers.set(payment, 'after-expiry');
  if (ms !== undefined) alipay.customerConfirmsAt(alipay.ledger.code(payment), payment.expiresAt + ms);
  return answer;
}

/** Before: the cancel finds the money there. After: the money comes to a payment that is cancelled already. Both give it back. */
async function crossing(passage: Passage, { when }: FaultOf<'pay-crossing-cancel'>): Promise<Answer> {
  const { alipay, call } = passage;
  const payment = paymentOf(alipay, call);
  if (payment) alipay.ledger.closeIfExpired(payment, alipay.clock.now());
  const isOpen = payment?.status === 'PROCESSING';
  if (isOpen && when === 'before') alipay.customerConfirms(alipay.ledger.code(payment));
  const answer = await performed(passage);
  if (isOpen && when === 'after') {
    alipay.latecomers.set(payment, 'after-cancel');
    alipay.customerConfirms(alipay.ledger.code(payment));
  }
  return answer;
}

function withCaller(passage: Passage, special: Partial<Caller>): Passage {
  return { ...passage, call: { ...passage.call, caller: { ...passage.call.caller, ...special } } };
}

/** The payment that a call is about, if there is one; ids are not yet checked for anything. */
function paymentOf({ ledger }: Alipay, { body, caller: { account: { clientId } } }: Call): Payment | undefined {
  const ids = (typeof body === 'object' && body !== null ? body : {}) as Record<string, unknown>;
  const book = ledger.of(clientId);
  if (typeof ids['paymentId'] === 'string') return ledger.findByPaymentId(ids['paymentId']);
  if (ids['paymentRequestId'] !== undefined) return book.payments.get(String(ids['paymentRequestId']));
  const refund = typeof ids['refundId'] === 'string' ? ledger.findRefundById(ids['refundId']) : book.refunds.get(String(ids['refundRequestId']));
  return refund?.payment;
}

function requestIdOf(alipay: Alipay, call: Call): string | undefined {
  const { body } = call;
  const isPay = call.operation === 'pay' && typeof body === 'object' && body !== null && 'paymentRequestId' in body;
  return isPay ? String(body.paymentRequestId) : paymentOf(alipay, call)?.requestId;
}
