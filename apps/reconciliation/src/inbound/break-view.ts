import { fromMoney, type BreakDetailView, type BreakListQuery, type BreakView } from '@scantill/contracts';
import { parseOrderKey, type Money } from '@scantill/kernel';
import { ageBucket, ageDays } from '../core/break-age.js';
import { breakKinds } from '../core/break-kind.js';
import type { BreakStatus } from '../core/break-life.js';
import type { ListBreaks, ProvenBreak } from '../flows/list-breaks.js';

type BreakFilter = Parameters<ListBreaks['page']>[0];
type History = NonNullable<Awaited<ReturnType<ListBreaks['find']>>>['history'];

const UNRESOLVED: readonly BreakStatus[] = ['open', 'explained', 'being-resolved', 'reopened'];

export function everyBreak(chainId: string): BreakFilter {
  return {
    chainId, kinds: null, statuses: null, firstDate: null, lastDate: null, storeId: null, accountId: null, currency: null, minorFrom: null, minorTo: null, owner: null,
  };
}

export function statusesOf(status: BreakListQuery['status']): readonly BreakStatus[] | null {
  if (status === 'all') return null;
  return status === 'unresolved' ? UNRESOLVED : [status];
}

export function toBreakView(each: ProvenBreak, today: string): BreakView {
  const { id, accountId, storeId, type, orderKey, paymentId, requestId, alipayId, amountAtRisk, file, eventId, fileSha256, life } = each;
  const { kind, facts, owner, dueOn, explanation, stage } = life;
  const { family, severity } = breakKinds[kind];
  return {
    breakId: id, kind, family, severity, status: stage.status, accountId, storeId, businessDate: facts.date, transactionType: type,
    orderId: orderKey === null ? null : parseOrderKey(orderKey).orderId, paymentId, refundId: requestId === paymentId ? null : requestId, alipayId,
    ours: wire(facts.ours), theirs: wire(facts.theirs), amountAtRisk: fromMoney(amountAtRisk), causedBy: facts.causedBy,
    ageDays: ageDays(facts.date, today), age: ageBucket(facts.date, today), owner, dueOn,
    openedAt: each.openedAt.toISOString(), resolvedAt: each.resolvedAt?.toISOString() ?? null, explanation,
    proposal: 'proposal' in stage ? stage.proposal : null, resolution: toResolution(each),
    evidence: { file: file === null || fileSha256 === null ? null : { fileId: file.id, sha256: fileSha256, line: file.line, raw: file.raw }, eventId, ...(facts.note === undefined ? {} : { note: facts.note }) },
  };
}

export function toBreakDetailView(each: ProvenBreak, history: History, today: string): BreakDetailView {
  return { ...toBreakView(each, today), history: history.map(({ at, details, ...entry }) => ({ ...entry, at: at.toISOString(), details: { ...details } })) };
}

function toResolution({ life: { stage }, explainedBySha256: sha256 }: ProvenBreak): BreakView['resolution'] {
  if (stage.status !== 'resolved') return null;
  if (stage.by === 'approval') return { by: stage.by, approvedBy: stage.approvedBy };
  const { fileId, line, eventId } = stage.evidence;
  return { by: stage.by, file: fileId === null ? null : { fileId, sha256, line }, ...(eventId === undefined ? {} : { eventId }) };
}

function wire(amount: Money | null) {
  return amount === null ? null : fromMoney(amount);
}
