import { err, ok, type Result } from '@scantill/kernel';
import { UnitOfWork, type AnsweringFlow, type Clock, type Database, type Tx } from '@scantill/platform';
import type { OperatorAction, PaymentRejected } from '../core/decide-payment.js';
import type { Payment } from '../core/payment.js';
import type { OperatorActionRepository } from '../outbound/operator-action.repository.js';
import type { ChangePayments } from './change-payments.js';

export interface Operation {
  readonly paymentId: string;
  readonly action: OperatorAction;
  readonly reason: string;
  /** Whose key it was. */
  readonly operator: string;
}

type Operated = Result<Payment, PaymentRejected>;

/** What a person decides about a payment, recorded with its reason whether it was possible or not. */
export class OperatePayment implements AnsweringFlow<Operation, Operated> {
  private readonly work: UnitOfWork<Operation, Operated>;

  constructor(
    database: Database,
    private readonly actions: OperatorActionRepository,
    private readonly changePayments: ChangePayments,
    private readonly parts: { readonly clock: Clock; readonly wakeWorker: () => void },
  ) {
    this.work = new UnitOfWork(database, this);
  }

  act(operation: Operation): Promise<Operated> {
    return this.work.run(operation);
  }

  async run(tx: Tx, operations: readonly Operation[]): Promise<Operated[]> {
    const at = this.parts.clock.now();
    const outcomes = await this.changePayments.run(tx, operations.map(({ paymentId, action }) => ({
      target: { paymentId }, inputs: [{ kind: 'operate', action }], at, cause: null, endsCall: false,
    })));
    await this.actions.append(tx, operations.map((operation, index) => ({ ...operation, refused: refusalOf(outcomes[index]!), at })));
    tx.afterCommit(this.parts.wakeWorker);
    return outcomes.map((outcome) => (outcome.ok ? ok(outcome.value) : err(outcome.error)));
  }
}

function refusalOf(outcome: Operated): string | null {
  return outcome.ok ? null : outcome.error.kind;
}
