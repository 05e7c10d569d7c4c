import type { Cause, Clock, Flow, Log, Tx } from '@scantill/platform';
import type { InquiryAnswer } from '../core/inquiry-answer.js';
import { PAYMENT_GATEWAY } from '../outbound/break-history.js';
import type { BreakRepository } from '../outbound/break.repository.js';

export interface AnsweredInquiry {
  readonly chainId: string;
  readonly breakId: string;
  readonly answer: InquiryAnswer;
  readonly cause: Cause;
}

/** What Alipay says of a line that is missing with us goes into the history of its break. Nothing is decided by it: people and files end breaks. */
export class RecordInquiryAnswers implements Flow<AnsweredInquiry> {
  constructor(private readonly breaks: BreakRepository, private readonly clock: Clock, private readonly log: Log) {}

  async run(tx: Tx, answered: readonly AnsweredInquiry[]): Promise<void> {
    const sorted = answered.toSorted((a, b) => a.breakId.localeCompare(b.breakId));
    for (const { chainId, breakId, answer, cause } of sorted) {
      const before = await this.breaks.lock(tx, chainId, breakId);
      if (before === undefined) this.log.warn({ chainId, breakId }, 'an inquiry is answered about a break that is not there');
      else await this.breaks.save(tx, [{ before, events: [{ kind: 'inquiry-answered', answer }] }], PAYMENT_GATEWAY, { at: this.clock.now(), cause });
    }
  }
}
