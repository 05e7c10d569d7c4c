import {
  cancelRequest, inquiryPaymentRequest, inquiryRefundRequest, payRequest, PRODUCTION_BASE, refundRequest, SANDBOX_BASE, type Operation,
} from '@scantill/alipay';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { z } from 'zod';
import { instantText } from '../time.js';
import type { Alipay } from './alipay.js';
import { cancel } from './operations/cancel.js';
import { inquiryPayment } from './operations/inquiry-payment.js';
import { pay } from './operations/pay.js';
import { inquiryRefund, refund } from './operations/refund.js';
import { refuse, type Answer } from './results.js';
import type { AlipaySignatures } from './signatures.js';

const JSON_TYPE = /^application\/json\b/i;
const MAX_BODY_BYTES = 262_144;

export interface ApiAccess {
  readonly clientId: string;
  readonly signatures: AlipaySignatures;
  /** How often each operation was called, for the statistics. */
  readonly calls: Record<Operation, number>;
}

type Call = (alipay: Alipay, body: unknown, isSandbox: boolean) => Answer;

const calls: Record<Operation, Call> = {
  pay: parsed(payRequest, pay),
  inquiryPayment: parsed(inquiryPaymentRequest, inquiryPayment),
  cancel: parsed(cancelRequest, cancel),
  refund: parsed(refundRequest, refund),
  inquiryRefund: parsed(inquiryRefundRequest, inquiryRefund),
};

/** Alipay's door for merchants: production and sandbox paths of the five calls. */
export function alipayApi(alipay: Alipay, access: ApiAccess) {
  return async (app: FastifyInstance): Promise<void> => {
    app.removeAllContentTypeParsers();
    // The signature is over the bytes as they came, so nothing may parse them before it is checked.
    app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: MAX_BODY_BYTES }, (_request, body, done) => done(null, body));
    app.all('/ams/*', async (request: FastifyRequest, reply) => {
      const path = request.url;
      const clientId = headerText(request, 'client-id');
      const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
      const message = { path, clientId, time: headerText(request, 'request-time'), body };
      const refusal = refuseCaller(request, access, message);
      // Nothing to sign for a caller who could not be told apart from anybody else.
      if (refusal?.result.resultCode === 'SIGNATURE_INVALID') return reply.type('application/json; charset=UTF-8').send(JSON.stringify(refusal));
      return sendSigned(reply, access, { path, clientId, answer: refusal ?? answer(alipay, access, path, body) }, instantText(alipay.clock.now()));
    });
  };
}

function refuseCaller(request: FastifyRequest, access: ApiAccess, message: { path: string; clientId: string; time: string; body: Buffer }): Answer | undefined {
  if (message.clientId !== access.clientId) return refuse('CLIENT_INVALID');
  const verdict = access.signatures.check(message, headerText(request, 'signature'));
  if (verdict === 'unknown-key') return refuse('KEY_NOT_FOUND');
  if (verdict === 'bad') return refuse('SIGNATURE_INVALID');
  if (request.method !== 'POST') return refuse('METHOD_NOT_SUPPORTED');
  return JSON_TYPE.test(headerText(request, 'content-type')) ? undefined : refuse('MEDIA_TYPE_NOT_ACCEPTABLE');
}

function answer(alipay: Alipay, access: ApiAccess, path: string, body: Buffer): Answer {
  const isSandbox = path.startsWith(SANDBOX_BASE);
  const name = path.slice((isSandbox ? SANDBOX_BASE : PRODUCTION_BASE).length);
  if (!path.startsWith(isSandbox ? SANDBOX_BASE : PRODUCTION_BASE) || !isOperation(name)) return refuse('NO_INTERFACE_DEF');
  access.calls[name] += 1;
  let json: unknown;
  try {
    json = JSON.parse(body.toString());
  } catch {
    return refuse('PARAM_ILLEGAL', 'The body is not JSON.');
  }
  return calls[name](alipay, json, isSandbox);
}

async function sendSigned(reply: FastifyReply, access: ApiAccess, message: { path: string; clientId: string; answer: Answer }, time: string): Promise<FastifyReply> {
  const body = JSON.stringify(message.answer);
  const signature = await access.signatures.sign({ path: message.path, clientId: message.clientId, time, body });
  // Lower case: Alipay's Python SDK looks for these names literally.
  reply.headers({ 'content-type': 'application/json; charset=UTF-8', 'client-id': message.clientId, 'response-time': time, signature });
  return reply.send(body);
}

function isOperation(name: string): name is Operation {
  return Object.hasOwn(calls, name);
}

function parsed<S extends z.ZodType>(schema: S, call: (alipay: Alipay, request: z.output<S>, isSandbox: boolean) => Answer): Call {
  return (alipay, body, isSandbox) => {
    const request = schema.safeParse(body);
    if (request.success) return call(alipay, request.data, isSandbox);
    const [issue] = request.error.issues;
    return refuse('PARAM_ILLEGAL', `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
  };
}

function headerText(request: FastifyRequest, name: string): string {
  const value = request.headers[name];
  return typeof value === 'string' ? value : '';
}
