import type { Currency } from '@scantill/kernel';
import type { PayingWallet } from '../alipay/payment.js';

/** A mobile payment provider of Alipay+, with the one customer who uses it here. */
export interface Provider {
  readonly id: string;
  readonly name: string;
  readonly currency: Currency;
  /** Whose money it is, for the page. */
  readonly customer: string;
  /** Colours of the page: the wallet's own, or near enough for text to be read on it (WCAG AA, 4.5 : 1). */
  readonly colour: string;
  readonly textColour: string;
  readonly identity: PayingWallet;
}

export const providers = [
  {
    id: 'alipay-cn', name: 'Alipay', currency: 'CNY', customer: 'Li San', colour: '#0e6cf0', textColour: '#ffffff',
    identity: { paymentMethodType: 'ALIPAY_CN', pspName: 'ALIPAY_CN', pspCustomerId: '2088000000000001', displayCustomerId: 'san***@mock.com' },
  },
  {
    id: 'kakaopay', name: 'Kakao Pay', currency: 'KRW', customer: 'Kim Minji', colour: '#fee500', textColour: '#191600',
    identity: { paymentMethodType: 'KAKAOPAY', pspName: 'KaKaoPay', pspCustomerId: '2140000000000002', displayCustomerId: 'min***@mock.com' },
  },
  {
    id: 'gcash', name: 'GCash', currency: 'PHP', customer: 'Maria Santos', colour: '#0a58ca', textColour: '#ffffff',
    identity: { paymentMethodType: 'GCASH', pspName: 'GCash', pspCustomerId: '2170000000000003', displayCustomerId: '0917****456' },
  },
] as const satisfies readonly Provider[];

export type ProviderId = (typeof providers)[number]['id'];
export const providerIds = ['alipay-cn', 'kakaopay', 'gcash'] as const satisfies readonly ProviderId[];

export function findProvider(id: string | undefined): Provider | undefined {
  return providers.find((provider) => provider.id === id);
}
