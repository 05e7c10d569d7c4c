import { createHash } from 'node:crypto';
import { orderKey, type ChainId, type Money, type OrderId, type Result } from '@scantill/kernel';
import { ok } from '@scantill/kernel';
import type { Directory } from '@scantill/platform';
import type { OrderLine, PlacedOrder } from '../core/order.js';
import { sellingTerms, type TermsRejected } from '../core/selling-terms.js';

/** What a till asked for, in our words. */
export interface OrderWish {
  readonly chainId: string;
  readonly orderId: string;
  readonly storeId: string;
  readonly tillId: string | null;
  readonly amount: Money;
  readonly description: string;
  readonly lines: readonly OrderLine[];
  /** Real milliseconds since the till published it; zero over HTTP. */
  readonly publishedAgoMs: number;
  readonly validUntil: Date | null;
  readonly deadlineSeconds: number | null;
  readonly codeSeconds: number | null;
}

const VALID_SECONDS = 60;
const DEADLINE_SECONDS = 1_800;
/** Under the ten minutes that Alipay's SDK documents for `paymentExpiryTime`, so safe for either edition. */
const CODE_SECONDS = 540;

/** Completes a wish with the store's terms and our defaults, or says why the store cannot sell it. */
export class PrepareOrder {
  constructor(private readonly directory: Directory) {}

  run(wish: OrderWish, now: Date): Result<PlacedOrder, TermsRejected> {
    const { chainId, storeId, tillId, amount } = wish;
    const terms = sellingTerms(this.directory.store(chainId, storeId), (id) => this.directory.account(id), { tillId, currency: amount.currency });
    if (!terms.ok) return terms;
    return ok({
      key: orderKey(chainId, wish.orderId),
      chainId: chainId as ChainId,
      orderId: wish.orderId as OrderId,
      storeId, tillId, amount,
      description: wish.description,
      lines: wish.lines,
      contentHash: contentHash(wish),
      terms: terms.value,
      codeSeconds: wish.codeSeconds ?? CODE_SECONDS,
      placedAt: now,
      validUntil: wish.validUntil ?? new Date(now.getTime() - wish.publishedAgoMs + VALID_SECONDS * 1_000),
      deadlineAt: new Date(now.getTime() + (wish.deadlineSeconds ?? DEADLINE_SECONDS) * 1_000),
    });
  }
}

/** Over what is bought, where and for how much; not over times, which differ when the same order is sent again. */
function contentHash({ storeId, tillId, amount, description, lines }: OrderWish): string {
  const content = [storeId, tillId, amount.currency, String(amount.minor), description, lines.map((line) => [line.name, line.quantity, line.amount?.currency, String(line.amount?.minor)])];
  return createHash('sha256').update(JSON.stringify(content)).digest('base64');
}
