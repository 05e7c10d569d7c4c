import { isCurrency } from '@scantill/kernel';
import type { DeclineCode } from '../alipay/results.js';
import type { OrderBehindCode, ReportOutcome, WalletDoor } from '../alipay/wallet-door.js';
import type { Provider } from './providers.js';
import { priceIn, type WalletPrice } from '../quote.js';

/** What the customer sees after scanning: the order, and what it costs in the wallet's own currency. */
export interface Scan {
  readonly order: OrderBehindCode;
  readonly price: WalletPrice;
}

/** The app of one provider on a customer's phone. It knows no more than what its camera reads and what Alipay says about that. */
export class Wallet {
  constructor(
    readonly provider: Provider,
    private readonly alipay: WalletDoor,
  ) {}

  /** Looks at the order; nothing changes by it. @returns nothing for an unknown code */
  scan(code: string): Scan | undefined {
    const order = this.alipay.fetchOrder(code);
    return order && { order, price: this.price(order) };
  }

  /** The customer confirms: the wallet charges the price it has shown and reports to Alipay. */
  confirm(code: string): ReportOutcome | undefined {
    const scan = this.scan(code);
    if (!scan) return undefined;
    return this.alipay.reportPaid(code, { wallet: this.provider.identity, ...scan.price });
  }

  /** The customer declines, or the wallet cannot charge. */
  decline(code: string, reason: DeclineCode): ReportOutcome | undefined {
    return this.alipay.reportDeclined(code, reason);
  }

  private price({ currency, value }: OrderBehindCode): WalletPrice {
    if (!isCurrency(currency)) throw new Error(`Alipay issued a code in ${currency}, which it does not know`);
    return priceIn(this.provider.currency, currency, value);
  }
}
