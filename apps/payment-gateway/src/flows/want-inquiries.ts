import type { Cause, Clock, Flow, Log, Tx } from '@scantill/platform';
import { firstAskedBy, type Inquiry } from '../core/inquiry.js';
import type { InquiryRepository } from '../outbound/inquiry.repository.js';

export type WantedInquiry = Omit<Inquiry, 'askedBy' | 'asks'> & { readonly cause: Cause };

/** Writes down what Alipay is to be asked about; asking is due work. */
export class WantInquiries implements Flow<WantedInquiry> {
  constructor(private readonly inquiries: InquiryRepository, private readonly parts: { readonly clock: Clock; readonly log: Log; readonly wakeWorker: () => void }) {}

  async run(tx: Tx, wanted: readonly WantedInquiry[]): Promise<void> {
    const asked = wanted.flatMap((each) => {
      const askedBy = firstAskedBy(each);
      if (askedBy === undefined) this.parts.log.warn({ breakId: each.breakId }, 'an inquiry is wanted about something without an id: nothing can be asked');
      return askedBy === undefined ? [] : [{ ...each, askedBy }];
    });
    await this.inquiries.want(tx, asked, this.parts.clock.now());
    tx.afterCommit(this.parts.wakeWorker);
  }
}
