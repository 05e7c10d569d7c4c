import { allowed, refused, type Probe } from './probe.ts';

const GLOBALS = 'no-restricted-globals';
const PROPERTIES = 'no-restricted-properties';
const SYNTAX = 'no-restricted-syntax';

const passIn = 'Pure code: take the value as an argument.';
const configuration = 'Read configuration in config.ts.';
const alipayWords = 'Alipay\'s field names stay where we speak with Alipay.';
const index = 'index.ts only at a library\'s root: import the file itself.';

const pureFiles = ['apps/order/src/core/probe.ts', 'libs/kernel/src/probe.ts'];

const impureGlobals = ['process', 'fetch', 'setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'crypto', 'console', 'performance', 'globalThis', 'global', 'Promise', 'require'];
const impureProperties = ['Date.now', 'Math.random'];
const impureCode = [
  'export const probe = () => new Date();',
  'export const probe = () => Date();',
  'export const probe = await ready;',
  'for await (const each of all) each();',
  'export const probe = async () => 1;',
  'export async function probe() {}',
  "export const probe = () => import('node:fs');",
];

const alipayNames = [
  'paymentRequestId', 'refundRequestId', 'referenceOrderId', 'referenceStoreId', 'referenceGoodsId', 'referenceRefundId', 'storeTerminalId', 'storeMCC', 'merchantMCC',
  'paymentMethodType', 'paymentFactor', 'inStorePaymentScenario', 'settlementStrategy', 'paymentExpiryTime', 'paymentNotifyUrl', 'paymentRedirectUrl', 'resultStatus',
  'paymentResultCode', 'orderCodeForm', 'codeDetails', 'codeValue', 'pspCustomerInfo', 'paymentQuote', 'actualPaymentAmount', 'notifyType',
];
const isOurs = ['apps/order/src/core/probe.ts', 'libs/kernel/src/probe.ts', 'apps/payment-gateway/src/flows/probe.ts', 'libs/contracts/src/probe.ts'];
const isAlipays = [
  'libs/alipay/src/probe.ts', 'apps/simulator/src/probe.ts', 'apps/payment-gateway/src/inbound/notifications.listener.ts', 'apps/payment-gateway/src/outbound/probe.ts',
  'apps/reconciliation/src/outbound/probe.ts',
];
const readsAlipay = (name: string): string => `export const probe = (answer) => answer.${name};`;

const readsEnvironment = 'export const probe = process.env.ORDER_PORT;';
const testFiles = ['apps/order/src/core/probe.spec.ts', 'apps/order/test/probe.ts', 'apps/e2e/src/probe.ts', 'libs/testing/src/probe.ts'];

/** What code may do, place by place, whatever it imports. */
export const codeProbes: readonly Probe[] = [
  ...pureFiles.flatMap((file) => [
    ...impureGlobals.map((name) => refused(GLOBALS, file, `export const probe = ${name};`, passIn)),
    ...impureProperties.map((name) => refused(PROPERTIES, file, `export const probe = ${name};`, passIn)),
    ...impureCode.map((code) => refused(SYNTAX, file, code, passIn)),
    allowed(PROPERTIES, file, 'export const probe = [Date.UTC(2026, 10, 25), Math.max(1, 2), clock.now, dice.random];'),
    allowed(SYNTAX, file, 'export const probe = (at) => { for (const each of at) new Date(each); };'),
  ]),
  allowed(GLOBALS, 'apps/order/src/flows/probe.ts', 'export const probe = () => setTimeout(fetch, 1);'),
  allowed(PROPERTIES, 'apps/order/src/flows/probe.ts', 'export const probe = Date.now();'),
  allowed(SYNTAX, 'apps/order/src/flows/probe.ts', 'export const probe = async () => new Date();'),

  ...['apps/order/src/flows/probe.ts', 'libs/platform/src/probe.ts', 'apps/order/src/order.module.ts'].map((file) => refused(PROPERTIES, file, readsEnvironment, configuration)),
  refused(PROPERTIES, 'apps/order/src/flows/probe.ts', 'export const { env } = process;', configuration),
  ...['apps/order/src/config.ts', 'apps/order/src/main.ts'].map((file) => allowed(PROPERTIES, file, readsEnvironment)),
  allowed(PROPERTIES, 'apps/order/src/flows/probe.ts', 'export const probe = [process.pid, config.env];'),

  ...isOurs.flatMap((file) => alipayNames.map((name) => refused(SYNTAX, file, readsAlipay(name), alipayWords))),
  ...isAlipays.map((file) => allowed(SYNTAX, file, readsAlipay('paymentRequestId'))),

  ...testFiles.flatMap((file) => [
    allowed(GLOBALS, file, 'export const probe = console;'),
    allowed(PROPERTIES, file, readsEnvironment),
    allowed(SYNTAX, file, readsAlipay('paymentRequestId')),
  ]),

  ...['apps/order/src/index.ts', 'apps/order/src/core/index.ts', 'libs/platform/src/inbox/index.ts', 'tools/probes/index.ts'].map((file) => refused(SYNTAX, file, 'export const probe = 1;', index)),
  allowed(SYNTAX, 'libs/kernel/src/index.ts', "export * from './money.js';"),
];
