import { randomUUID } from 'node:crypto';
import type { TestDatabase } from '@scantill/testing';

/** A line of a settlement file. Net = gross + fee − coupon; in the same currency gross is the amount. */
export interface SettledRow {
  readonly on: string;
  readonly batch: string;
  readonly alipayId: string;
  readonly amount: bigint;
  readonly currency?: string;
  readonly type?: string;
  readonly class?: string;
  readonly requestId?: string;
  readonly storeId?: string;
  readonly net: bigint;
  readonly fee?: bigint;
  readonly coupon?: bigint;
  readonly quote?: readonly [pair: string, price: string];
}

/** Writes what imports would have written, row by row, so that a report can be checked against numbers that a person added up. */
export class Books {
  private line = 0;

  constructor(private readonly database: TestDatabase, private readonly accountId = 'demo-usd') {}

  async expect(row: { on: string; type?: string; basis?: string; requestId: string; paymentId?: string; alipayId?: string; amount: bigint; currency?: string; storeId?: string; fee?: bigint }): Promise<void> {
    const { on, type = 'PAYMENT', basis = type === 'REFUND' ? 'refund' : 'success', requestId, alipayId = null, amount, currency = 'USD', storeId = 'S001', fee = null } = row;
    await this.database.query(
      `insert into expectations (request_id, type, payment_id, order_key, chain_id, store_id, account_id, currency, amount_minor, alipay_id, business_date, basis, event_id, fee_currency, fee_minor)
        values ($1, $2, $12, 'demo:' || $12, 'demo', $3, $4, $5, $6, $7, $8, $9, 'event', $10, $11)`,
      [requestId, type, storeId, this.accountId, type === 'CANCELLED' ? null : currency, type === 'CANCELLED' ? null : amount, alipayId, on, basis, fee === null ? null : 'USD', fee, row.paymentId ?? (type === 'REFUND' ? `payment of ${requestId}` : requestId)],
    );
  }

  async file(report: string, on: string, more: { name?: string; sha256?: string; totals?: string } = {}): Promise<string> {
    const id = randomUUID();
    await this.database.query(
      `insert into files (id, chain_id, account_id, business_date, sequence, name, sha256, bytes, lines, totals, status, received_at, received_by, source, report, generation, part_of, figures)
        values ($1::uuid, 'demo', $2, $3, 0, $4, $5, 3, 1, $6::jsonb, 'in-force', $7, 'Ann Lee', 'upload', $8, 'A', $1::uuid::text, '{}')`,
      [id, this.accountId, on, more.name ?? `${report}.csv`, more.sha256 ?? '0'.repeat(64), more.totals ?? '[]', `${on}T12:00:00Z`, report],
    );
    return id;
  }

  /** One file of items for each batch, with what they come to. */
  async settle(rows: readonly SettledRow[]): Promise<void> {
    for (const [batch, ofBatch] of Map.groupBy(rows, (row) => row.batch)) {
      const on = ofBatch[0]!.on;
      const file = await this.file('settlement-items', on);
      for (const row of ofBatch) await this.settledLine(file, row);
      const net = ofBatch.reduce((sum, row) => sum + row.net, 0n);
      await this.database.query(`insert into batch_sums (file_id, account_id, batch_id, type, currency, count, net_minor, coupon_minor, fees) values ($1, $2, $3, 'PAYMENT', 'USD', $4, $5, 0, '{}')`, [file, this.accountId, batch, ofBatch.length, net]);
    }
  }

  async summary(on: string, batch: string, net: bigint): Promise<void> {
    const file = await this.file('settlement-summary', on);
    await this.database.query(`insert into summary_rows (file_id, line, account_id, batch_id, type, settled_at, currency, count, net_minor, coupon_minor, fees, raw) values ($1, 2, $2, $3, 'TOTAL', $4, 'USD', 1, $5, 0, '{}', 'raw')`, [file, this.accountId, batch, `${on}T10:00:00+08:00`, net]);
  }

  async bank(bookings: readonly { on: string; amount: bigint; text: string; reference?: string }[]): Promise<void> {
    const file = await this.file('bank-statement', bookings.at(-1)!.on, { totals: '[{"currency":"USD","minor":"0"}]' });
    for (const { on, amount, text, reference } of bookings) {
      await this.database.query(`insert into bank_lines (file_id, line, account_id, booked_on, currency, amount_minor, text, reference) values ($1, $2, $3, $4, 'USD', $5, $6, $7)`, [file, this.line += 1, this.accountId, on, amount, text, reference ?? null]);
    }
  }

  async break(row: { id: string; kind: string; on: string; alipayId?: string; riskMinor: bigint; explanation?: string; storeId?: string }): Promise<void> {
    await this.database.query(
      `insert into breaks (id, kind, chain_id, account_id, business_date, type, alipay_id, risk_currency, risk_minor, opened_at, due_on, order_key, store_id, explanation, status)
        values ($1, $2, 'demo', $3, $4, 'PAYMENT', $5, 'USD', $6, $7, $4, 'demo:=1+1', $8, $9, $10)`,
      [row.id, row.kind, this.accountId, row.on, row.alipayId ?? null, row.riskMinor, `${row.on}T12:00:00Z`, row.storeId ?? 'S001', row.explanation ?? null, row.explanation === undefined ? 'open' : 'explained'],
    );
    await this.database.query(`insert into break_history (break_id, number, at, by_kind, by_name, action, details) values ($1, 1, $2, 'system', 'reconciliation', 'opened', '{}')`, [row.id, `${row.on}T12:00:00Z`]);
  }

  async run(on: string, version: number, hash: string): Promise<void> {
    await this.database.query(`insert into runs (account_id, business_date, kind, version, chain_id, at, hash, lines, matched, breaks_opened, breaks_resolved, breaks_open, files) values ($1, $2, 'transactions', $3, 'demo', $4, $5, 1, 1, 0, 0, 0, '[]')`, [this.accountId, on, version, `${on}T13:00:00Z`, hash]);
    await this.database.query(`insert into days (account_id, business_date, chain_id, runs, matched_at) values ($1, $2, 'demo', $3, $4) on conflict (account_id, business_date, kind) do update set runs = excluded.runs`, [this.accountId, on, version, `${on}T13:00:00Z`]);
  }

  private async settledLine(file: string, row: SettledRow): Promise<void> {
    const { on, batch, alipayId, amount, currency = 'USD', type = 'PAYMENT', class: of = 'order', requestId = null, storeId = null, net, fee = 0n, coupon = 0n, quote } = row;
    await this.database.query(
      `insert into settled_lines (business_date, file_id, line, account_id, batch_id, class, type, alipay_id, request_id, store_id, currency, amount_minor, net_currency, net_minor, fee_minor, coupon_minor, quote_pair, quote_price)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'USD', $13, $14, $15, $16, $17)`,
      [on, file, this.line += 1, this.accountId, batch, of, type, alipayId, requestId, storeId, currency, amount, net, fee, coupon, quote?.[0] ?? null, quote?.[1] ?? null],
    );
  }
}
