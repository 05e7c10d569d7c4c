import type { Clock, Flow, Tx } from '@scantill/platform';
import { expectationOf, fold, type PaymentFact } from '../core/expectation.js';
import type { DueDays } from '../outbound/due-days.js';
import type { ExpectationRepository } from '../outbound/expectation.repository.js';

/** Remembers what Alipay's files must say. The same fact again changes nothing. */
export class RecordExpectations implements Flow<PaymentFact> {
  constructor(private readonly expectations: ExpectationRepository, private readonly dueDays: DueDays, private readonly clock: Clock) {}

  async run(tx: Tx, facts: readonly PaymentFact[]): Promise<void> {
    const expectations = fold(facts.flatMap((fact) => expectationOf(fact) ?? []));
    if (expectations.length === 0) return;
    const now = this.clock.now();
    const days = await this.expectations.record(tx, expectations, now);
    await this.dueDays.schedule(tx, days, now);
  }
}
