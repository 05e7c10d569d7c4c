/** What may never be seen, on any day. The audit names each by these words. */
export const rules = {
  'one-live-code': 'no order has two live codes',
  'only-ours': 'every payment that Alipay knows is one of ours',
  'one-call': 'at most one call per payment is under way',
  'asked-first': 'Alipay is asked before every cancel',
  'ends-by-alipay': 'a payment ends unpaid only when nobody has paid it or can pay it',
  'paid-as-asked': 'a payment succeeds only with the amount that was asked for',
  'refunds-within-paid': 'no more is given back than was paid',
  'reserved-first': 'what Alipay gives back was reserved with us',
  understood: 'no service asks of the other what that refuses',
  'told-once': 'nothing is announced twice with different content',
  ends: 'everything comes to an end, or waits for a person',
  'money-agrees': 'what Alipay holds is what the gateway holds',
  'orders-agree': 'what the gateway holds of an order is what the order holds',
  'breaks-explained': 'every difference between what Alipay would list and what we would expect is late money that waits for a person or bounced, or was reported otherwise, as a person was told',
  'no-success-lost': 'every success ends in paid, is given back, or waits for a person',
} as const;

export type Rule = keyof typeof rules;

export interface Violation {
  readonly rule: Rule;
  readonly orderKey: string;
  readonly detail: string;
}
