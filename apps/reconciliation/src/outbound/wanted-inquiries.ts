import { reconciliationInquiryWantedV1 } from '@scantill/contracts';
import { ORDER_ID, parseOrderKey } from '@scantill/kernel';
import { appendEvents, toOutboxRow, type OutboxRow } from '@scantill/platform';
import { isInquired } from '../core/inquiry-answer.js';
import type { Break } from './break-row.js';
import type { Bulk } from './bulk.js';
import { settledAlike } from './day-lines.js';
import { dayKey, SOURCE, type Occasion } from './reconciliation-events.js';

/** Of one day of an account. More than that is no lost message but a fault of the whole, and the gateway asks one a second. */
export const WANTED_MAX = 500;
/** As many breaks may be found at once. */
const FOUND_MAX = 1_000;

const OPEN = `select d as date, (select count(*)::int from (select from breaks b where b.account_id = $1 and b.business_date = d::date and b.status <> 'resolved' and b.kind = 'missing-with-us'
    limit ${WANTED_MAX + FOUND_MAX}) o) as count from unnest($2::text[]) d`;
/** The days are given, so that the tables of others are not even opened. */
const isLine = (name: string) => `${name}.business_date = any($2::date[]) and ${name}.business_date = x.business_date and ${name}.alipay_id = x.alipay_id and ${name}.file_id = x.file_id and ${name}.line = x.line`;
/** The request id that stands in the line, whichever report it is of. */
const REQUEST_IDS = `select x.id, coalesce(l.request_id, s.request_id) as request_id from json_to_recordset($1::json) as x(id text, business_date date, type text, alipay_id text, file_id uuid, line int)
  left join lines l on ${isLine('l')} left join settled_lines s on ${settledAlike('s', 'x')} and ${isLine('s')} where coalesce(l.request_id, s.request_id) <> ''`;

/** What the gateway shall ask Alipay about, as events. */
export class WantedInquiries {
  /** Breaks of one account, which were opened just now. */
  async append(bulk: Bulk, breaks: readonly Break[], occasion: Occasion): Promise<void> {
    const wanted = await this.within(bulk, breaks);
    if (wanted.length === 0) return;
    const lines = wanted.map(({ id, type, alipayId, file, life: { facts } }) => ({ id, business_date: facts.date, type, alipay_id: alipayId, file_id: file?.id ?? null, line: file?.line ?? null }));
    const rows = await bulk.query<{ id: string; request_id: string }>(REQUEST_IDS, [JSON.stringify(lines), [...new Set(lines.map((line) => line.business_date))]]);
    const requestIds = new Map(rows.map(({ id, request_id }) => [id, request_id]));
    await appendEvents(bulk.tx, wanted.flatMap((each) => toRow(each, requestIds.get(each.id) ?? null, occasion)));
  }

  /** In order, as many as their days have room for. */
  private async within(bulk: Bulk, breaks: readonly Break[]): Promise<Break[]> {
    const [first] = breaks;
    if (first === undefined) return [];
    const byDate = Map.groupBy(breaks, ({ life: { facts } }) => facts.date);
    const open = await bulk.query<{ date: string; count: number }>(OPEN, [first.accountId, [...byDate.keys()]]);
    return open.flatMap(({ date, count }) => {
      const found = byDate.get(date) ?? [];
      return found.slice(0, Math.max(0, WANTED_MAX - (count - found.length)));
    });
  }
}

function toRow({ id, chainId, accountId, type, orderKey, alipayId, sequence, life: { facts: { date } } }: Break, requestId: string | null, { at, cause }: Occasion): OutboxRow[] {
  if (!isInquired(type) || (requestId ?? alipayId) === null) return [];
  const orderId = orderKey === null ? null : parseOrderKey(orderKey).orderId;
  // As it stands in the line, it need not be an order's number of ours.
  const data = { chainId, accountId, date, breakId: id, transactionType: type, orderId: orderId !== null && ORDER_ID.test(orderId) ? orderId : null, requestId, alipayId, wantedAt: at.toISOString() };
  return [toOutboxRow(SOURCE, { definition: reconciliationInquiryWantedV1, data, key: dayKey({ accountId, date }), subject: id, sequence, time: at, cause })];
}
