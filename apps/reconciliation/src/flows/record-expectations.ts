import type { Clock, Flow, Tx } from '@scantill/platform';
import { contractOn } from '../core/contract.js';
import { expectationOf, fold, type Expectation, type PaymentFact } from '../core/expectation.js';
import { foresee } from '../core/foreseen.js';
import type { ContractRepository } from '../outbound/contract.repository.js';
import type { DueDays } from '../outbound/due-days.js';
import type { ExpectationRepository, ForeseenExpectation } from '../outbound/expectation.repository.js';
import type { LateDays } from '../outbound/late-days.js';
import type { AwaitAcknowledgements } from './await-acknowledgements.js';
import type { TillDays } from '../outbound/till-days.js';

export interface RecordExpectationsParts {
  readonly expectations: ExpectationRepository;
  readonly contracts: ContractRepository;
  readonly dueDays: DueDays;
  readonly lateDays: LateDays;
  readonly awaitAcknowledgements: AwaitAcknowledgements;
  readonly tillDays: TillDays;
  readonly clock: Clock;
}

/** Remembers what Alipay's files must say, what it costs, and when the money must be there. The same fact again changes nothing. */
export class RecordExpectations implements Flow<PaymentFact> {
  constructor(private readonly parts: RecordExpectationsParts) {}

  async run(tx: Tx, facts: readonly PaymentFact[]): Promise<void> {
    const { expectations, dueDays, lateDays, awaitAcknowledgements, tillDays, clock } = this.parts;
    const wanted = fold(facts.flatMap((fact) => expectationOf(fact) ?? []));
    if (wanted.length === 0) return;
    const now = clock.now();
    const foreseen = await this.foresee(tx, wanted);
    const days = await expectations.record(tx, foreseen, now);
    await dueDays.schedule(tx, days, now);
    await lateDays.plan(tx, foreseen.flatMap(({ chainId, accountId, lateOn }) => (lateOn === null ? [] : [{ chainId, accountId, lateOn }])), now);
    await awaitAcknowledgements.plan(tx, foreseen, now);
    await tillDays.changed(tx, foreseen, now);
  }

  private async foresee(tx: Tx, wanted: readonly Expectation[]): Promise<ForeseenExpectation[]> {
    const contracts = await this.parts.contracts.ofAccounts(tx, [...new Set(wanted.map(({ accountId }) => accountId))]);
    const withTerms = wanted.map((each) => ({ each, terms: contractOn(contracts, each.accountId, each.businessDate) }));
    const refunded = withTerms.filter(({ each, terms }) => each.type === 'REFUND' && terms !== undefined).map(({ each }) => each.paymentId);
    const paid = await this.parts.expectations.paid(tx, [...new Set(refunded)]);
    const paidHere = new Map(wanted.flatMap(({ type, paymentId, amount }) => (type === 'PAYMENT' && amount !== null ? [[paymentId, amount]] : [])));
    return withTerms.map(({ each, terms }) => ({
      ...each, ...foresee(each, terms, paidHere.get(each.paymentId) ?? paid.get(each.paymentId) ?? null), acknowledgeBy: this.parts.awaitAcknowledgements.foresee(each),
    }));
  }
}
