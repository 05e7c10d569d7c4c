import type { Directory, Tx } from '@scantill/platform';
import { acknowledgeBy } from '../core/acknowledgement.js';
import type { Expectation } from '../core/expectation.js';
import type { AcknowledgeMinutes } from '../outbound/acknowledge-minutes.js';
import type { AcknowledgementRepository } from '../outbound/acknowledgement.repository.js';
import type { ForeseenExpectation } from '../outbound/expectation.repository.js';

/** What is paid at a chain that acknowledges is looked at again when it should have been heard of. */
export class AwaitAcknowledgements {
  constructor(private readonly acknowledgements: AcknowledgementRepository, private readonly minutes: AcknowledgeMinutes, private readonly directory: Directory) {}

  /** By the setting of now: what was recorded under another one keeps its time. */
  foresee(expectation: Expectation): Date | null {
    return acknowledgeBy(expectation, this.directory.chain(expectation.chainId)?.acknowledges?.withinMinutes);
  }

  async plan(tx: Tx, recorded: readonly ForeseenExpectation[], now: Date): Promise<void> {
    const ofChains = recorded.filter(({ chainId }) => this.directory.chain(chainId)?.acknowledges !== undefined);
    const awaited = ofChains.flatMap(({ chainId, accountId, acknowledgeBy: by }) => (by === null ? [] : [{ chainId, accountId, acknowledgeBy: by }]));
    const givenBack = ofChains.filter(({ type }) => type !== 'PAYMENT').map(({ orderKey }) => orderKey);
    const again = givenBack.length === 0 ? [] : await this.acknowledgements.passed(tx, givenBack, now);
    await this.minutes.plan(tx, [...awaited, ...again], now);
  }
}
