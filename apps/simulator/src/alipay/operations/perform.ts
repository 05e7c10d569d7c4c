import { cancelRequest, inquiryPaymentRequest, inquiryRefundRequest, payRequest, refundRequest, type Operation } from '@scantill/alipay';
import type { z } from 'zod';
import type { Alipay, Caller } from '../alipay.js';
import { refuse, type Answer } from '../results.js';
import { cancel } from './cancel.js';
import { inquiryPayment } from './inquiry-payment.js';
import { pay } from './pay.js';
import { inquiryRefund, refund } from './refund.js';

type Perform = (alipay: Alipay, body: unknown, caller: Caller) => Answer;

const table: Record<Operation, Perform> = {
  pay: parsed(payRequest, pay),
  inquiryPayment: parsed(inquiryPaymentRequest, inquiryPayment),
  cancel: parsed(cancelRequest, cancel),
  refund: parsed(refundRequest, refund),
  inquiryRefund: parsed(inquiryRefundRequest, inquiryRefund),
};

export function isOperation(name: string): name is Operation {
  return Object.hasOwn(table, name);
}

/** Does what a call asks for and says what came of it. @param body parsed JSON */
export function perform(alipay: Alipay, { operation, body, caller }: { operation: Operation; body: unknown; caller: Caller }): Answer {
  return table[operation](alipay, body, caller);
}

function parsed<S extends z.ZodType>(schema: S, call: (alipay: Alipay, request: z.output<S>, caller: Caller) => Answer): Perform {
  return (alipay, body, caller) => {
    const request = schema.safeParse(body);
    if (request.success) return call(alipay, request.data, caller);
    const [issue] = request.error.issues;
    return refuse('PARAM_ILLEGAL', `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
  };
}
