import { expectationsView } from '@scantill/contracts';
import { openApi } from '@scantill/platform';
import { orderParams } from './expectations.controller.js';

export const document = openApi('Scantill reconciliation', [
  {
    method: 'get', path: '/v1/orders/{orderId}/expectations', scope: 'orders',
    summary: "What Alipay's files must say of an order, and whether they do.",
    params: orderParams,
    answers: { 200: { description: 'Empty while nothing is expected', schema: expectationsView } },
  },
]);
