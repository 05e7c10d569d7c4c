import type { Payment } from '../core/payment.js';
import type { EvidenceRepository, KeptExchange } from '../outbound/evidence.repository.js';
import type { KeptOperatorAction, OperatorActionRepository } from '../outbound/operator-action.repository.js';
import type { PaymentRepository } from '../outbound/payment.repository.js';

/** All that the gateway knows of an order. */
export interface GatewayStory {
  readonly payments: readonly Payment[];
  readonly exchanges: readonly KeptExchange[];
  readonly actions: readonly KeptOperatorAction[];
}

export class FindTimeline {
  constructor(private readonly payments: PaymentRepository, private readonly evidence: EvidenceRepository, private readonly actions: OperatorActionRepository) {}

  async run(orderKey: string): Promise<GatewayStory> {
    const payments = await this.payments.ofOrder(orderKey);
    const ids = payments.map(({ id }) => id);
    const [exchanges, actions] = ids.length === 0 ? [[], []] : await Promise.all([this.evidence.list(ids), this.actions.list(ids)]);
    return { payments, exchanges, actions };
  }
}
