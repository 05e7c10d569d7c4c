import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { Signer, signedPrefix } from '@scantill/alipay';
import Fastify from 'fastify';

export const CLIENT_ID = 'T_111222333';
export const NOTIFY_PATH = '/alipay/notify?of=us';
export const alipayKeys = generateKeyPairSync('rsa', { modulusLength: 2048 });
export const merchantKeys = generateKeyPairSync('rsa', { modulusLength: 2048 });
export const pem = (key: KeyObject) => key.export({ format: 'pem', type: key.type === 'private' ? 'pkcs8' : 'spki' }).toString();

const signer = new Signer({ 1: alipayKeys.privateKey });
const SUCCESS = { resultStatus: 'S', resultCode: 'SUCCESS', resultMessage: 'success' };
const ANSWER_AFTER_MS = 40;

interface Asked { readonly paymentRequestId: string }

/** Issues codes, answers inquiries as it is told, signs what it says, and notices two calls for one payment at once. */
export class FakeAlipay {
  /** What an inquiry says; without an entry the payment is still being processed. */
  readonly found = new Map<string, Record<string, unknown>>();
  readonly calls: { operation: string; id: string }[] = [];
  mostAtOnce = 0;
  url = '';
  private readonly underWay = new Map<string, number>();
  private readonly app = Fastify();

  async start(): Promise<this> {
    this.app.post<{ Params: { operation: string }; Body: Asked }>('/ams/api/v1/payments/:operation', async ({ params, body, url }, reply) => {
      const { paymentRequestId: id } = body;
      this.calls.push({ operation: params.operation, id });
      const atOnce = (this.underWay.get(id) ?? 0) + 1;
      this.underWay.set(id, atOnce);
      this.mostAtOnce = Math.max(this.mostAtOnce, atOnce);
      await new Promise((resolve) => setTimeout(resolve, ANSWER_AFTER_MS));
      this.underWay.set(id, atOnce - 1);
      const answer = JSON.stringify({ result: SUCCESS, paymentRequestId: id, paymentId: alipayPaymentIdOf(id), ...this.answer(params.operation, id) });
      const time = new Date().toISOString();
      const signature = await signer.sign(Buffer.from(signedPrefix({ path: url, clientId: CLIENT_ID, time }) + answer));
      return reply.headers({ 'content-type': 'application/json', 'client-id': CLIENT_ID, 'response-time': time, signature }).send(answer);
    });
    this.url = await this.app.listen({ host: '127.0.0.1', port: 0 });
    return this;
  }

  async stop(): Promise<void> {
    await this.app.close();
  }

  private answer(operation: string, id: string): Record<string, unknown> {
    if (operation === 'pay') return { orderCodeForm: { codeDetails: [{ codeValue: `https://pay.example/${id}`, displayType: 'TEXT' }] } };
    return operation === 'inquiryPayment' ? { paymentStatus: 'PROCESSING', ...this.found.get(id) } : {};
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
export async function notice(id: string, changes: Record<string, unknown> = {}, { clientId = CLIENT_ID, signedBy = signer } = {}): Promise<Notice> {
  const time = String(Date.now());
  const body = JSON.stringify({
    notifyType: 'PAYMENT_RESULT', result: SUCCESS, paymentRequestId: id, paymentId: alipayPaymentIdOf(id), paymentAmount: { currency: 'USD', value: '1099' },
    paymentTime: new Date().toISOString(), pspCustomerInfo: { pspName: 'AlipayCN', pspCustomerId: '2088secret' }, ...changes,
  });
  const signature = await signedBy.sign(Buffer.from(signedPrefix({ path: NOTIFY_PATH, clientId, time }) + body));
  return { headers: { 'content-type': 'application/json', 'client-id': clientId, 'request-time': time, signature }, body };
}
