import { isCurrency } from '@scantill/kernel';
import type { Amount, PayRequest } from '@scantill/alipay';
import { instantText } from '../../time.js';
import type { Account } from '../accounts.js';
import type { Alipay, Caller } from '../alipay.js';
import type { Merchant, OrderLine, Payment } from '../payment.js';
import { paymentResult, refuse, refuseAgain, resultOf, type Answer, type ResultCode } from '../results.js';

/** Older editions of Alipay's page: the expiry must be less than 30 minutes ahead. */
const MAX_LIFE_MS = 30 * 60_000;
/** The default of Alipay's Python SDK; real ones come from the contract. */
const DEFAULT_LIFE_MS = 14 * 60_000;
const AMOUNT = /^[1-9]\d{0,15}$/;
/** Alipay rounds IDR to whole hundreds of its smallest unit and refuses others. */
const IDR_STEP = 100n;

/** Issues an order code, or answers as before if this request id is known. S means that the code exists, not that anyone paid. */
export function pay(alipay: Alipay, request: PayRequest, caller: Caller): Answer {
  const book = alipay.ledger.of(caller.account.clientId);
  const known = book.payments.get(request.paymentRequestId);
  if (known) return repeat(alipay, known, request.paymentAmount);
  const refused = book.refusals.find({ operation: 'pay', requestId: request.paymentRequestId });
  if (refused) return refuseAgain(refused, request.paymentAmount);

  const now = alipay.clock.now();
  const expiresAt = toSecond(request.paymentExpiryTime === undefined ? now + DEFAULT_LIFE_MS : Date.parse(request.paymentExpiryTime));
  if (expiresAt <= now || expiresAt > now + MAX_LIFE_MS) return refuse('PARAM_ILLEGAL', 'paymentExpiryTime must be within the next 30 minutes.');
  for (const [field, amount] of [['paymentAmount', request.paymentAmount], ['order.orderAmount', request.order.orderAmount]] as const) {
    if (!isCurrency(amount.currency)) return refuse('CURRENCY_NOT_SUPPORT');
    if (!isPayable(amount)) return refuse('PARAM_ILLEGAL', `${field}.value must be a positive whole number of the smallest unit.`);
  }
  const objection = objectionTo(request, caller.account);
  if (!objection) return issue(alipay, request, { issuedAt: now, expiresAt, caller });
  const { currency, value } = request.paymentAmount;
  alipay.ledger.record({ type: 'request-refused', client: caller.account.clientId, operation: 'pay', requestId: request.paymentRequestId, currency, value, code: objection });
  return refuse(objection);
}

/** What the contract does not allow. */
function objectionTo({ paymentAmount, settlementStrategy }: PayRequest, { currencies, settlementCurrency }: Account): ResultCode | undefined {
  if (currencies && !currencies.includes(paymentAmount.currency)) return 'CURRENCY_NOT_SUPPORT';
  const asked = settlementStrategy?.settlementCurrency;
  return settlementCurrency !== undefined && asked !== undefined && asked !== settlementCurrency ? 'SETTLE_CONTRACT_NOT_MATCH' : undefined;
}

/** A code lives exactly as long as the form says, which gives whole seconds: whoever asks at the expiry learns that it is over. */
function toSecond(ms: number): number {
  return ms - (ms % 1_000);
}

function issue(alipay: Alipay, request: PayRequest, terms: { issuedAt: number; expiresAt: number; caller: Caller }): Answer {
  const { ledger } = alipay;
  const { order } = request;
  const { account, isSandbox, dawdles = false } = terms.caller;
  const number = ledger.payments.length;
  ledger.record({
    type: 'code-issued', number, at: terms.issuedAt, expiresAt: terms.expiresAt, client: account.clientId,
    settlementCurrency: request.settlementStrategy?.settlementCurrency ?? account.settlementCurrency, requestId: request.paymentRequestId, orderId: order.referenceOrderId,
    currency: request.paymentAmount.currency, value: request.paymentAmount.value, merchant: merchantOf(request), description: order.orderDescription,
    lines: linesOf(request), isSandbox,
  });
  const payment = ledger.payments[number] as Payment;
  if (!dawdles) alipay.codeShown(ledger.code(payment));
  return codeAnswer(alipay, payment);
}

/** The same request gives the same code while it lives; afterwards the way the payment ended. */
function repeat(alipay: Alipay, payment: Payment, amount: Amount): Answer {
  if (payment.currency !== amount.currency || payment.value !== amount.value) return refuse('REPEAT_REQ_INCONSISTENT');
  alipay.ledger.closeIfExpired(payment, alipay.clock.now());
  const isCodeStillTrue = payment.status === 'PROCESSING' || payment.status === 'SUCCESS';
  return isCodeStillTrue ? codeAnswer(alipay, payment) : { result: paymentResult(payment.resultCode) };
}

function codeAnswer({ ledger, publicUrl }: Alipay, payment: Payment): Answer {
  const code = ledger.code(payment);
  const image = (size: string) => `${publicUrl}/qr/${code}_${size}.png`;
  return {
    result: resultOf('SUCCESS'),
    paymentRequestId: payment.requestId,
    paymentId: ledger.paymentId(payment),
    paymentAmount: { currency: payment.currency, value: payment.value },
    paymentCreateTime: instantText(payment.issuedAt),
    orderCodeForm: {
      paymentMethodType: 'CONNECT_WALLET',
      expireTime: instantText(payment.expiresAt),
      codeDetails: [
        { codeValue: `${publicUrl}/${code}`, displayType: 'TEXT' },
        { codeValue: image('m'), displayType: 'MIDDLEIMAGE' },
        { codeValue: image('b'), displayType: 'BIGIMAGE' },
        { codeValue: image('s'), displayType: 'SMALLIMAGE' },
      ],
    },
  };
}

function isPayable({ currency, value }: Amount): boolean {
  return AMOUNT.test(value) && (currency !== 'IDR' || BigInt(value) % IDR_STEP === 0n);
}

function merchantOf({ order: { merchant }, paymentNotifyUrl: notifyUrl }: PayRequest): Merchant {
  return {
    merchantId: merchant.referenceMerchantId, merchantName: merchant.merchantName,
    storeId: merchant.store.referenceStoreId, storeName: merchant.store.storeName, notifyUrl,
  };
}

function linesOf({ order }: PayRequest): OrderLine[] {
  return (order.goods ?? []).map(({ goodsName: name, goodsQuantity: quantity = '1' }) => ({ name, quantity }));
}
