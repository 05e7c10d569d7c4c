import { Controller, Get, Param } from '@nestjs/common';
import { fromMoney, orderId, type ExpectationsView } from '@scantill/contracts';
import { orderKey } from '@scantill/kernel';
import { Caller, Needs, type ApiKey } from '@scantill/platform';
import { z } from 'zod';
import { FindExpectations } from '../flows/find-expectations.js';
import { statusOf } from '../core/expectation-status.js';

export const orderParams = z.object({ orderId });
type OrderParams = z.infer<typeof orderParams>;

@Controller('v1/orders')
export class ExpectationsController {
  constructor(private readonly findExpectations: FindExpectations) {}

  /** Which orders there are is not ours to say: an order that nothing is expected of has an empty list. */
  @Get(':orderId/expectations')
  @Needs('orders', 'reports')
  async show(@Param({ schema: orderParams }) params: OrderParams, @Caller() caller: ApiKey): Promise<ExpectationsView> {
    const expectations = await this.findExpectations.run(orderKey(caller.chainId, params.orderId));
    const isMine = (storeId: string) => caller.storeId === null || caller.storeId === storeId;
    return {
      chainId: caller.chainId,
      orderId: params.orderId,
      expectations: expectations.filter(({ storeId }) => isMine(storeId)).map((each) => ({
        paymentId: each.paymentId, refundId: each.requestId === each.paymentId ? null : each.requestId, type: each.type, basis: each.basis,
        storeId: each.storeId, accountId: each.accountId,
        amount: each.amount === null ? null : fromMoney(each.amount),
        alipayPaymentId: each.type === 'PAYMENT' ? each.alipayId : null, alipayRefundId: each.type === 'REFUND' ? each.alipayId : null,
        paidAt: each.paidAt?.toISOString() ?? null, businessDate: each.businessDate,
        expectedFee: each.fee === null ? null : fromMoney(each.fee), payoutOn: each.payoutOn,
        status: statusOf(each), matchedLine: each.matchedLine === null ? null : { fileId: each.matchedLine.fileId, line: each.matchedLine.line },
      })),
    };
  }
}
