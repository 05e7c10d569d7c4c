import { cancelRequest, newCodeRequest, orderRequest, orderView, placeOrderQuery, refundQuery, refundRequest, refundView, timelineView } from '@scantill/contracts';
import { openApi } from '@scantill/platform';
import { orderParams } from './callers-order.js';
import { refundHeaders, refundParams } from './refunds.controller.js';

export const document = openApi('Scantill order', [
  {
    method: 'post', path: '/v1/orders', scope: 'orders',
    summary: 'Places an order. The same order again gets the same answer; another one under the same id is a conflict.',
    query: placeOrderQuery, body: { schema: orderRequest },
    answers: {
      201: { description: 'The order; its code is there unless it has already closed', schema: orderView },
      202: { description: 'The order; its code is not there yet. Ask for the order, or follow the event stream of its store', schema: orderView },
    },
    problems: [
      'order.conflict', 'order.unknown-store', 'order.unknown-till', 'order.no-account', 'request.too-large', 'request.unsupported-media-type',
    ],
  },
  {
    method: 'get', path: '/v1/orders/{orderId}', scope: 'orders',
    summary: 'How an order stands, and what the till does next.',
    params: orderParams,
    answers: { 200: { description: 'The order', schema: orderView } },
    problems: ['order.not-found'],
  },
  {
    method: 'get', path: '/v1/orders/{orderId}/code.svg', scope: 'orders',
    summary: 'The code as a QR code, for tills that cannot draw one.',
    params: orderParams,
    answers: { 200: { description: 'The picture', mediaType: 'image/svg+xml' } },
    problems: ['order.not-found', 'order.no-code'],
  },
  {
    method: 'get', path: '/v1/orders/{orderId}/code.png', scope: 'orders',
    summary: 'The same as a PNG.',
    params: orderParams,
    answers: { 200: { description: 'The picture', mediaType: 'image/png' } },
    problems: ['order.not-found', 'order.no-code'],
  },
  {
    method: 'post', path: '/v1/orders/{orderId}/cancel', scope: 'orders',
    summary: 'Gives an order up. Repeating it changes nothing.',
    params: orderParams, body: { schema: cancelRequest.nullish() },
    answers: {
      200: { description: 'The order has ended', schema: orderView },
      202: { description: 'Alipay is asked to close the payment; until it has, the customer may still pay', schema: orderView },
    },
    problems: ['order.not-found', 'order.already-paid', 'order.already-ended'],
  },
  {
    method: 'post', path: '/v1/orders/{orderId}/codes', scope: 'orders',
    summary: 'A new code for an order whose last one is closed. While one is on its way, repeating it changes nothing.',
    params: orderParams, query: placeOrderQuery, body: { schema: newCodeRequest.nullish() },
    answers: {
      201: { description: 'The order; its code is there unless it has already closed', schema: orderView },
      202: { description: 'The order; its code is not there yet', schema: orderView },
    },
    problems: ['order.not-found', 'order.code-live', 'order.already-paid', 'order.already-ended'],
  },
  {
    method: 'post', path: '/v1/orders/{orderId}/refunds', scope: 'refunds',
    summary: 'Gives money back, all that is left or a part of it. The same Idempotency-Key is the same refund. A key without a store also needs the scope `refund-any-store`.',
    params: orderParams, query: refundQuery, headers: refundHeaders, body: { schema: refundRequest.nullish() },
    answers: {
      201: { description: 'Alipay has given it back', schema: orderView },
      202: { description: 'The amount is reserved; Alipay has not answered yet. Ask for the refund, or follow the event stream of the store', schema: orderView },
    },
    problems: [
      'order.not-found', 'order.not-paid', 'idempotency.missing', 'idempotency.conflict', 'refund.exceeds-paid', 'refund.currency-differs', 'refund.too-many', 'refund.window-exceeded',
      'refund.not-supported', 'refund.partial-not-supported', 'refund.multiple-not-supported', 'refund.insufficient-funds', 'refund.refused',
    ],
  },
  {
    method: 'get', path: '/v1/orders/{orderId}/refunds/{refundKey}', scope: ['refunds', 'orders'],
    summary: 'How a refund stands.',
    params: refundParams,
    answers: { 200: { description: 'The refund', schema: refundView } },
    problems: ['order.not-found', 'refund.not-found'],
  },
  {
    method: 'get', path: '/v1/orders/{orderId}/timeline', scope: 'orders',
    summary: 'Everything that happened to an order, as all services know it; a service that did not answer is named.',
    params: orderParams,
    answers: { 200: { description: 'The time line, oldest first', schema: timelineView } },
    problems: ['order.not-found'],
  },
]);
