import { cancelRequest, orderRequest, orderView, placeOrderQuery } from '@scantill/contracts';
import { openApi } from '@scantill/platform';
import { orderParams } from './orders.controller.js';

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
]);
