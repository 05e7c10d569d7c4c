import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { Signer, signedPrefix, Verifier } from '@scantill/alipay';
import Fastify from 'fastify';

export const CLIENT_ID = 'T_111222333';
export const NOTIFY_PATH = '/alipay/notify?of=us';
export const alipayKeys = generateKeyPairSync('rsa', { modulusLength: 2048 });
export const merchantKeys = generateKeyPairSync('rsa', { modulusLength: 2048 });
export const pem = (key: KeyObject) => key.export({ format: 'pem', type: key.type === 'private' ? 'pkcs8' : 'spki' }).toString();

const signer = new Signer({ 1: alipayKeys.privateKey });
const merchant = new Verifier({ 1: merchantKeys.publicKey });
const SUCCESS = { resultStatus: 'S', resultCode: 'SUCCESS', resultMessage: 'success' };
const ANSWER_AFTER_MS = 40;

/** A call as it came in. */
export interface AlipayCall {
  readonly operation: string;
  /** Of the payment; of a refund, its own. */
  readonly id: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly request: Buffer;
  /** Once it was answered. */
  response?: Buffer;
}

/** What is said instead of a success; nothing is said to a call that is cut off. */
export type Scripted = Readonly<Record<string, unknown>> | 'cut-off' | undefined;

export const failure = (resultCode: string) => ({ result: { resultStatus: 'F', resultCode, resultMessage: 'no' } });
export const unknown = (resultCode: string) => ({ result: { resultStatus: 'U', resultCode, resultMessage: 'maybe' } });

/** Issues codes, answers inquiries as it is told, believes nobody whose signature it does not know, signs what it says, and notices two calls for one payment at once. */
export class FakeAlipay {
  /** What an inquiry says; without an entry the payment is still being processed. */
  readonly found = new Map<string, Record<string, unknown>>();
  readonly calls: AlipayCall[] = [];
  mostAtOnce = 0;
  url = '';
  /** What goes differently; asked for every call, which waits for it. */
  script: (call: AlipayCall) => Scripted | Promise<Scripted> = () => undefined;
  /** Its own clock, if it is not right. */
  clockAheadMs = 0;
  private readonly refunds = new Map<string, { paymentId: string; amount: unknown }>();
  private readonly underWay = new Map<string, number>();
  private readonly app = Fastify();

  async start(): Promise<this> {
    this.app.removeAllContentTypeParsers();
    this.app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    this.app.post<{ Params: { operation: string }; Body: Buffer }>('/ams/api/v1/payments/:operation', async ({ params, body: request, url, headers }, reply) => {
      const body = JSON.parse(request.toString()) as Record<string, unknown>;
      const call: AlipayCall = { operation: params.operation, id: String(body['paymentRequestId'] ?? body['refundRequestId']), body, request };
      this.calls.push(call);
      const time = new Date(Date.now() + this.clockAheadMs).toISOString();
      if (!merchant.verify({ path: url, clientId: CLIENT_ID, time: String(headers['request-time']) }, request, String(headers['signature']))) return failure('SIGNATURE_INVALID');
      const answer = await this.atOnce(this.paymentOf(call), () => this.script(call));
      if (answer === 'cut-off') return reply.hijack().raw.destroy();
      call.response = Buffer.from(JSON.stringify({ result: SUCCESS, ...(answer ?? this.answer(call)) }));
      const signature = await signer.sign(Buffer.concat([Buffer.from(signedPrefix({ path: url, clientId: CLIENT_ID, time })), call.response]));
      return reply.headers({ 'content-type': 'application/json', 'client-id': CLIENT_ID, 'response-time': time, signature }).send(call.response);
    });
    this.url = await this.app.listen({ host: '127.0.0.1', port: 0 });
    return this;
  }

  async stop(): Promise<void> {
    await this.app.close();
  }

  /** Those about one payment or refund, by its id. */
  callsOf(operation: string, id?: string): readonly AlipayCall[] {
    return this.calls.filter((call) => call.operation === operation && (id === undefined || call.id === id));
  }

  private async atOnce(payment: string, decide: () => Scripted | Promise<Scripted>): Promise<Scripted> {
    const atOnce = (this.underWay.get(payment) ?? 0) + 1;
    this.underWay.set(payment, atOnce);
    this.mostAtOnce = Math.max(this.mostAtOnce, atOnce);
    await new Promise((resolve) => setTimeout(resolve, ANSWER_AFTER_MS));
    const answer = await decide();
    this.underWay.set(payment, atOnce - 1);
    return answer;
  }

  private paymentOf({ body, id }: AlipayCall): string {
    if (typeof body['paymentId'] === 'string') return body['paymentId'];
    return this.refunds.get(id)?.paymentId ?? alipayPaymentIdOf(id);
  }

  private answer({ operation, id, body }: AlipayCall): Record<string, unknown> {
    const payment = { paymentRequestId: id, paymentId: alipayPaymentIdOf(id) };
    switch (operation) {
      case 'pay': return { ...payment, orderCodeForm: { codeDetails: [{ codeValue: `https://pay.example/${id}`, displayType: 'TEXT' }] } };
      case 'inquiryPayment': return { ...payment, paymentStatus: 'PROCESSING', ...this.found.get(id) };
      case 'refund': {
        this.refunds.set(id, { paymentId: String(body['paymentId']), amount: body['refundAmount'] });
        return this.refunded(id);
      }
      case 'inquiryRefund': return this.refunds.has(id) ? { ...this.refunded(id), refundStatus: 'SUCCESS' } : failure('REFUND_NOT_EXIST');
      default: return payment;
    }
  }

  private refunded(id: string): Record<string, unknown> {
    return { refundRequestId: id, refundId: `R${id.slice(0, 20)}`, refundAmount: this.refunds.get(id)?.amount, refundTime: new Date().toISOString() };
  }
}

export function alipayPaymentIdOf(id: string): string {
  return `2026112519${id.slice(0, 20)}`;
}

export interface Notice {
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** A signed notification that a payment succeeded. */
export async function notice(id: string, changes: Record<string, unknown> = {}, { clientId = CLIENT_ID, signedBy = signer, path = NOTIFY_PATH } = {}): Promise<Notice> {
  const time = String(Date.now());
  const body = JSON.stringify({
    notifyType: 'PAYMENT_RESULT', result: SUCCESS, paymentRequestId: id, paymentId: alipayPaymentIdOf(id), paymentAmount: { currency: 'USD', value: '1099' },
    paymentTime: new Date().toISOString(), pspCustomerInfo: { pspName: 'AlipayCN', pspCustomerId: '2088secret' }, ...changes,
  });
  const signature = await signedBy.sign(Buffer.from(signedPrefix({ path, clientId, time }) + body));
  return { headers: { 'content-type': 'application/json', 'client-id': clientId, 'request-time': time, signature }, body };
}
