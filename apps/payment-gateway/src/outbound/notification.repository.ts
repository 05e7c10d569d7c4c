import type { Statement, Tx } from '@scantill/platform';

export interface StoredNotification {
  readonly paymentId: string;
  readonly clientId: string;
  readonly requestTime: string;
  /** Over the raw bytes, base64. */
  readonly sha256: string;
  /** The body without what could name a wallet's owner. */
  readonly masked: string;
  readonly verdict: 'applied' | 'repeated' | 'disagrees' | 'unknown-payment';
  readonly receivedAt: Date;
}

const KEEP: Statement = {
  name: 'notifications-keep',
  text: `insert into notifications (payment_id, client_id, request_time, sha256, masked, verdict, received_at)
    select payment_id, client_id, request_time, decode(sha256, 'base64'), masked, verdict, received_at
    from json_to_recordset($1::json) as n(payment_id text, client_id text, request_time text, sha256 text, masked text, verdict text, received_at timestamptz)`,
};

export class NotificationRepository {
  async keep(tx: Tx, notifications: readonly StoredNotification[]): Promise<void> {
    const rows = notifications.map((each) => ({
      payment_id: each.paymentId, client_id: each.clientId, request_time: each.requestTime, sha256: each.sha256, masked: each.masked, verdict: each.verdict,
      received_at: each.receivedAt.toISOString(),
    }));
    await tx.query(KEEP, [JSON.stringify(rows)]);
  }
}
