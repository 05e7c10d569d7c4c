import type { Database, Statement, Tx } from '@scantill/platform';

export interface OperatorActionRecord {
  readonly paymentId: string;
  readonly action: string;
  readonly reason: string;
  readonly operator: string;
  readonly refused: string | null;
  readonly at: Date;
}

export interface KeptOperatorAction {
  readonly payment_id: string;
  readonly action: string;
  readonly reason: string;
  readonly operator: string;
  readonly refused: string | null;
  readonly at: Date;
}

const APPEND: Statement = {
  name: 'operator-actions-append',
  text: `insert into operator_actions (payment_id, action, reason, operator, refused, at)
    select payment_id, action, reason, operator, refused, at
    from json_to_recordset($1::json) as a(payment_id text, action text, reason text, operator text, refused text, at timestamptz)`,
};
const LIST_MAX = 200;
const LIST: Statement = { name: 'operator-actions-list', text: 'select payment_id, action, reason, operator, refused, at from operator_actions where payment_id = any($1::text[]) order by id limit $2' };

export class OperatorActionRepository {
  constructor(private readonly database: Database) {}

  async append(tx: Tx, actions: readonly OperatorActionRecord[]): Promise<void> {
    await tx.query(APPEND, [JSON.stringify(actions.map(({ paymentId, at, ...rest }) => ({ ...rest, payment_id: paymentId, at: at.toISOString() })))]);
  }

  async list(paymentIds: readonly string[]): Promise<KeptOperatorAction[]> {
    return this.database.query<KeptOperatorAction>(LIST, [paymentIds, LIST_MAX]);
  }
}
