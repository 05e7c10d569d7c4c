import type { Clock, Flow, Tx } from '@scantill/platform';
import type { Heard } from '../core/acknowledgement.js';
import type { AcknowledgeMinutes } from '../outbound/acknowledge-minutes.js';
import type { AcknowledgementRepository } from '../outbound/acknowledgement.repository.js';

/** Remembers who has heard of a paid order, be it before the payment is known or long after. What comes too late ends its break. */
export class RecordAcknowledgements implements Flow<Heard> {
  constructor(private readonly acknowledgements: AcknowledgementRepository, private readonly minutes: AcknowledgeMinutes, private readonly clock: Clock) {}

  async run(tx: Tx, heard: readonly Heard[]): Promise<void> {
    const now = this.clock.now();
    await this.acknowledgements.keep(tx, heard);
    await this.minutes.plan(tx, await this.acknowledgements.passed(tx, heard.map(({ orderKey }) => orderKey), now), now);
  }
}
