import { fromMoney, type TimelineEntry } from '@scantill/contracts';
import type { Money } from '@scantill/kernel';
import type { OrderBooks } from '../flows/find-timeline.js';

type Expected = OrderBooks['expectations'][number];
type Difference = OrderBooks['breaks'][number];

const service = 'reconciliation';

/** An entry for each expectation, for the line that lists it, and for each break and its end. Oldest first. */
export function toTimeline({ expectations, breaks }: OrderBooks): TimelineEntry[] {
  return [...expectations.flatMap(ofExpectation), ...breaks.flatMap(ofBreak)].sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
}

function ofExpectation({ type, basis, paymentId, requestId, amount, alipayId, businessDate, eventId, recordedAt, matchedLine }: Expected): TimelineEntry[] {
  const refundId = requestId === paymentId ? null : requestId;
  const recorded: TimelineEntry = {
    at: recordedAt.toISOString(), service, kind: 'expectation.recorded', detail: { type, basis, paymentId, refundId, amount: wire(amount), alipayId, businessDate, eventId },
  };
  if (matchedLine === null) return [recorded];
  const { fileId, fileName, receivedAt, line, agrees } = matchedLine;
  return [recorded, { at: receivedAt.toISOString(), service, kind: agrees ? 'line.matched' : 'line.differed', detail: { type, paymentId, refundId, fileId, fileName, line } }];
}

function ofBreak({ id, type, paymentId, alipayId, amountAtRisk, openedAt, resolvedAt, life }: Difference): TimelineEntry[] {
  const { kind, facts: { date, ours, theirs } } = life;
  const detail = { breakId: id, kind, transactionType: type, businessDate: date, paymentId, alipayId, ours: wire(ours), theirs: wire(theirs), amountAtRisk: wire(amountAtRisk) };
  const opened: TimelineEntry = { at: openedAt.toISOString(), service, kind: 'break.opened', detail };
  return resolvedAt === null ? [opened] : [opened, { at: resolvedAt.toISOString(), service, kind: 'break.resolved', detail: { breakId: id, kind } }];
}

function wire(amount: Money | null) {
  return amount === null ? null : fromMoney(amount);
}
